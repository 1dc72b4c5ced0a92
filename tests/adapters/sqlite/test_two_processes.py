"""Two processes on one folder: what one commits the other knows, at the latest in a moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlite_shelf import SqliteShelf

from tactful.adapters.sqlite import ChangeKind, SqliteStore
from tactful.terms import Identifier, IdentifierKind, Item, StatementKind
from tactful.testing.conformance.policy import INDIVIDUAL
from tactful.testing.conformance.shelf import Shelf, user


@pytest.fixture
def other(shelf: Shelf, folder: Path) -> Iterator[SqliteShelf]:
    """Yield the same store, opened a second time: connections and caches of its own."""
    other = SqliteShelf(folder)
    yield other
    other.store.close()


def soon(condition: Callable[[], bool]) -> bool:
    """Wait up to five seconds for *condition*; half a second is what is promised."""
    last = time.monotonic() + 5
    while not condition() and time.monotonic() < last:
        time.sleep(0.01)
    return condition()


def test_a_statement_reaches_the_other(shelf: Shelf, other: SqliteShelf) -> None:
    """A withdrawal in one process closes the door of the other."""
    ann = shelf.subject()
    shelf.say(ann)
    before = other.store.standings.digest(ann)
    assert before is not None
    shelf.say(ann, StatementKind.OBJECT)
    assert soon(lambda: other.store.standings.digest(ann) != before)


def test_an_erasure_reaches_the_other(shelf: Shelf, other: SqliteShelf) -> None:
    """Who is erased in one process is unknown in the other, and is not written to again."""
    ann = shelf.subject()
    shelf.see(ann, "teapot")
    other.see(ann, "cup")
    assert other.items(ann) == ["teapot", "cup"]
    assert other.store.identities.find(user("ann")) == ann
    shelf.store.records.erase(shelf.permit(ann))
    assert other.see(ann, "late") == 0  # at once: writing waits for no rumour
    assert soon(lambda: other.store.identities.find(user("ann")) is None)
    assert soon(lambda: other.items(ann) == [])


def test_a_merge_reaches_the_other(shelf: Shelf, other: SqliteShelf) -> None:
    """Who is one person in one process is one in the other: history, standing, and apart again."""
    ann, bob = shelf.subject("ann"), shelf.subject("bob")
    shelf.see(ann, "teapot")
    shelf.say(bob, StatementKind.DENY)
    assert soon(lambda: other.items(ann) == ["teapot"])
    assert (other.items(bob, "answer-request"), other.store.standings.digest(ann)) == ([], None)
    merge = shelf.store.identities.merge(shelf.permit(ann), shelf.permit(bob), by="test")
    assert soon(lambda: other.store.identities.members(bob) == (bob, ann))
    assert soon(lambda: other.items(bob, "answer-request") == ["teapot"])
    assert soon(lambda: other.store.standings.digest(ann) == shelf.store.standings.digest(bob))
    assert soon(lambda: other.store.standings.columns().subjects.tolist() == [ann])
    shelf.say(bob)
    assert soon(lambda: other.store.standings.digest(ann) == shelf.store.standings.digest(bob))
    shelf.store.identities.unmerge(shelf.permit(ann), merge.id)
    assert soon(lambda: other.store.identities.members(bob) == (bob,))
    assert soon(lambda: other.items(bob, "answer-request") == [])
    assert soon(lambda: other.store.standings.digest(ann) is None)


def test_a_device_handed_on_reaches_the_other(shelf: Shelf, other: SqliteShelf) -> None:
    """Whom a device names after it changed hands, both processes say alike."""
    device = Identifier(IdentifierKind.ANONYMOUS_ID, "b1")
    ann = shelf.store.identities.admit([user("ann"), device], at=shelf.clock())
    assert other.store.identities.find(device) == ann
    shelf.store.identities.admit([user("bob"), device], at=shelf.clock())
    handed_on = shelf.store.identities.find(device)
    assert handed_on != ann
    assert soon(lambda: other.store.identities.find(device) == handed_on)


def test_an_event_reaches_the_other(shelf: Shelf, other: SqliteShelf) -> None:
    """An event that one process received is in the other's history."""
    ann = shelf.subject()
    assert other.items(ann) == []
    shelf.see(ann, "teapot")
    assert soon(lambda: other.items(ann) == ["teapot"])


def test_duplicates_between_processes(shelf: Shelf, other: SqliteShelf) -> None:
    """A message that one process received is a duplicate for the other, at once."""
    ann = shelf.subject()
    assert other.see(ann, "first") == 1
    assert shelf.see(ann, "first", "teapot") == 1
    assert other.see(ann, "first", "teapot", "cup") == 1
    shelf.store.records.drop_purposes(shelf.permit(ann), frozenset({INDIVIDUAL}))
    assert shelf.see(ann, "again") == 1
    assert other.see(ann, "again") == 0


def test_goods_reach_the_other(shelf: Shelf, other: SqliteShelf) -> None:
    """An item put by one process is in the other's catalogue."""
    assert other.store.catalogue.get("teapot") is None
    shelf.store.catalogue.put([Item(id="teapot", title="Teapot")])
    assert soon(lambda: other.store.catalogue.get("teapot") is not None)


def test_changes_can_be_followed(shelf: Shelf, other: SqliteShelf) -> None:
    """What must reach everybody is written down in order, without its content."""
    store = shelf.store
    assert isinstance(store, SqliteStore)
    assert store.changes_since(0) == ()
    ann = shelf.subject()
    shelf.say(ann)
    first = store.changes_since(0)
    assert [(change.subject, change.kind) for change in first] == [(ann, ChangeKind.SAID)]
    other.store.records.erase(other.permit(ann))
    later = store.changes_since(first[-1].number)
    assert [(change.subject, change.kind) for change in later] == [(ann, ChangeKind.ERASED)]


def test_an_item_reaches_the_other(shelf: Shelf, other: SqliteShelf) -> None:
    """What one process puts or removes the other shows, in the same order."""
    shelf.store.catalogue.put([Item(id="cup", title="Cup"), Item(id="pot", title="Pot")])
    assert soon(lambda: list(other.store.catalogue.all()) == ["cup", "pot"])
    other.store.catalogue.put([Item(id="bowl", title="Bowl"), Item(id="cup", title="Mug")])
    shelf.store.catalogue.remove(["pot"])
    assert soon(lambda: shelf.store.catalogue.all() == other.store.catalogue.all())
    assert [(i.title, i.removed) for i in shelf.store.catalogue.all().values()] == [
        ("Mug", False),
        ("Pot", True),
        ("Bowl", False),
    ]

"""Two servers on one database: what one commits the other knows, and nothing is done twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest
from postgres_shelf import PostgresShelf

from tactful.adapters.postgres.connections import Connection
from tactful.adapters.sqlite import ChangeKind
from tactful.adapters.sqlite.writer import TICK_SECONDS
from tactful.terms import Item, StatementKind, SubjectId
from tactful.testing.conformance.policy import INDIVIDUAL
from tactful.testing.conformance.shelf import user

T = TypeVar("T")


@pytest.fixture
def other(shelf: PostgresShelf, url: str, key: Path) -> Iterator[PostgresShelf]:
    """Yield the same store as another server has it: connections and caches of its own."""
    other = PostgresShelf(url, key)
    yield other
    other.store.close()


def soon(condition: Callable[[], bool]) -> bool:
    """Wait up to ten seconds for *condition*; half a second is what is promised."""
    last = time.monotonic() + 10
    while not condition() and time.monotonic() < last:
        time.sleep(0.01)
    return condition()


def at_once(*works: Callable[[], T]) -> list[T]:
    """Do all *works* at the same time and return what they do."""
    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result() for done in [pool.submit(work) for work in works]]


def test_looks_twice_a_second() -> None:
    """What others changed is looked up often enough to be known within a second."""
    assert TICK_SECONDS <= 0.5


def test_a_statement_reaches_the_other_server(shelf: PostgresShelf, other: PostgresShelf) -> None:
    """A withdrawal at one server closes the door of the other."""
    ann = shelf.subject()
    shelf.say(ann)
    before = other.store.standings.digest(ann)
    assert before is not None
    shelf.say(ann, StatementKind.OBJECT)
    assert soon(lambda: other.store.standings.digest(ann) != before)


def test_an_erasure_reaches_the_other_server(shelf: PostgresShelf, other: PostgresShelf) -> None:
    """Who is erased at one server is unknown at the other, and is not written to again."""
    ann = shelf.subject()
    shelf.see(ann, "teapot")
    other.see(ann, "cup")
    assert other.items(ann) == ["teapot", "cup"]
    shelf.store.records.erase(shelf.permit(ann))
    assert other.see(ann, "late") == 0  # at once: writing waits for no rumour
    assert soon(lambda: other.store.identities.find(user("ann")) is None)
    assert soon(lambda: other.items(ann) == [])


def test_events_and_goods_reach_the_other_server(
    shelf: PostgresShelf, other: PostgresShelf
) -> None:
    """An event, and an item, that one server received the other reads."""
    ann = shelf.subject()
    assert other.items(ann) == []
    assert other.store.catalogue.get("teapot") is None
    shelf.see(ann, "teapot")
    shelf.store.catalogue.put([Item(id="teapot", title="Teapot")])
    assert soon(lambda: other.items(ann) == ["teapot"])
    assert soon(lambda: other.store.catalogue.get("teapot") is not None)


def test_what_was_not_written_is_no_news(shelf: PostgresShelf, other: PostgresShelf) -> None:
    """A server that wrote nothing, or only itself wrote, forgets nothing for it."""
    ann = shelf.subject()
    other.postgres.flush()
    shelf.postgres.flush()
    told: list[ChangeKind] = []
    shelf.postgres._engine.changes.heed(lambda change: told.append(change.kind))
    other.postgres.flush()
    shelf.see(ann, "teapot")
    shelf.say(ann)
    shelf.postgres.flush()
    assert told == [ChangeKind.SAID]


def test_the_same_message_at_once(shelf: PostgresShelf, other: PostgresShelf) -> None:
    """Of a message that both servers receive at once, one stores it, once."""
    ann = shelf.subject()
    events = [shelf.event(ann, f"i{n}") for n in range(30)]
    calls = [
        lambda store=each.store: store.events.append(events).result()
        for _ in range(6)
        for each in (shelf, other)
    ]
    assert sum(len(new) for new in at_once(*calls)) == 30
    shelf.reopen()
    assert len(shelf.items(ann)) == 30


def test_the_same_newcomer_at_once(shelf: PostgresShelf, other: PostgresShelf) -> None:
    """A new identifier that both servers meet at once names one subject."""
    for n in range(20):
        calls = [lambda each=each, n=n: each.subject(f"new {n}") for each in (shelf, other) * 2]
        assert len(set(at_once(*calls))) == 1


def test_one_row_of_digests_at_once(
    shelf: PostgresShelf, other: PostgresShelf, url: str, key: Path
) -> None:
    """Statements of subjects whose digests share a row, written by both at once, all count."""
    subjects = [shelf.stranger() for _ in range(40)]

    def say(each: PostgresShelf, some: list[SubjectId]) -> None:
        for subject in some:
            each.say(subject)

    at_once(lambda: say(shelf, subjects[::2]), lambda: say(other, subjects[1::2]))
    third = PostgresShelf(url, key)
    assert all(third.store.standings.digest(subject) for subject in subjects)
    third.store.close()


def test_counts_of_both_add_up(shelf: PostgresShelf, other: PostgresShelf) -> None:
    """What both servers counted is the sum, whoever wrote it when."""
    at_once(*(lambda each=each: each.store.tallies.add("kept", "x", 5) for each in (shelf, other)))
    other.postgres.flush()
    assert shelf.store.tallies.totals() == {("kept", "x"): 10}


def test_changes_are_numbered_as_they_are_committed(
    shelf: PostgresShelf, other: PostgresShelf, url: str
) -> None:
    """Whoever takes a lower number commits earlier: a server that looks in between misses none."""
    ann, bob = shelf.subject("ann"), shelf.subject("bob")
    assert [each.standings.digest(ann) for each in (shelf.store, other.store)] == [None, None]
    assert other.store.standings.digest(bob) is None
    slow = Connection(url)
    slow.execute("BEGIN IMMEDIATE")
    slow.execute("INSERT INTO changes (origin, subject, kind) VALUES (1, ?, 'said')", (ann,))
    with ThreadPoolExecutor(1) as pool:
        said = pool.submit(shelf.say, bob)
        time.sleep(0.3)
        assert not said.done()
        slow.execute("COMMIT")
        said.result()
    slow.close()
    numbers = [change.number for change in shelf.postgres.changes_since(0)]
    assert numbers == sorted(numbers)
    assert [change.subject for change in shelf.postgres.changes_since(0)] == [ann, bob]
    assert soon(lambda: other.store.standings.digest(bob) is not None)


def test_withdrawing_at_one_frees_the_message_there(
    shelf: PostgresShelf, other: PostgresShelf
) -> None:
    """What was withdrawn may be received again, by one of the servers, once."""
    ann = shelf.subject()
    shelf.see(ann, "teapot")
    shelf.store.records.drop_purposes(shelf.permit(ann), frozenset({INDIVIDUAL}))
    assert shelf.see(ann, "teapot") == 1
    assert other.see(ann, "teapot") == 0

"""What is particular to events in SQLite: groups of calls, bounds of days, and the memory."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tactful.adapters.sqlite import SqliteStore
from tactful.adapters.sqlite.connections import FILE, connect
from tactful.terms import SubjectId
from tactful.testing.conformance.policy import INDIVIDUAL
from tactful.testing.conformance.shelf import Shelf


def newest(shelf: Shelf, subject: SubjectId, limit: int) -> list[str]:
    """Return the items in the newest *limit* events of *subject*."""
    permit = shelf.permit(subject, "recommend-individual")
    return [event.items[0] for event in shelf.store.events.history(permit, limit=limit)]


def test_calls_in_one_group_know_of_each_other(shelf: Shelf) -> None:
    """Calls committed together count duplicates and bounds as if they had come one by one."""
    ann = shelf.subject()
    now = shelf.clock()
    shelf.see(ann, "first", at=now)
    assert isinstance(shelf.store, SqliteStore)
    ahead = [shelf.event(ann, f"+{hours}h", at=now + timedelta(hours=hours)) for hours in (9, 3)]
    with shelf.store._engine.writer._wake:  # so that all are in one group
        futures = [shelf.store.events.append([event]) for event in (*ahead, ahead[0])]
    assert [len(future.result()) for future in futures] == [1, 1, 0]
    shelf.clock.move(timedelta(days=1))
    shelf.see(ann, *(f"next day {n}" for n in range(100)), at=now + timedelta(hours=5))
    assert newest(shelf, ann, 100)[-1] == "+9h"
    shelf.reopen()
    assert newest(shelf, ann, 100)[-1] == "+9h"


@pytest.mark.parametrize("limit", [1, 100, 101])
def test_the_memory_follows(shelf: Shelf, limit: int) -> None:
    """Whatever was remembered, the next read sees an append, a withdrawal and an erasure."""
    ann = shelf.subject()
    for n in range(3):
        shelf.see(ann, *(f"{n} {m}" for m in range(50)))
        assert newest(shelf, ann, limit)[-1] == f"{n} 49"
        assert newest(shelf, ann, limit)[-1] == f"{n} 49"
    shelf.store.records.drop_purposes(shelf.permit(ann), frozenset({INDIVIDUAL}))
    assert newest(shelf, ann, limit) == []


def test_a_day_has_its_own_table(shelf: Shelf, folder: Path) -> None:
    """Events go where they were received, whenever they happened."""
    ann = shelf.subject()
    shelf.see(ann, "old", at=shelf.clock() - timedelta(days=999))
    shelf.clock.move(timedelta(days=1))
    shelf.see(ann, "new")
    db = connect(folder / FILE)
    found = db.execute("SELECT name FROM sqlite_master WHERE name LIKE 'events_%' AND type='table'")
    assert [name for (name,) in found] == ["events_20260302", "events_20260303"]
    db.close()

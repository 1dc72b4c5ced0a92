"""Events go from the store to the lake, and are in one or the other: never in neither, never twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lake_worlds import LakeShelf

from tactful.testing.conformance.policy import INDIVIDUAL, MEASUREMENT, NECESSARY

BOTH = frozenset({INDIVIDUAL, MEASUREMENT})


def everybody(shelf: LakeShelf) -> list[tuple[int, str]]:
    """Return who did what, as training sees it."""
    audience = shelf.audience("recommend-individual")
    return [(e.subject, e.items[0]) for e in shelf.store.events.of_audience(audience)]


def test_a_fed_event_is_read_once(shelf: LakeShelf) -> None:
    """What is in the lake and in the store counts once, and feeding again adds nothing."""
    ann = shelf.subject()
    shelf.see(ann, "teapot", "cup")
    assert shelf.feed() == 1
    assert shelf.items(ann, "answer-request") == ["teapot", "cup"]
    assert shelf.lake_rows() == 2
    assert shelf.feed() == 0
    assert shelf.lake_rows() == 2
    shelf.see(ann, "bowl")
    assert shelf.feed() == 1
    assert shelf.lake_rows() == 3
    assert shelf.lake.outflow.held().watermark == 2


def test_an_event_comes_back_whole(shelf: LakeShelf) -> None:
    """An event that is in the lake alone is the event that was stored, whatever it holds."""
    ann = shelf.subject()
    event = shelf.event(
        ann,
        "teapot",
        items=("teapot", "cup"),
        properties={"colour": "blå", "price": 12.5, "n": 2**63, "l": [1, {"a": None}], "b": b"\0x"},
        session="s1",
        purposes=BOTH,
        at=shelf.clock().replace(microsecond=123_000),
    )
    shelf.store.events.append([event]).result()
    assert shelf.retire() == 1
    assert shelf.tables() == []
    assert shelf.store.events.history(shelf.permit(ann)) == (event,)
    shelf.reopen()
    assert shelf.store.events.history(shelf.permit(ann)) == (event,)


def test_history_is_one(shelf: LakeShelf) -> None:
    """Old events of the lake and new ones of the store make one history, for every purpose."""
    ann, bob = shelf.subject("ann"), shelf.subject("bob")
    for subject in (ann, bob):
        shelf.say(subject)
    shelf.see(ann, "a1", "a2", properties={"colour": "red", "position": "1"}, purposes=BOTH)
    shelf.see(bob, "b1")
    shelf.see(ann, "secret", purposes=frozenset({NECESSARY}))
    shelf.retire()
    shelf.see(ann, "a3")
    shelf.see(bob, "b2")
    assert shelf.items(ann) == ["a1", "a2", "a3"]
    assert shelf.items(ann, "answer-request") == ["a1", "a2", "secret", "a3"]
    assert everybody(shelf) == [(ann, "a1"), (ann, "a2"), (ann, "a3"), (bob, "b1"), (bob, "b2")]
    permit = shelf.permit(ann, "recommend-individual")
    for limit in range(5):
        newest = [e.items[0] for e in shelf.store.events.history(permit, limit=limit)]
        assert newest == (["a1", "a2", "a3"][-limit:] if limit else [])
    shelf.feed()
    assert shelf.items(ann) == ["a1", "a2", "a3"]
    assert len(everybody(shelf)) == 5


def test_recent_days_stay(shelf: LakeShelf) -> None:
    """A day stays in the store until it is old enough and wholly in the lake."""
    ann = shelf.subject()
    shelf.see(ann, "teapot")
    assert shelf.lake.retire() == 0
    shelf.feed()
    assert shelf.lake.retire() == 0
    shelf.clock.move(timedelta(days=31))
    shelf.see(ann, "cup")
    assert shelf.lake.retire() == 1
    assert len(shelf.tables()) == 2
    assert shelf.items(ann, "answer-request") == ["teapot", "cup"]
    shelf.clock.move(timedelta(minutes=6))
    assert shelf.lake.retire() == 0
    assert len(shelf.tables()) == 1
    assert shelf.items(ann, "answer-request") == ["teapot", "cup"]


def test_a_day_that_is_not_fed_stays(shelf: LakeShelf) -> None:
    """However old, a day with events that the lake does not hold is not left to it."""
    ann = shelf.subject()
    shelf.see(ann, "teapot")
    shelf.feed()
    shelf.see(ann, "cup")
    shelf.clock.move(timedelta(days=60))
    assert shelf.lake.retire() == 0
    assert shelf.items(ann, "answer-request") == ["teapot", "cup"]


def test_a_clock_that_was_set_back(shelf: LakeShelf) -> None:
    """A day that comes again after it was left to the lake loses nothing, and counts nothing twice."""
    ann = shelf.subject()
    start = shelf.clock.now
    shelf.see(ann, "teapot")
    shelf.retire()
    later = shelf.clock.now
    shelf.clock.now = start
    shelf.see(ann, "cup")
    assert shelf.items(ann, "answer-request") == ["teapot", "cup"]
    shelf.feed()
    assert shelf.items(ann, "answer-request") == ["teapot", "cup"]
    shelf.clock.now = later
    shelf.retire()
    assert shelf.items(ann, "answer-request") == ["teapot", "cup"]


def test_a_clock_set_back_before_the_table_went(shelf: LakeShelf) -> None:
    """A day that comes again while its retired table still stands is in use again."""
    ann = shelf.subject()
    start = shelf.clock.now
    shelf.see(ann, "teapot")
    shelf.feed()
    shelf.clock.move(timedelta(days=31))
    assert shelf.lake.retire() == 1
    later = shelf.clock.now
    shelf.clock.now = start
    shelf.see(ann, "cup")
    shelf.clock.now = later + timedelta(hours=1)
    assert shelf.lake.retire() == 0
    assert shelf.items(ann, "answer-request") == ["teapot", "cup"]


def test_the_feed_waits_for_its_time(shelf: LakeShelf) -> None:
    """Few rows wait for five minutes, and a batch that was begun is finished at once."""
    ann = shelf.subject()
    shelf.see(ann, "teapot")
    assert shelf.lake.feed_when_due() == 1
    shelf.see(ann, "cup")
    assert shelf.lake.feed_when_due() == 0
    shelf.clock.move(timedelta(minutes=5))
    assert shelf.lake.feed_when_due() == 1


@pytest.mark.parametrize("appended", [False, True], ids=["before", "after"])
def test_a_feed_cut_off(shelf: LakeShelf, *, appended: bool) -> None:
    """A batch that was begun, appended or not, is finished with the same rows and no others."""
    ann = shelf.subject()
    shelf.say(ann)
    shelf.see(ann, "teapot")
    batch = shelf.lake.outflow.plan(most=100)
    assert batch is not None
    if appended:
        shelf.lake.outflow.passed = lambda *_, **__: None  # type: ignore[method-assign]
        shelf.lake._feed(batch)
    shelf.see(ann, "cup")
    shelf.reopen()
    assert everybody(shelf) == [(ann, "teapot"), (ann, "cup")]
    assert shelf.feed() == 2
    assert shelf.lake_rows() == 2
    shelf.retire()
    assert everybody(shelf) == [(ann, "teapot"), (ann, "cup")]


def test_blank_rows_are_not_fed(shelf: LakeShelf) -> None:
    """What was erased before it was fed never reaches the lake."""
    ann = shelf.subject()
    shelf.see(ann, "teapot")
    shelf.store.records.erase(shelf.permit(ann))
    assert shelf.feed() == 1
    assert shelf.lake_rows() == 0


def test_a_lake_of_another_time(shelf: LakeShelf) -> None:
    """A store that was put back from a backup does not feed a lake that is ahead of it."""
    from tactful.adapters.lake.table import LakeTrouble

    ann = shelf.subject()
    shelf.see(ann, "teapot")
    shelf.feed()
    (shelf.events_folder).rename(shelf.folder / "elsewhere")
    shelf.see(ann, "cup")
    with pytest.raises(LakeTrouble, match="put back from a backup"):
        shelf.feed()
    assert shelf.items(ann, "answer-request") == ["teapot", "cup"]

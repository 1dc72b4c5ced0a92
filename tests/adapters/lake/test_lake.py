"""Events go from the store to the lake: they are in one or the other, and count once."""

from __future__ import annotations

from datetime import timedelta
from shutil import rmtree

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lake_worlds import LakeShelf, LeavesWhenRead

from tactful.adapters.analytics import Did, permitted, segment
from tactful.adapters.lake import LakeEvents, columns, table
from tactful.adapters.lake.analysis import events_table
from tactful.adapters.lake.verifying import Compared, verify
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
    """A day that comes again after it was left to the lake loses nothing and counts once."""
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


def test_a_day_that_leaves_while_it_is_read(shelf: LakeShelf) -> None:
    """An event that the store held when it was read, and the lake alone a moment later, is one."""
    ann = shelf.subject()
    shelf.say(ann)
    shelf.see(ann, "teapot", "cup")
    shelf.feed()
    events = shelf.store.events
    assert isinstance(events, LakeEvents)
    events._recent = LeavesWhenRead(events._recent, shelf)
    assert shelf.items(ann) == ["teapot", "cup"]
    assert shelf.lake.outflow.held().lake_alone
    assert shelf.items(ann) == ["teapot", "cup"]


def test_a_day_that_leaves_while_many_are_read(shelf: LakeShelf) -> None:
    """The same holds for those who read of everybody."""
    ann = shelf.subject()
    shelf.say(ann)
    shelf.see(ann, "teapot", "cup")
    shelf.feed()
    events = shelf.store.events
    assert isinstance(events, LakeEvents)
    events._recent = LeavesWhenRead(events._recent, shelf)
    assert everybody(shelf) == [(ann, "teapot"), (ann, "cup")]
    assert shelf.lake.outflow.held().lake_alone


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
    ann = shelf.subject()
    shelf.see(ann, "teapot")
    shelf.feed()
    (shelf.events_folder).rename(shelf.folder / "elsewhere")
    shelf.see(ann, "cup")
    with pytest.raises(table.LakeTrouble, match="put back from a backup"):
        shelf.feed()
    assert shelf.items(ann, "answer-request") == ["teapot", "cup"]


def test_compaction_changes_nothing_but_files(shelf: LakeShelf) -> None:
    """Many small files become one for each bucket, and say the same in the same order."""
    people = [shelf.subject(name) for name in ("ann", "bob")]
    for number in range(4):
        for subject in people:
            shelf.see(subject, f"i{number}", f"j{number}")
        shelf.feed()
    shelf.retire()
    before = [shelf.items(subject, "answer-request") for subject in people]
    assert shelf.lake.status().files == 8
    assert shelf.lake.compact(most_files=1) == 2
    assert shelf.lake.compact(most_files=1) == 0
    assert shelf.lake.status().files == 2
    assert len(list(shelf.events_folder.glob("bucket=*/*"))) == 2
    assert [shelf.items(subject, "answer-request") for subject in people] == before
    shelf.see(people[0], "new")
    assert shelf.feed() == 1


def test_a_column_that_is_new(shelf: LakeShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of an older tactful, without a column, goes on: old rows read as null there."""
    ann = shelf.subject()
    narrow = pa.schema(
        [field for field in columns.SCHEMA if field.name not in {"value", "quantity"}]
    )
    shelf.see(ann, "old", properties={"value": 12.5, "currency": "EUR"})
    write = pq.write_table
    monkeypatch.setattr(table, "SCHEMA", narrow)
    monkeypatch.setattr(
        pq, "write_table", lambda rows, *rest, **how: write(rows.select(narrow.names), *rest, **how)
    )
    shelf.feed()
    monkeypatch.undo()
    shelf.see(ann, "new", properties={"value": 12.5, "currency": "EUR"})
    shelf.feed()
    shelf.lake.compact(most_files=0)
    (rows,) = (shelf.lake.table.read(bucket) for bucket in shelf.lake.table.files())
    assert rows["value"].to_pylist() == [None, 1250]
    from deltalake import DeltaTable

    names = [field.name for field in DeltaTable(str(shelf.events_folder)).schema().fields]
    assert set(names) == {*columns.SCHEMA.names, "bucket"}
    shelf.retire()
    assert shelf.items(ann, "answer-request") == ["old", "new"]


def test_verification(shelf: LakeShelf) -> None:
    """Days that both hold compare equal, until one of them is changed behind the other's back."""
    ann, bob = shelf.subject("ann"), shelf.subject("bob")
    for subject in (ann, bob):
        shelf.see(subject, "teapot", "cup", properties={"colour": "red"}, purposes=BOTH)
    shelf.feed()
    shelf.see(ann, "on its way")
    shelf.clock.move(timedelta(days=1))
    shelf.see(ann, "bowl")
    assert [(d.in_store[0], d.same) for d in verified(shelf)] == [(4, True)]
    shelf.feed()
    assert [(d.in_store[0], d.same) for d in verified(shelf)] == [(5, True), (1, True)]
    shelf.store.records.drop_purposes(shelf.permit(ann), frozenset({INDIVIDUAL}))
    assert [d.same for d in verified(shelf)] == [False, False]
    shelf.lake.forget()
    assert [d.same for d in verified(shelf)] == [True, True]
    bucket, rows = next((b, shelf.lake.table.read(b)) for b in shelf.lake.table.files())
    shelf.lake.table.replace({bucket: rows.slice(0, rows.num_rows - 1)})
    assert [d.same for d in verified(shelf)].count(False) == 1
    assert "events in the store" in next(d for d in verified(shelf) if not d.same).says


def test_a_day_that_differs_stays(shelf: LakeShelf) -> None:
    """A day that the lake holds differently is not left to it, and the operator is told."""
    shelf.see(shelf.subject(), "teapot", "cup")
    shelf.feed()
    bucket, rows = next((b, shelf.lake.table.read(b)) for b in shelf.lake.table.files())
    shelf.lake.table.replace({bucket: rows.slice(0, 1)})
    shelf.clock.move(timedelta(days=40))
    with pytest.raises(table.LakeTrouble, match="2 events in the store, 1 in the lake"):
        shelf.lake.retire()
    assert len(shelf.tables()) == 1


@pytest.mark.parametrize("damage", ["file", "log", "all of it", "checkpoint"])
def test_a_damaged_table(shelf: LakeShelf, damage: str) -> None:
    """Whatever is damaged, the lake is named and refused, and the store goes on."""
    ann = shelf.subject()
    shelf.see(ann, "teapot")
    shelf.feed()
    if damage == "checkpoint":
        shelf.lake.compact(most_files=0)
    log = shelf.events_folder / "_delta_log"
    if damage == "file":
        (path,) = (p for paths in shelf.lake.table.files().values() for p in paths)
        path.write_bytes(b"PAR1 no more")
    elif damage == "all of it":
        rmtree(shelf.events_folder)
    else:
        for path in log.glob("*.json" if damage == "log" else "*.parquet"):
            path.write_bytes(b"{]")
    with pytest.raises(table.LakeTrouble, match=r"lake in .*lake"):
        shelf.lake.read_through()
    assert shelf.see(ann, "cup") == 1
    assert shelf.items(ann, "answer-request") == ["teapot", "cup"]


def verified(shelf: LakeShelf) -> list[Compared]:
    """Return how the days compare."""
    return list(verify(shelf.lake.table, shelf.lake.outflow))


@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
def test_everything_as_one_table(shelf: LakeShelf) -> None:
    """Questions are asked of lake and store together: no event is missing, none is there twice."""
    ann, bob = shelf.subject("ann"), shelf.subject("bob")
    for subject in (ann, bob):
        shelf.say(subject)
    assert asked(shelf) == []
    shelf.see(ann, "old", properties={"value": 12.5, "currency": "EUR"})
    assert asked(shelf) == ["old"]
    shelf.retire()
    shelf.see(ann, "fed")
    shelf.see(bob, "erased")
    shelf.feed()
    shelf.see(ann, "new")
    batch = shelf.lake.outflow.plan(most=100)
    assert batch is not None
    assert sorted(asked(shelf)) == ["erased", "fed", "new", "old"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf.lake.outflow, "passed", lambda *_, **__: None)
        shelf.lake._feed(batch)
    assert shelf.lake_rows() == 4
    assert sorted(asked(shelf)) == ["erased", "fed", "new", "old"]
    shelf.store.records.erase(shelf.permit(bob))
    assert sorted(asked(shelf)) == ["fed", "new", "old"]
    permit = shelf.audience("recommend-individual")
    events = permitted(
        permit,
        events_table(shelf.lake),
        bit=shelf.lake.bits.bit(INDIVIDUAL),
        plan=shelf.policy.plan,
        at=shelf.clock(),
    )
    found = segment(events, Did(name="Viewed", at_least=3), at=shelf.clock())
    assert found.to_pyarrow()["subject"].to_pylist() == [ann]


def asked(shelf: LakeShelf) -> list[str]:
    """Return the items of all events, as an analyst finds them."""
    return [items[0] for items in events_table(shelf.lake).to_pyarrow()["items"].to_pylist()]

"""What is erased, withdrawn or past its term goes from the lake too, files and all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lake_worlds import LakeShelf

from tactful.adapters.lake.table import LakeTrouble
from tactful.terms import StatementKind, SubjectId, Trouble
from tactful.testing.conformance.policy import INDIVIDUAL, MEASUREMENT, NECESSARY

BOTH = frozenset({INDIVIDUAL, MEASUREMENT})
SECRET = "unmistakable"


def marked(shelf: LakeShelf, name: str = "ann") -> SubjectId:
    """Return a subject with an event that can be found in any file."""
    subject = shelf.subject(name)
    shelf.see(subject, f"{SECRET}-{name}", properties={"colour": f"{SECRET}-{name}"}, purposes=BOTH)
    return subject


def test_erasure_reaches_the_lake(shelf: LakeShelf) -> None:
    """After an erasure no file of store or lake, log included, holds a byte of the subject."""
    ann, bob = marked(shelf, "ann"), marked(shelf, "bob")
    shelf.retire()
    shelf.see(ann, f"{SECRET}-ann-2")
    shelf.feed()
    assert shelf.store.records.erase(shelf.permit(ann))["lake"] == 2
    shelf.store.close()
    found = shelf.bytes_on_disk()
    assert f"{SECRET}-ann".encode() not in found
    names = {str(path) for path in shelf.folder.rglob("*")}
    assert not any(SECRET in name for name in names)
    shelf.reopen()
    assert shelf.items(bob, "answer-request") == [f"{SECRET}-bob"]
    assert shelf.lake_rows() == 1


def test_the_bytes_were_there(shelf: LakeShelf) -> None:
    """What the test above looks for would be found, in the lake too, were it not erased."""
    marked(shelf)
    shelf.retire()
    shelf.store.close()
    for file in shelf.folder.glob("store.db*"):
        file.unlink()
    assert SECRET.encode() in shelf.bytes_on_disk()


def test_the_log_of_the_table_tells_nothing(shelf: LakeShelf) -> None:
    """Delta's log names files, buckets and batches: no value, no statistics, no subject."""
    ann = marked(shelf)
    shelf.feed()
    shelf.lake.compact(most_files=0)
    shelf.store.records.erase(shelf.permit(ann))
    log = b"".join(path.read_bytes() for path in (shelf.events_folder / "_delta_log").iterdir())
    for telling in (SECRET.encode(), b"minValues", b"maxValues", b"predicate", b"Viewed"):
        assert telling not in log


def test_files_that_were_never_part_go_too(shelf: LakeShelf) -> None:
    """An erasure also deletes what a feed that was cut off has left behind."""
    ann = marked(shelf)
    shelf.feed()
    (path,) = (p for paths in shelf.lake.table.files().values() for p in paths)
    orphan = path.with_name("00000000000000000000-cut.parquet")
    orphan.write_bytes(path.read_bytes())
    shelf.store.records.erase(shelf.permit(ann))
    assert not orphan.exists()


def test_an_erasure_cut_off_is_finished(shelf: LakeShelf) -> None:
    """What the store has erased and the lake not yet is not seen, and goes at the next chance."""
    ann = marked(shelf)
    shelf.retire()
    permit = shelf.permit(ann)
    shelf.store.records._recent.erase(shelf.permit(ann))  # type: ignore[attr-defined]
    shelf.reopen()
    assert shelf.store.events.history(permit) == ()
    assert shelf.behind.owes()
    assert shelf.lake.forget() == 1
    assert shelf.lake_rows() == 0
    assert not shelf.behind.owes()


def test_an_erasure_while_a_batch_is_on_its_way(shelf: LakeShelf) -> None:
    """A batch that was read before the erasure and appended after it brings nobody back."""
    ann, bob = marked(shelf, "ann"), marked(shelf, "bob")
    outflow = shelf.lake.outflow
    batch = outflow.plan(most=100)
    assert batch is not None
    rows = list(outflow.rows(batch))
    shelf.store.records._recent.erase(shelf.permit(ann))  # type: ignore[attr-defined]
    outflow.rows = lambda _: iter(rows)  # type: ignore[method-assign, assignment]
    shelf.lake._feed(batch)
    assert shelf.lake_rows() == 2
    assert shelf.lake.forget() == 1
    assert shelf.lake_rows() == 1
    del outflow.rows
    shelf.retire()
    assert shelf.items(bob, "answer-request") == [f"{SECRET}-bob"]


def test_a_damaged_lake_does_not_stop_an_erasure(shelf: LakeShelf) -> None:
    """The store erases, says that the lake could not, and the lake follows once it is mended."""
    ann = marked(shelf)
    shelf.feed()
    (path,) = (p for paths in shelf.lake.table.files().values() for p in paths)
    hidden = path.rename(shelf.folder / "hidden")
    permit = shelf.permit(ann)
    with pytest.raises(Trouble, match="erased from the store; the lake forgets as soon as"):
        shelf.store.records.erase(permit)
    assert shelf.store.events.history(permit) == ()
    hidden.rename(path)
    assert shelf.lake.forget() == 1


def test_withdrawal_is_seen_at_once(shelf: LakeShelf) -> None:
    """A dropped purpose sees nothing in the lake from then on, and the files follow."""
    ann = shelf.subject()
    shelf.see(ann, "mine", properties={"colour": "red"})
    shelf.see(ann, "both", purposes=BOTH, properties={"colour": "red", "position": "1"})
    shelf.retire()
    shelf.store.records.drop_purposes(shelf.permit(ann), frozenset({INDIVIDUAL}))
    for _ in range(2):
        assert shelf.items(ann) == []
        (left,) = shelf.store.events.history(shelf.permit(ann))
        assert left.items == ("both",)
        assert left.properties == {"position": "1"}
        assert left.purposes == {MEASUREMENT}
        shelf.lake.forget()
        assert not shelf.behind.owes()
    assert shelf.lake_rows() == 1


def test_who_agrees_again_keeps_what_comes_after(shelf: LakeShelf) -> None:
    """A withdrawal that the lake still owes takes nothing of what was collected later."""
    ann = shelf.subject()
    shelf.see(ann, "before")
    shelf.feed()
    shelf.store.records.drop_purposes(shelf.permit(ann), frozenset({INDIVIDUAL}))
    shelf.see(ann, "after")
    shelf.retire()
    assert shelf.items(ann) == ["after"]
    shelf.lake.forget()
    assert shelf.items(ann) == ["after"]
    assert shelf.lake_rows() == 1


def test_newcomers_owe_nothing(shelf: LakeShelf) -> None:
    """Whoever came after the last batch was begun cannot be in the lake, and is not looked for."""
    marked(shelf)
    shelf.feed()
    bob = shelf.subject("bob")
    shelf.see(bob, "teapot")
    shelf.store.records.drop_purposes(shelf.permit(bob), BOTH)
    assert not shelf.behind.owes()


def test_an_import_may_come_again(shelf: LakeShelf) -> None:
    """After an erasure from the lake alone, imported messages are no duplicates any more."""
    ann = shelf.subject()
    shelf.see(ann, "teapot", source="import orders.csv")
    shelf.retire()
    assert shelf.see(ann, "teapot", source="import orders.csv") == 0
    shelf.store.records.erase(shelf.permit(ann))
    event = shelf.event(shelf.subject(), "teapot", source="import orders.csv")
    same = shelf.event(ann, "teapot").message
    assert shelf.see(event.subject, "teapot", source="import orders.csv", message=same) == 1


def test_what_is_past_its_term_goes(shelf: LakeShelf) -> None:
    """Each purpose loses what is older than its term, in the lake as in the store."""
    ann = shelf.subject()
    shelf.see(ann, "mine", properties={"colour": "red"})
    shelf.see(ann, "both", purposes=BOTH, properties={"colour": "red", "position": "1"})
    shelf.see(ann, "kept", purposes=frozenset({NECESSARY}))
    shelf.retire()
    shelf.see(ann, "new", purposes=BOTH)
    cutoff = {INDIVIDUAL: shelf.clock.now - timedelta(days=1)}
    removed = shelf.lake.expire(cutoff, spared=())
    assert dict(removed) == {INDIVIDUAL: 2, "events": 1}
    assert shelf.items(ann) == ["new"]
    seen = shelf.store.events.history(shelf.permit(ann))
    assert [(e.items[0], dict(e.properties)) for e in seen] == [
        ("both", {"position": "1"}),
        ("kept", {}),
        ("new", {}),
    ]
    assert dict(shelf.lake.expire(cutoff, spared=())) == {}


def test_the_store_and_the_lake_expire_alike(shelf: LakeShelf) -> None:
    """Where both hold an event, it goes from both and is counted once."""
    ann = shelf.subject()
    shelf.see(ann, "old", purposes=BOTH)
    shelf.feed()
    cutoffs = {INDIVIDUAL: shelf.clock.move(timedelta(days=2)) - timedelta(days=1)}
    assert dict(shelf.sqlite.expiring.expire(cutoffs, spared=())) == {INDIVIDUAL: 1}
    assert dict(shelf.lake.expire(cutoffs, spared=())) == {}
    shelf.retire()
    (left,) = shelf.store.events.history(shelf.permit(ann))
    assert left.purposes == {MEASUREMENT}


def test_restricted_data_stays(shelf: LakeShelf) -> None:
    """What a subject had restricted is kept, however old (Art. 18), and only theirs."""
    ann, bob = shelf.subject("ann"), shelf.subject("bob")
    shelf.see(ann, "a")
    shelf.see(bob, "b")
    shelf.say(ann, StatementKind.RESTRICT, "")
    shelf.say(bob, StatementKind.RESTRICT, "")
    shelf.clock.move(timedelta(seconds=1))
    shelf.say(bob, StatementKind.LIFT, "")
    spared = shelf.sqlite.expiring.restricted(shelf.clock())
    assert spared == {ann}
    shelf.feed()
    cutoffs = {INDIVIDUAL: shelf.clock.move(timedelta(days=2))}
    for place in (shelf.sqlite.expiring, shelf.lake):
        place.expire(cutoffs, spared=spared)
    assert shelf.lake_rows() == 1
    assert shelf.items(ann, "answer-request") == ["a"]
    assert shelf.items(bob, "answer-request") == []


def test_expired_bytes_are_gone(shelf: LakeShelf) -> None:
    """Nothing that expired is left in any file, and its message may come again."""
    ann = marked(shelf)
    shelf.feed()
    cutoffs = dict.fromkeys(BOTH, shelf.clock.move(timedelta(days=2)))
    shelf.sqlite.expiring.expire(cutoffs, spared=())
    shelf.lake.expire(cutoffs, spared=())
    assert SECRET.encode() not in shelf.bytes_on_disk()
    assert shelf.items(ann, "answer-request") == []


def test_a_missing_file_is_named(shelf: LakeShelf) -> None:
    """A table with a file taken away is refused and named; decisions go on from the store."""
    ann = shelf.subject()
    shelf.say(ann)
    shelf.see(ann, "old")
    shelf.retire()
    shelf.see(ann, "new")
    (path,) = (p for paths in shelf.lake.table.files().values() for p in paths)
    path.unlink()
    with pytest.raises(LakeTrouble, match="lake verify"):
        shelf.items(ann, "answer-request")
    permit = shelf.permit(ann, "recommend-individual")
    assert [e.items[0] for e in shelf.store.events.history(permit, limit=50)] == ["new"]
    assert shelf.see(ann, "newer") == 1

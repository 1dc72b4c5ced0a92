"""Features follow from all that is kept of a person, also from what the lake alone holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from lake_worlds import LakeShelf

from tactful.adapters.sqlite.snapshots import drop_snapshots
from tactful.terms import SubjectId
from tactful.testing.conformance.policy import MEASUREMENT
from tactful.testing.conformance.profiles import BOTH, buy, folded_of, from_scratch


def _lose_snapshots(shelf: LakeShelf) -> None:
    shelf.sqlite._engine.writer.run(drop_snapshots)


def _change_policy(shelf: LakeShelf) -> None:
    purposes = shelf.policy.purposes
    longer = replace(purposes[MEASUREMENT], title="Count anew")
    shelf.reopen(replace(shelf.policy, purposes={**purposes, MEASUREMENT: longer}))


def _buy_and_leave(shelf: LakeShelf, *orders: str) -> SubjectId:
    """Let somebody order, and the days of it leave for the lake alone."""
    ann = shelf.subject()
    for order in orders:
        buy(shelf, ann, order)
    shelf.retire()
    assert shelf.tables() == []
    return ann


@pytest.mark.parametrize("lose", [_lose_snapshots, _change_policy], ids=["dropped", "policy"])
def test_from_scratch_they_read_the_lake(
    shelf: LakeShelf, lose: Callable[[LakeShelf], None]
) -> None:
    """Orders of days that have left count once, whenever the snapshot is taken anew."""
    ann = _buy_and_leave(shelf, "o-1", "o-2")
    lose(shelf)

    assert folded_of(shelf, ann) == from_scratch(shelf, ann)
    buy(shelf, ann, "o-3")
    while shelf.store.features.advance(1):
        assert set(folded_of(shelf, ann).orders) == {"o-1", "o-2", "o-3"}
    buy(shelf, ann, "o-4")
    assert {folded_of(shelf, ann, purpose).events for purpose in BOTH} == {4}
    assert folded_of(shelf, ann) == from_scratch(shelf, ann)


def test_a_snapshot_that_stayed_behind_reads_what_left_since(shelf: LakeShelf) -> None:
    """What came after its marks and has left counts, what came before them does not again."""
    ann = shelf.subject()
    buy(shelf, ann, "o-1")
    assert shelf.store.features.advance(10) == 1
    buy(shelf, ann, "o-2")
    shelf.retire()

    assert set(folded_of(shelf, ann).orders) == {"o-1", "o-2"}
    assert folded_of(shelf, ann).events == 2


def test_what_stands_in_both_counts_once(shelf: LakeShelf) -> None:
    """A day that was left to the lake, whose table still stands, is not read twice."""
    ann = shelf.subject()
    buy(shelf, ann, "o-1")
    shelf.feed()
    shelf.clock.move(timedelta(days=40))
    assert shelf.lake.retire() == 1
    assert shelf.tables()

    assert folded_of(shelf, ann).events == 1


def test_who_was_erased_left_nothing_to_fold(shelf: LakeShelf) -> None:
    """What is owed to be forgotten is not read in the lake any more."""
    ann, bob = shelf.subject(), shelf.subject("bob")
    for each in (ann, bob):
        buy(shelf, each, f"o-{each}")
    shelf.retire()
    shelf.store.records.erase(shelf.permit(ann))
    again = shelf.subject()

    assert folded_of(shelf, again).events == 0
    assert folded_of(shelf, bob).events == 1

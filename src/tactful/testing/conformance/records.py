# ruff: noqa: S101, PLR2004 - a suite asserts, and with figures
"""What every implementation of `Records`, `Uses`, `Tallies` and `Catalogue` promises."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from tactful.terms import Item, PermitMisuse, StatementKind
from tactful.testing.conformance.policy import INDIVIDUAL, MEASUREMENT, NECESSARY, SEGMENT
from tactful.testing.conformance.shelf import Shelf, user

BOTH = frozenset({INDIVIDUAL, MEASUREMENT})
TEAPOT = Item(id="teapot", title="Teapot", price=1250, currency="EUR", attributes={"l": 1.5})


class RecordsSuite:
    """Uses, withdrawal and erasure."""

    def test_erasure_leaves_nothing(self, shelf: Shelf) -> None:
        """After an erasure nobody of that name is known, nor anything about them."""
        ann = shelf.subject()
        shelf.say(ann)
        shelf.see(ann, "teapot", "cup")
        shelf.store.profiles.set_traits([shelf.permit(ann, "keep-group")], {"size": "M"})
        permit = shelf.permit(ann)
        removed = shelf.store.records.erase(permit)
        assert removed["events"] == 2
        assert removed["statements"] == removed["identifiers"] == removed["subjects"] == 1
        for _ in range(2):
            assert shelf.store.identities.find(user("ann")) is None
            assert shelf.store.standings.digest(ann) is None
            assert shelf.store.events.history(permit) == ()
            assert shelf.store.profiles.identifiers(permit) == ()
            assert shelf.store.profiles.traits(permit) == {}
            assert shelf.store.statements.standing(permit).statements == ()
            assert shelf.store.records.uses(permit) == {}
            shelf.reopen()

    def test_erasure_spares_the_others(self, shelf: Shelf) -> None:
        """Another subject keeps everything."""
        ann, bob = shelf.subject("ann"), shelf.subject("bob")
        for subject in (ann, bob):
            shelf.say(subject)
            shelf.see(subject, "teapot")
        shelf.store.records.erase(shelf.permit(ann))
        shelf.reopen()
        assert shelf.store.identities.find(user("bob")) == bob
        assert shelf.items(bob) == ["teapot"]
        assert len(shelf.store.statements.standing(shelf.permit(bob)).statements) == 1

    def test_erasing_again(self, shelf: Shelf) -> None:
        """Erasing whom nobody knows any more removes nothing, and is no error."""
        permit = shelf.permit(shelf.subject())
        shelf.store.records.erase(permit)
        assert not any(shelf.store.records.erase(permit).values())

    def test_erased_messages_are_forgotten(self, shelf: Shelf) -> None:
        """Who comes back after an erasure starts anew: their old messages are not duplicates."""
        ann = shelf.subject()
        shelf.see(ann, "teapot", source="import orders.csv")
        event = shelf.event(ann, "teapot", source="import orders.csv")
        shelf.store.records.erase(shelf.permit(ann))
        back = replace(event, subject=shelf.subject())
        assert shelf.store.events.append([back]).result() == {back.message}

    def test_erasure_outruns_what_is_on_its_way(self, shelf: Shelf) -> None:
        """Whatever was being appended when the erasure came, nothing of the subject is left."""
        ann = shelf.subject()
        permit = shelf.permit(ann)
        with ThreadPoolExecutor(4) as pool:
            calls = [pool.submit(shelf.see, ann, f"i{n}") for n in range(60)]
            shelf.store.records.erase(permit)
        assert all(call.exception() is None for call in calls)
        assert shelf.store.events.history(permit) == ()

    def test_dropping_a_purpose(self, shelf: Shelf) -> None:
        """Events kept for it alone go; others stay for their other purposes, and lose its part."""
        ann = shelf.subject()
        shelf.see(ann, "mine", properties={"colour": "red"})
        shelf.see(ann, "both", purposes=BOTH, properties={"colour": "red", "position": "1"})
        shelf.see(ann, "theirs", purposes=frozenset({MEASUREMENT}))
        assert len(shelf.items(ann)) == 2
        dropped = shelf.store.records.drop_purposes(shelf.permit(ann), frozenset({INDIVIDUAL}))
        assert dropped == 2
        for _ in range(2):
            assert shelf.items(ann) == []
            seen = shelf.store.events.history(shelf.permit(ann))
            assert [(e.items[0], dict(e.properties)) for e in seen] == [
                ("both", {"position": "1"}),
                ("theirs", {}),
            ]
            assert all(event.purposes == {MEASUREMENT} for event in seen)
            shelf.reopen()

    def test_dropping_all_purposes(self, shelf: Shelf) -> None:
        """Dropping every purpose of an event deletes it, and its message may come again."""
        ann, bob = shelf.subject("ann"), shelf.subject("bob")
        shelf.see(ann, "teapot", purposes=BOTH)
        shelf.see(bob, "cup", purposes=BOTH)
        assert shelf.store.records.drop_purposes(shelf.permit(ann), BOTH) == 1
        assert shelf.items(ann, "answer-request") == []
        assert shelf.items(bob) == ["cup"]
        assert shelf.see(ann, "teapot", purposes=BOTH) == 1

    def test_dropping_what_is_not_kept(self, shelf: Shelf) -> None:
        """Dropping a purpose that nothing is kept for touches nothing."""
        ann = shelf.subject()
        shelf.see(ann, "teapot", purposes=frozenset({NECESSARY}))
        assert shelf.store.records.drop_purposes(shelf.permit(ann), frozenset({SEGMENT})) == 0
        assert shelf.items(ann, "answer-request") == ["teapot"]

    def test_late_permits_erase_nothing(self, shelf: Shelf) -> None:
        """A permit that has expired erases nobody."""
        permit = shelf.permit(shelf.subject())
        shelf.clock.move(timedelta(hours=1))
        with pytest.raises(PermitMisuse, match="expired"):
            shelf.store.records.erase(permit)
        assert shelf.store.identities.find(user("ann")) is not None


class CountsSuite:
    """Uses and tallies."""

    def test_uses_by_activity_and_day(self, shelf: Shelf) -> None:
        """Every permit is one use of the subject by that activity on that day."""
        ann, bob = shelf.subject("ann"), shelf.subject("bob")
        first = shelf.clock().date()
        for _ in range(3):
            shelf.permit(ann, "fulfil-order")
        second = shelf.clock.move(timedelta(days=1)).date()
        shelf.permit(ann, "fulfil-order")
        shelf.permit(bob, "fulfil-order")
        expected = {
            ("fulfil-order", first): 3,
            ("fulfil-order", second): 1,
            ("answer-request", second): 1,
        }
        assert shelf.store.records.uses(shelf.permit(ann)) == expected
        shelf.reopen()
        expected["answer-request", second] = 2
        assert shelf.store.records.uses(shelf.permit(ann)) == expected

    def test_uses_of_an_audience(self, shelf: Shelf) -> None:
        """An audience's use counts once for each member."""
        ann, bob = shelf.subject("ann"), shelf.subject("bob")
        day = shelf.clock().date()
        members = np.array([ann, bob, 10**9], dtype=np.int64)
        for _ in range(2):
            shelf.store.uses.count_all(members, "train", day)
        for subject in (ann, bob):
            assert shelf.store.records.uses(shelf.permit(subject))["train", day] == 2

    def test_refusals_and_gaps_are_tallied(self, shelf: Shelf) -> None:
        """Refusals and gaps are counted without whom they concern, and survive a reopening."""
        shelf.store.uses.refused("recommend", "no_denial")
        shelf.store.uses.gap("fly", "activity fly")
        shelf.reopen()
        totals = shelf.store.tallies.totals()
        assert totals["refusal", "recommend: no_denial"] == 1
        assert totals["gap", "fly: activity fly"] == 1

    def test_tallies_add_up(self, shelf: Shelf) -> None:
        """Tallies are summed by day and label, and over all days."""
        first = shelf.clock().date()
        shelf.store.tallies.add("kept", "a")
        shelf.store.tallies.add("kept", "a", 4)
        second = shelf.clock.move(timedelta(days=1)).date()
        shelf.store.tallies.add("kept", "a", 2)
        shelf.store.tallies.add("kept", "b")
        shelf.reopen()
        daily = {(first, "a"): 5, (second, "a"): 2, (second, "b"): 1}
        assert shelf.store.tallies.daily("kept") == daily
        assert shelf.store.tallies.totals() == {("kept", "a"): 7, ("kept", "b"): 1}

    def test_nothing_is_lost_between_threads(self, shelf: Shelf) -> None:
        """Counts from many threads at once all arrive."""
        with ThreadPoolExecutor(8) as pool:
            for _ in range(4000):
                pool.submit(shelf.store.tallies.add, "n", "n")
        assert shelf.store.tallies.totals() == {("n", "n"): 4000}

    def test_statements_are_uses_too(self, shelf: Shelf) -> None:
        """Recording what somebody said is itself a use that they can see."""
        ann = shelf.subject()
        shelf.say(ann, StatementKind.DENY)
        day = shelf.clock().date()
        assert shelf.store.records.uses(shelf.permit(ann))["record-statement", day] == 1


class CatalogueSuite:
    """The goods."""

    def test_gets_what_was_put(self, shelf: Shelf) -> None:
        """An item is there for the next question, whole, and after a reopening."""
        assert shelf.store.catalogue.get("teapot") is None
        assert shelf.store.catalogue.put([TEAPOT]) == 1
        assert shelf.store.catalogue.get("teapot") == TEAPOT
        shelf.reopen()
        assert shelf.store.catalogue.get("teapot") == TEAPOT

    def test_replaces(self, shelf: Shelf) -> None:
        """An item that is put again is replaced, and counted once."""
        shelf.store.catalogue.put([TEAPOT])
        sold_out = replace(TEAPOT, availability="out_of_stock")
        assert shelf.store.catalogue.put([TEAPOT, sold_out]) == 1
        assert shelf.store.catalogue.all() == {"teapot": sold_out}

    def test_all_stands_still(self, shelf: Shelf) -> None:
        """The mapping handed out does not change while somebody goes through it."""
        shelf.store.catalogue.put([TEAPOT])
        goods = shelf.store.catalogue.all()
        for _ in goods:
            shelf.store.catalogue.put([replace(TEAPOT, id="cup")])
        assert list(goods) == ["teapot"]
        assert set(shelf.store.catalogue.all()) == {"teapot", "cup"}

    def test_nothing_to_put(self, shelf: Shelf) -> None:
        """An empty catalogue stays empty."""
        assert shelf.store.catalogue.put([]) == 0
        assert shelf.store.catalogue.all() == {}

    def test_keeps_its_order(self, shelf: Shelf) -> None:
        """Items stand in the order in which they first came, here and after a reopening."""
        shelf.store.catalogue.put([TEAPOT, replace(TEAPOT, id="cup")])
        shelf.store.catalogue.put([replace(TEAPOT, id="bowl"), replace(TEAPOT, price=1)])
        assert list(shelf.store.catalogue.all()) == ["teapot", "cup", "bowl"]
        assert list(shelf.reopen().catalogue.all()) == ["teapot", "cup", "bowl"]

    def test_removes(self, shelf: Shelf) -> None:
        """What is removed stays as a tombstone, with what was known of it, and is not available."""
        shelf.store.catalogue.put([TEAPOT, replace(TEAPOT, id="cup")])
        assert shelf.store.catalogue.remove(["teapot", "teapot"]) == 1
        gone = replace(TEAPOT, availability="removed")
        assert shelf.store.catalogue.get("teapot") == gone
        assert not gone.available
        assert shelf.reopen().catalogue.get("teapot") == gone
        assert shelf.store.catalogue.remove(["teapot", "cup"]) == 1

    def test_removes_what_only_models_know(self, shelf: Shelf) -> None:
        """An id that the catalogue never had can be kept from being shown."""
        assert shelf.store.catalogue.remove(["old-lamp"]) == 1
        lamp = shelf.store.catalogue.get("old-lamp")
        assert lamp is not None
        assert lamp.removed

    def test_what_comes_back_is_shown_again(self, shelf: Shelf) -> None:
        """Putting an item ends its tombstone."""
        shelf.store.catalogue.put([TEAPOT])
        shelf.store.catalogue.remove(["teapot"])
        shelf.store.catalogue.put([TEAPOT])
        assert shelf.store.catalogue.get("teapot") == TEAPOT

    def test_an_item_is_replaced_whole(self, shelf: Shelf) -> None:
        """What the new line does not state is not there any more."""
        shelf.store.catalogue.put([TEAPOT])
        bare = Item(id="teapot", title="Teapot")
        shelf.store.catalogue.put([bare])
        assert shelf.store.catalogue.get("teapot") == bare

    def test_nobody_loses_a_change(self, shelf: Shelf) -> None:
        """Items put and removed from many threads at once are all there at the end."""
        with ThreadPoolExecutor(8) as pool:
            for number in range(100):
                pool.submit(shelf.store.catalogue.put, [replace(TEAPOT, id=f"i{number}")])
                pool.submit(shelf.store.catalogue.remove, [f"old{number}"])
                pool.submit(shelf.store.catalogue.all)
        goods = shelf.store.catalogue.all()
        assert len(goods) == 200
        assert sum(1 for item in goods.values() if item.removed) == 100
        assert dict(shelf.reopen().catalogue.all()) == dict(goods)

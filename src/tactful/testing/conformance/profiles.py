# ruff: noqa: S101, PLR2004 - a suite asserts, and with figures
"""What every implementation of `Profiles` promises of traits, and of `Features`."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.capabilities.profile import computed
from tactful.capabilities.profile.folding import Folded, fold
from tactful.terms import PermitMisuse, SubjectId, TraitOrigin
from tactful.testing.conformance.policy import INDIVIDUAL, MEASUREMENT, SEGMENT
from tactful.testing.conformance.shelf import ONE_SHELF, Shelf, message

BOTH = frozenset({INDIVIDUAL, MEASUREMENT})
MINE, OFFICER = TraitOrigin.SUBJECT, TraitOrigin.OFFICER


def told(
    shelf: Shelf,
    subject: SubjectId,
    size: object,
    *,
    at: datetime | None = None,
    origin: TraitOrigin = TraitOrigin.OBSERVED,
) -> frozenset[str]:
    """Say what the size of *subject* is, for segments and recommendations."""
    permits = [shelf.permit(subject, a) for a in ("keep-group", "recommend-individual")]
    return shelf.store.profiles.set_traits(
        permits, {"size": size}, at=at, source="web", origin=origin
    )


def size_of(shelf: Shelf, subject: SubjectId) -> object:
    """Return the size that recommendations see, None where they see none."""
    return shelf.store.profiles.traits(shelf.permit(subject, "recommend-individual")).get("size")


class TraitsSuite:
    """Where traits come from, which word stands, and how long."""

    def test_a_trait_says_where_it_comes_from(self, shelf: Shelf) -> None:
        """Source, time, purposes and who stated it are kept with each trait."""
        ann = shelf.subject()
        then = shelf.clock() - timedelta(days=2)
        told(shelf, ann, "M", at=then)
        for _ in range(2):
            trait = shelf.store.profiles.known_traits(shelf.permit(ann))["size"]
            assert (trait.value, trait.at, trait.source) == ("M", then, "web")
            assert trait.origin is TraitOrigin.OBSERVED
            assert trait.purposes == {SEGMENT, INDIVIDUAL}
            shelf.reopen()

    def test_the_newest_observation_stands(self, shelf: Shelf) -> None:
        """By the time at which it was observed, not by that at which it arrived."""
        ann = shelf.subject()
        for ago, size in ((2, "M"), (5, "S"), (1, "L"), (3, "XL")):
            assert told(shelf, ann, size, at=shelf.clock() - timedelta(days=ago)) == frozenset()
        assert size_of(shelf, ann) == "L"

    @pytest.mark.parametrize("by", [MINE, OFFICER])
    def test_corrections_win(self, shelf: Shelf, by: TraitOrigin) -> None:
        """What was corrected stays, whatever is observed later; and that is told."""
        ann = shelf.subject()
        told(shelf, ann, "M")
        assert told(shelf, ann, "S", origin=by) == frozenset()
        shelf.clock.move(timedelta(days=1))
        assert told(shelf, ann, "XL") == {"size"}
        shelf.reopen()
        assert size_of(shelf, ann) == "S"
        told(shelf, ann, "L", origin=MINE)
        assert size_of(shelf, ann) == "L"

    def test_removed_means_not_observed_again(self, shelf: Shelf) -> None:
        """What the subject wants not to be known is not, until they allow it again."""
        ann = shelf.subject()
        told(shelf, ann, "M")
        told(shelf, ann, None, origin=MINE)
        assert told(shelf, ann, "M") == {"size"}
        shelf.reopen()
        assert size_of(shelf, ann) is None
        known = shelf.store.profiles.known_traits
        assert known(shelf.permit(ann))["size"].value is None
        assert "size" not in known(shelf.permit(ann, "recommend-individual"))
        assert shelf.store.profiles.observe_again(shelf.permit(ann), frozenset({"size", "x"})) == 1
        assert known(shelf.permit(ann)) == {}
        assert told(shelf, ann, "M") == frozenset()
        assert size_of(shelf, ann) == "M"

    def test_only_corrections_are_taken_back(self, shelf: Shelf) -> None:
        """What is observed is not the subject's word, and stays."""
        ann = shelf.subject()
        told(shelf, ann, "M")
        assert shelf.store.profiles.observe_again(shelf.permit(ann), frozenset({"size"})) == 0
        assert size_of(shelf, ann) == "M"

    def test_a_correction_outlives_its_purposes_without_its_value(self, shelf: Shelf) -> None:
        """Who withdraws has no trait left, and what they corrected is not observed again."""
        ann = shelf.subject()
        told(shelf, ann, "S", origin=MINE)
        shelf.store.records.drop_purposes(shelf.permit(ann), frozenset({SEGMENT, INDIVIDUAL}))
        assert shelf.store.profiles.known_traits(shelf.permit(ann))["size"].value is None
        assert told(shelf, ann, "M") == {"size"}
        shelf.store.records.erase(shelf.permit(ann))
        assert shelf.store.profiles.known_traits(shelf.permit(ann)) == {}

    def test_traits_expire_by_their_own_time_and_purpose(self, shelf: Shelf) -> None:
        """Retention looks at each trait by itself, and at each of its purposes."""
        ann, bob, cid = map(shelf.subject, ("ann", "bob", "cid"))
        now = shelf.clock()
        told(shelf, ann, "M", at=now - timedelta(days=40))
        told(shelf, bob, "M", at=now - timedelta(days=10))
        told(shelf, cid, "S", origin=MINE)
        month = {INDIVIDUAL: now - timedelta(days=30), MEASUREMENT: now}
        drop = shelf.store.profiles.drop_expired
        assert drop({}) == 0
        assert drop(month) == 1
        assert drop(month) == 0
        assert [size_of(shelf, each) for each in (ann, bob, cid)] == [None, "M", "S"]
        assert shelf.store.profiles.traits(shelf.permit(ann, "keep-group")) == {"size": "M"}
        drop = shelf.reopen().profiles.drop_expired
        assert drop({SEGMENT: now, INDIVIDUAL: now}) == 2
        assert shelf.store.profiles.known_traits(shelf.permit(ann)) == {}
        later = now + timedelta(days=1)
        assert drop({SEGMENT: later, INDIVIDUAL: later}) == 1
        assert shelf.store.profiles.known_traits(shelf.permit(cid))["size"].value is None


def folded_of(shelf: Shelf, subject: SubjectId, purpose: str = INDIVIDUAL) -> Folded:
    """Return what the store has folded of *subject*, as the subject may see it."""
    return shelf.store.features.of(shelf.permit(subject))[purpose]


def from_scratch(shelf: Shelf, subject: SubjectId, purpose: str = INDIVIDUAL) -> Folded:
    """Return the same from the whole history that the purpose sees."""
    activity = {INDIVIDUAL: "recommend-individual", MEASUREMENT: "count-visits"}[purpose]
    return fold(Folded(), shelf.store.events.history(shelf.permit(subject, activity)))


def buy(shelf: Shelf, subject: SubjectId, order: str, *, ago: int = 0) -> None:
    """Let *subject* order something, kept for both purposes."""
    event = shelf.event(
        subject,
        "teapot",
        name="Order Completed",
        at=shelf.clock() - timedelta(days=ago),
        purposes=BOTH,
        properties={"order_id": order, "total": 12.5},
        message=message(f"{subject} {order}"),
    )
    shelf.store.events.append([event]).result()


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), st.integers(0, 9)),
        st.tuples(st.just("advance"), st.integers(1, 4)),
        st.tuples(st.just("tomorrow"), st.just(1)),
        st.tuples(st.sampled_from(["drop", "reopen"]), st.just(0)),
    ),
    max_size=14,
)


class FeaturesSuite:
    """What follows from events, with and without snapshots."""

    def test_an_event_is_in_them_at_once(self, shelf: Shelf) -> None:
        """What is durable is in the features, before and after a snapshot is taken."""
        ann = shelf.subject()
        assert folded_of(shelf, ann) == Folded()
        for n in range(4):
            shelf.see(ann, f"i{n}", name="Product Viewed")
            assert folded_of(shelf, ann) == from_scratch(shelf, ann)
            assert shelf.store.features.advance(100) == 1
            assert folded_of(shelf, ann) == from_scratch(shelf, ann)
        assert folded_of(shelf, ann).events == 4
        shelf.reopen()
        assert folded_of(shelf, ann).events == 4

    def test_late_events_are_right_too(self, shelf: Shelf) -> None:
        """An event that is older than a snapshot's newest is in the features all the same."""
        ann = shelf.subject()
        buy(shelf, ann, "b", ago=1)
        shelf.store.features.advance(100)
        buy(shelf, ann, "a", ago=90)
        for _ in range(2):
            orders = folded_of(shelf, ann).orders
            assert [order.placed for order in orders.values()] == sorted(
                order.placed or 0 for order in orders.values()
            )
            assert len(orders) == 2
            shelf.store.features.advance(100)

    def test_each_purpose_folds_its_own_events(self, shelf: Shelf) -> None:
        """An event kept for one purpose is in no feature of another, nor its properties."""
        ann = shelf.subject()
        shelf.see(ann, "mine", name="Product Added")
        buy(shelf, ann, "a")
        shelf.see(ann, "theirs", name="Product Viewed", purposes=frozenset({MEASUREMENT}))
        for _ in range(2):
            mine, theirs = folded_of(shelf, ann), folded_of(shelf, ann, MEASUREMENT)
            assert (mine.events, set(mine.items), len(mine.orders)) == (2, {"mine"}, 1)
            assert (theirs.events, dict(theirs.items), len(theirs.orders)) == (2, {}, 1)
            shelf.store.features.advance(100)

    def test_a_permit_reads_its_own_purpose(self, shelf: Shelf) -> None:
        """Recommending reads its features, the subject reads all, others read none."""
        ann, bob = shelf.subject("ann"), shelf.subject("bob")
        buy(shelf, ann, "a")
        features = shelf.store.features
        recommending = shelf.permit(ann, "recommend-individual")
        assert set(features.of(recommending)) == {INDIVIDUAL}
        assert set(features.of(shelf.permit(ann))) == BOTH
        assert features.of(shelf.permit(bob, "recommend-individual")) == {INDIVIDUAL: Folded()}
        for activity in ("keep-group", "fulfil-order"):
            with pytest.raises(PermitMisuse, match="no feature"):
                features.of(shelf.permit(ann, activity))
        shelf.clock.move(timedelta(hours=1))
        with pytest.raises(PermitMisuse, match="expired"):
            features.of(recommending)

    def test_they_say_themselves_in_words(self, shelf: Shelf) -> None:
        """What is folded is told as features, with the purpose that may read each."""
        ann = shelf.subject()
        buy(shelf, ann, "a")
        permit = shelf.permit(ann)
        said = computed(permit, shelf.store.features.of(permit), shelf.store.catalogue.get)
        orders = {f.purpose: f.value for f in said if f.name == "orders"}
        assert orders == {INDIVIDUAL: 1, MEASUREMENT: 1}

    def test_what_is_dropped_is_forgotten(self, shelf: Shelf) -> None:
        """After a withdrawal or an erasure no snapshot remembers anything."""
        ann = shelf.subject()
        buy(shelf, ann, "a")
        shelf.see(ann, "mine", name="Product Viewed")
        shelf.store.features.advance(100)
        shelf.store.records.drop_purposes(shelf.permit(ann), frozenset({INDIVIDUAL}))
        for _ in range(2):
            assert folded_of(shelf, ann) == Folded()
            assert len(folded_of(shelf, ann, MEASUREMENT).orders) == 1
            shelf.store.features.advance(100)
        permit = shelf.permit(ann)
        shelf.store.records.erase(permit)
        assert shelf.store.features.advance(100) == 0
        assert list(shelf.store.features.of(permit).values()) == [Folded(), Folded()]

    def test_advancing_goes_on_where_it_stopped(self, shelf: Shelf) -> None:
        """Every event is taken up once, at most as many at a time as was said."""
        for n in range(5):
            shelf.see(shelf.subject(f"s{n}"), "teapot", "cup", name="Product Viewed")
        taken = [shelf.store.features.advance(3) for _ in range(5)]
        assert taken == [3, 3, 3, 1, 0]
        shelf.reopen()
        assert shelf.store.features.advance(3) == 0
        assert [folded_of(shelf, shelf.subject(f"s{n}")).events for n in range(5)] == [2] * 5

    def test_advancing_in_small_steps(self, shelf: Shelf) -> None:
        """A snapshot that reaches further than was advanced to is read for what it holds."""
        ann = shelf.subject()
        shelf.see(ann, "teapot", "cup", "mug", name="Product Viewed")
        while shelf.store.features.advance(1):
            assert folded_of(shelf, ann).events == 3
            shelf.clock.move(timedelta(days=1))
        shelf.see(ann, "lamp", name="Product Viewed")
        assert folded_of(shelf, ann) == from_scratch(shelf, ann)

    @settings(max_examples=15, suppress_health_check=ONE_SHELF)
    @given(steps=STEPS)
    def test_snapshots_make_no_difference(self, shelf: Shelf, steps: list[tuple[str, int]]) -> None:
        """Whenever snapshots are taken, what is read is what the whole history folds to."""
        ann, bob = shelf.stranger(), shelf.stranger()
        for place, (step, n) in enumerate(steps):
            if step == "buy":
                buy(shelf, (ann, bob)[n % 2], f"o{n % 4} {place}", ago=n)
            elif step == "advance":
                shelf.store.features.advance(n)
            elif step == "tomorrow":
                shelf.clock.move(timedelta(days=n))
            elif step == "drop":
                shelf.store.records.drop_purposes(shelf.permit(ann), frozenset({MEASUREMENT}))
            else:
                shelf.reopen()
            for subject in (ann, bob):
                assert folded_of(shelf, subject) == from_scratch(shelf, subject)
                theirs = folded_of(shelf, subject, MEASUREMENT)
                assert theirs.events == from_scratch(shelf, subject, MEASUREMENT).events

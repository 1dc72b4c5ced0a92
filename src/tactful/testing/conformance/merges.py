# ruff: noqa: S101, PLR2004 - a suite asserts, and with figures
"""What every store promises about persons who are known under several numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    run_state_machine_as_test,
)

from tactful.gate import Digest, digest, merged
from tactful.gate.facts import nobody
from tactful.terms import (
    Identifier,
    Mistake,
    NotFound,
    StatementKind,
    SubjectId,
)
from tactful.testing.conformance.lives import lives
from tactful.testing.conformance.people import LITTLE, PeopleMachine, browser, email
from tactful.testing.conformance.policy import INDIVIDUAL, MEASUREMENT, SEGMENT
from tactful.testing.conformance.shelf import ONE_SHELF, Shelf, user


def linked(shelf: Shelf, *who: Identifier, by_shop: bool = False) -> SubjectId:
    """Let a call name *who*, a moment later, and return whom it speaks of."""
    at = shelf.clock.move(LITTLE)
    return shelf.store.identities.link(who, at=at, by_shop=by_shop).subject


def known_of(shelf: Shelf, subject: SubjectId) -> dict[str, Any]:
    """Return all that a store can tell of *subject*, but for the uses, which asking adds to."""
    permit, store = shelf.permit(subject), shelf.store
    return {
        "members": store.identities.members(subject),
        "identifiers": store.profiles.identifiers(permit),
        "traits": dict(store.profiles.traits(permit)),
        "group": store.profiles.group(permit),
        "history": store.events.history(permit),
        "standing": store.statements.standing(permit),
        "digest": seen_by_the_gate(shelf, subject),
    }


def seen_by_the_gate(shelf: Shelf, subject: SubjectId) -> Digest:
    """Return the digest of *subject*: who has none is seen as nobody."""
    return shelf.store.standings.digest(subject) or nobody(shelf.policy)


def lived(shelf: Shelf, name: str, life: Any) -> SubjectId:  # noqa: ANN401 - a Life
    """Return a new subject who did and said things."""
    subject = shelf.subject(name)
    life.happen(shelf, subject)
    shelf.see(subject, f"a {name}", f"b {name}")
    shelf.store.profiles.set_traits([shelf.permit(subject, "answer-request")], {})
    return subject


class MergesSuite:
    """Persons: merged, read as one, and taken apart."""

    def test_a_browser_joins_the_person_who_signs_in(self, shelf: Shelf) -> None:
        """A browser's history and the person's are one from the call that names both."""
        ann, device = linked(shelf, user("ann")), linked(shelf, browser("b1"))
        shelf.see(ann, "teapot")
        shelf.see(device, "cup", at=shelf.clock.move(LITTLE))
        assert linked(shelf, user("ann"), browser("b1")) == ann
        assert shelf.store.identities.members(ann) == (ann, device)
        assert shelf.store.identities.members(device) == (device, ann)
        for subject in (ann, device):
            assert shelf.items(subject) == ["teapot", "cup"]
        shelf.reopen()
        assert shelf.items(device) == ["teapot", "cup"]
        assert shelf.store.identities.find(browser("b1")) == device

    def test_events_keep_their_number(self, shelf: Shelf) -> None:
        """What is recorded after a merge is the person's, and comes apart with it again."""
        ann, device = linked(shelf, user("ann")), linked(shelf, browser("b1"))
        linked(shelf, user("ann"), browser("b1"))
        assert shelf.items(ann) == []
        shelf.see(device, "cup")
        assert shelf.items(ann) == ["cup"]
        shelf.store.identities.unmerge(shelf.permit(ann), self._last(shelf, ann))
        assert (shelf.items(ann), shelf.items(device)) == ([], ["cup"])

    @settings(
        max_examples=12,
        deadline=None,
        suppress_health_check=ONE_SHELF,
    )
    @given(data=st.data())
    def test_undoing_restores_both_to_the_byte(self, shelf: Shelf, data: st.DataObject) -> None:
        """Merged, a person stands as the gate merges them; taken apart, each is as before."""
        names = (f"{shelf.stranger()} a", f"{shelf.stranger()} b")
        ann, device = (lived(shelf, name, data.draw(lives(shelf.clock()))) for name in names)
        before = known_of(shelf, ann), known_of(shelf, device)
        shelf.clock.move(LITTLE)
        merge = shelf.store.identities.merge(shelf.permit(ann), shelf.permit(device), by="test")
        kept, absorbed = (side["standing"] for side in before)
        expected = merged(kept, absorbed, shelf.policy, merge.at)
        for subject in (ann, device):
            found = shelf.store.statements.standing(shelf.permit(subject))
            assert set(found.statements) == set(expected.statements)
            assert found.region == expected.region
            assert found.born == expected.born
            facts = digest(expected, shelf.policy, shelf.clock())
            assert seen_by_the_gate(shelf, subject) == facts
        shelf.store.identities.unmerge(shelf.permit(device), merge.id)
        assert (known_of(shelf, ann), known_of(shelf, device)) == before

    def test_a_no_of_either_side_stands(self, shelf: Shelf) -> None:
        """A device's later yes does not override a person's no; their own later yes does."""
        ann, device = linked(shelf, user("ann")), linked(shelf, browser("b1"))
        shelf.say(ann, StatementKind.DENY)
        shelf.clock.move(LITTLE)
        shelf.say(device, StatementKind.GRANT)
        shelf.clock.move(LITTLE)
        linked(shelf, user("ann"), browser("b1"))
        assert self._allowed(shelf, ann, device) == [False, False]
        shelf.clock.move(LITTLE)
        shelf.say(device, StatementKind.GRANT)
        assert self._allowed(shelf, ann, device) == [True, True]
        shelf.clock.move(LITTLE)
        shelf.say(ann, StatementKind.WITHDRAW)
        assert self._allowed(shelf, ann, device) == [False, False]
        shelf.reopen()
        assert self._allowed(shelf, ann, device) == [False, False]

    def test_all_digests_are_taken_of_persons(self, shelf: Shelf) -> None:
        """Under another policy the digests of a person's numbers are the same, and strict."""
        self.test_a_no_of_either_side_stands(shelf)
        purposes = dict(reversed(list(shelf.policy.purposes.items())))
        before = shelf.policy
        shelf.reopen(replace(before, purposes=purposes))
        ann, device = shelf.subject("ann"), shelf.store.identities.find(browser("b1"))
        assert device is not None
        assert shelf.store.standings.digest(ann) == shelf.store.standings.digest(device)
        assert self._allowed(shelf, ann, device) == [False, False]

    def test_a_later_residence_counts(self, shelf: Shelf) -> None:
        """Where a person lives is what they said last, under whatever number."""
        ann, device = linked(shelf, user("ann")), linked(shelf, browser("b1"))
        shelf.store.profiles.settle(shelf.permit(ann), residence="DE")
        linked(shelf, user("ann"), browser("b1"))
        shelf.clock.move(LITTLE)
        shelf.store.profiles.settle(shelf.permit(device), residence="US")
        assert shelf.store.profiles.residence(shelf.permit(ann)) == "US"
        shelf.store.identities.unmerge(shelf.permit(ann), self._last(shelf, ann))
        assert shelf.store.profiles.residence(shelf.permit(ann)) == "DE"

    def test_an_audience_counts_a_person_once(self, shelf: Shelf) -> None:
        """A person with two numbers is one member, with the events of both."""
        ann, device, bob = (linked(shelf, who) for who in (user("ann"), browser("b1"), user("bob")))
        for subject, item in ((device, "cup"), (bob, "rug"), (ann, "teapot")):
            shelf.say(subject)
            shelf.say(subject, purpose=SEGMENT)
            shelf.see(subject, item, at=shelf.clock.move(LITTLE))
        shelf.store.profiles.join(shelf.permit(device, "keep-group"), "red")
        linked(shelf, user("ann"), browser("b1"))
        permit = shelf.audience()
        assert permit.audience.members.tolist() == [ann, bob]
        found = [
            (event.subject, event.items[0]) for event in shelf.store.events.of_audience(permit)
        ]
        assert found == [(ann, "cup"), (ann, "teapot"), (bob, "rug")]
        assert shelf.store.profiles.groups_of(shelf.audience("keep-group")) == {ann: "red"}
        shelf.store.identities.unmerge(shelf.permit(ann), self._last(shelf, ann))
        assert shelf.audience().audience.members.tolist() == sorted([ann, device, bob])

    def test_another_user_ends_the_link(self, shelf: Shelf) -> None:
        """A device at which somebody else signs in is nobody's; what was, stays with the first."""
        ann = linked(shelf, user("ann"), browser("b1"))
        shelf.see(ann, "teapot")
        bob = linked(shelf, user("bob"), browser("b1"))
        device = shelf.store.identities.find(browser("b1"))
        assert len({ann, bob, device}) == 3
        assert shelf.store.identities.members(bob) == (bob,)
        assert shelf.items(ann) == ["teapot"]
        for name in ("bob", "ann"):
            linked(shelf, user(name), browser("b1"))
        assert shelf.store.identities.find(browser("b1")) == device
        assert device is not None
        assert shelf.store.identities.members(device) == (device,)
        assert linked(shelf, browser("b1")) == device

    def test_nobody_new_speaks_for_somebody_known(self, shelf: Shelf) -> None:
        """A userId that nobody has yet, at a known person's device, is not taken for them."""
        linked(shelf, user("ann"), browser("b1"))
        assert shelf.store.identities.recognise([user("bob"), browser("b1")]) is None
        assert shelf.store.identities.recognise([user("ann"), browser("b9")]) is not None

    def test_two_user_ids_need_the_shop(self, shelf: Shelf) -> None:
        """Two userIds in one call are one person only where the shop says so."""
        ann, old = linked(shelf, user("ann")), linked(shelf, user("old"))
        linked(shelf, user("ann"), user("old"))
        assert shelf.store.identities.members(ann) == (ann,)
        linked(shelf, user("ann"), user("old"), by_shop=True)
        linked(shelf, user("old"), user("ann"), by_shop=True)
        assert shelf.store.identities.members(ann) == (ann, old)
        assert len(shelf.store.identities.merges(shelf.permit(ann))) == 1

    def test_a_shared_address_links_nobody(self, shelf: Shelf) -> None:
        """An address that a fourth person claims is nobody's any more, however often it comes."""
        people = [linked(shelf, user(f"u{n}"), email("box"), by_shop=True) for n in range(3)]
        assert set(shelf.store.identities.members(people[0])) == set(people)
        fourth = linked(shelf, user("u3"), email("box"), by_shop=True)
        box = shelf.store.identities.find(email("box"))
        assert box not in {*people, fourth}
        assert shelf.store.identities.members(fourth) == (fourth,)
        for n in range(20):
            alone = linked(shelf, user(f"v{n}"), email("box"), by_shop=True)
            assert shelf.store.identities.members(alone) == (alone,)

    def test_limits_hold(self, shelf: Shelf) -> None:
        """Over a limit nothing is linked, nothing merged, and it is said why."""
        ann = linked(shelf, user("ann"))
        for n in range(5):
            linked(shelf, user("ann"), email(f"e{n}"), by_shop=True)
        found = shelf.store.identities.link(
            [user("ann"), email("e5")], at=shelf.clock(), by_shop=True
        )
        assert found.refused == ("too many of kind email",)
        assert shelf.store.identities.find(email("e5")) is None
        other = linked(shelf, browser("b1"), email("e6"), by_shop=True)
        found = shelf.store.identities.link([user("ann"), browser("b1")], at=shelf.clock())
        assert (found.subject, found.merged, found.refused) == (
            ann,
            False,
            ("too many of kind email",),
        )
        with pytest.raises(Mistake, match="too many"):
            shelf.store.identities.merge(shelf.permit(ann), shelf.permit(other), by="test")

    @pytest.mark.parametrize("value", ["null", "Undefined", " GUEST ", "0", "0000-0000-00"])
    def test_blocked_values_name_nobody(self, shelf: Shelf, value: str) -> None:
        """What clients send for want of an id makes nobody one person with anybody."""
        ann = linked(shelf, user(value), browser("b1"))
        bob = linked(shelf, user(value), browser("b2"))
        assert ann != bob
        assert shelf.store.identities.find(user(value)) is None
        with pytest.raises(Mistake, match="identifier"):
            linked(shelf, user(value))

    def test_taken_apart_stays_apart(self, shelf: Shelf) -> None:
        """After an undoing no call links the two again; the shop's word can."""
        ann, device = linked(shelf, user("ann")), linked(shelf, browser("b1"))
        linked(shelf, user("ann"), browser("b1"))
        shelf.store.identities.unmerge(shelf.permit(ann), self._last(shelf, ann))
        linked(shelf, user("ann"), browser("b1"))
        assert shelf.store.identities.members(ann) == (ann,)
        shelf.store.identities.merge(shelf.permit(ann), shelf.permit(device), by="test")
        assert shelf.store.identities.members(ann) == (ann, device)
        with pytest.raises(Mistake, match="already"):
            shelf.store.identities.merge(shelf.permit(ann), shelf.permit(device), by="test")

    def test_the_record_of_a_merge(self, shelf: Shelf) -> None:
        """A merge tells what it rests on, when it was made and by whom, and when undone."""
        ann, _ = linked(shelf, user("ann")), linked(shelf, browser("b1"))
        linked(shelf, user("ann"), browser("b1"))
        (merge,) = shelf.store.identities.merges(shelf.permit(ann))
        assert (merge.evidence, merge.shown, merge.by) == ("anonymousId", browser("b1"), "call")
        assert (merge.at, merge.undone_at) == (shelf.clock(), None)
        assert "b1" not in repr(merge)
        shelf.store.identities.unmerge(shelf.permit(ann), merge.id)
        (undone,) = shelf.store.identities.merges(shelf.permit(ann))
        assert undone.undone_at == shelf.clock()
        with pytest.raises(Mistake, match="undone before"):
            shelf.store.identities.unmerge(shelf.permit(ann), merge.id)

    def test_a_side_that_nobody_could_ask_for(self, shelf: Shelf) -> None:
        """A merge whose one side has no identifier left cannot be undone: who could erase it?"""
        linked(shelf, browser("b1"))
        ann = linked(shelf, user("ann"))
        linked(shelf, user("ann"), browser("b1"))
        linked(shelf, user("bob"), browser("b1"))
        with pytest.raises(Mistake, match="no identifier left"):
            shelf.store.identities.unmerge(shelf.permit(ann), self._last(shelf, ann))
        assert len(shelf.store.identities.members(ann)) == 2

    def test_erasure_takes_the_whole_person(self, shelf: Shelf) -> None:
        """Everything under every number goes, and what was linked cannot be taken apart."""
        ann, device = linked(shelf, user("ann")), linked(shelf, browser("b1"))
        for subject, item in ((ann, "teapot"), (device, "cup")):
            shelf.say(subject)
            shelf.see(subject, item)
        linked(shelf, user("ann"), browser("b1"))
        permit, number = shelf.permit(device), self._last(shelf, ann)
        removed = shelf.store.records.erase(permit)
        assert (removed["events"], removed["subjects"], removed["merges"]) == (2, 2, 1)
        for _ in range(2):
            for who in (user("ann"), browser("b1")):
                assert shelf.store.identities.find(who) is None
            for subject in (ann, device):
                assert shelf.store.identities.members(subject) == (subject,)
                assert shelf.store.standings.digest(subject) is None
                assert shelf.store.events.history(shelf.permit(subject)) == ()
            with pytest.raises(NotFound, match="erased"):
                shelf.store.identities.linked_by(number)
            shelf.reopen()
        with pytest.raises(NotFound, match="no such merge"):
            shelf.store.identities.linked_by(number + 1)

    def test_taken_apart_one_is_erased(self, shelf: Shelf) -> None:
        """After an undoing one side can be erased, and the other stays whole."""
        ann, device = linked(shelf, user("ann")), linked(shelf, browser("b1"))
        for subject, item in ((ann, "teapot"), (device, "cup")):
            shelf.say(subject)
            shelf.see(subject, item)
        before = known_of(shelf, device)
        linked(shelf, user("ann"), browser("b1"))
        shelf.store.identities.unmerge(shelf.permit(ann), self._last(shelf, ann))
        shelf.store.records.erase(shelf.permit(ann))
        shelf.reopen()
        assert known_of(shelf, device) == before

    def test_dropping_a_purpose_reaches_every_number(self, shelf: Shelf) -> None:
        """What a person takes back is dropped under all their numbers, and counted."""
        ann, device = linked(shelf, user("ann")), linked(shelf, browser("b1"))
        for subject, item in ((ann, "teapot"), (device, "cup")):
            shelf.see(subject, item, purposes=frozenset({INDIVIDUAL, MEASUREMENT}))
        linked(shelf, user("ann"), browser("b1"))
        dropped = shelf.store.records.drop_purposes(shelf.permit(ann), frozenset({INDIVIDUAL}))
        assert (dropped, shelf.items(device)) == (2, [])
        assert len(shelf.store.events.history(shelf.permit(device))) == 2

    def test_traits_and_uses_of_a_person(self, shelf: Shelf) -> None:
        """Traits and uses are shown for the person; what the kept side says outranks the other."""
        ann, device = linked(shelf, user("ann")), linked(shelf, browser("b1"))
        profiles = shelf.store.profiles
        profiles.set_traits([shelf.permit(ann, "keep-group")], {"size": "M"})
        theirs = {"size": "L", "age_group": "30s"}
        profiles.set_traits([shelf.permit(device, "keep-group")], theirs)
        linked(shelf, user("ann"), browser("b1"))
        for subject in (ann, device):
            assert profiles.traits(shelf.permit(subject)) == {"size": "M", "age_group": "30s"}
        uses = shelf.store.records.uses(shelf.permit(ann))
        assert uses["keep-group", shelf.clock().date()] == 2

    def test_any_order(self, shelf: Shelf) -> None:
        """In whatever order people sign in, say, merge, part and go, the store is as the model."""
        runs = iter(range(10_000))

        class Machine(PeopleMachine):
            stage = shelf
            run = runs

        run_state_machine_as_test(
            Machine,
            settings=settings(
                max_examples=10,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )

    def _last(self, shelf: Shelf, subject: SubjectId) -> int:
        return shelf.store.identities.merges(shelf.permit(subject))[-1].id

    def _allowed(self, shelf: Shelf, *subjects: SubjectId) -> list[bool]:
        digests = [shelf.store.standings.digest(subject) for subject in subjects]
        place = shelf.policy.purpose_order.index(INDIVIDUAL)
        return [found is not None and found.said[place] == 1 for found in digests]

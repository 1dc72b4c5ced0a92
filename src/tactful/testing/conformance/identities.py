# ruff: noqa: S101 - a suite asserts, and with figures
"""What every implementation of `Identities` and `Profiles` promises."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tactful.terms import Identifier, IdentifierKind, Mistake, PermitMisuse
from tactful.testing.conformance.policy import SEGMENT
from tactful.testing.conformance.shelf import Shelf, user

ANONYMOUS = Identifier(IdentifierKind.ANONYMOUS_ID, "7f3a")
EMAIL = Identifier(IdentifierKind.EMAIL, "ann@example.com")


class IdentitiesSuite:
    """Finding and admitting."""

    def test_finds_whom_it_admitted(self, shelf: Shelf) -> None:
        """A subject is found by every identifier it was admitted with, and only by those."""
        ann = shelf.store.identities.admit([user("ann"), EMAIL], at=shelf.clock())
        assert shelf.store.identities.find(user("ann")) == ann
        assert shelf.store.identities.find(EMAIL) == ann
        assert shelf.store.identities.find(user("bob")) is None

    def test_kind_matters(self, shelf: Shelf) -> None:
        """The same text as another kind of identifier names nobody."""
        shelf.store.identities.admit([user("7f3a")], at=shelf.clock())
        assert shelf.store.identities.find(ANONYMOUS) is None

    def test_admits_once(self, shelf: Shelf) -> None:
        """Admitting a known subject again returns it; another name makes another subject."""
        assert shelf.subject("ann") == shelf.subject("ann")
        assert shelf.subject("ann") != shelf.subject("bob")

    def test_links_what_named_nobody(self, shelf: Shelf) -> None:
        """A new identifier beside a known one is linked to the known subject."""
        ann = shelf.subject("ann")
        assert shelf.store.identities.admit([ANONYMOUS, user("ann")], at=shelf.clock()) == ann
        assert shelf.store.identities.find(ANONYMOUS) == ann

    def test_first_known_identifier_wins(self, shelf: Shelf) -> None:
        """Where two identifiers name two subjects, the first decides and nothing is relinked."""
        ann, bob = shelf.subject("ann"), shelf.subject("bob")
        assert shelf.store.identities.admit([user("bob"), user("ann")], at=shelf.clock()) == bob
        assert shelf.store.identities.find(user("ann")) == ann

    def test_same_identifier_twice(self, shelf: Shelf) -> None:
        """An identifier that is named twice is linked once."""
        ann = shelf.store.identities.admit([EMAIL, EMAIL], at=shelf.clock())
        assert shelf.store.profiles.identifiers(shelf.permit(ann)) == (EMAIL,)

    def test_needs_an_identifier(self, shelf: Shelf) -> None:
        """Nobody is admitted without a name."""
        with pytest.raises(Mistake, match="identifier"):
            shelf.store.identities.admit([], at=shelf.clock())

    def test_lasts(self, shelf: Shelf) -> None:
        """Who was admitted is known after a reopening."""
        ann = shelf.subject("ann")
        shelf.reopen()
        assert shelf.store.identities.find(user("ann")) == ann

    def test_numbers_are_never_given_again(self, shelf: Shelf) -> None:
        """The number of an erased subject never names another."""
        ann = shelf.subject("ann")
        shelf.store.records.erase(shelf.permit(ann))
        shelf.reopen()
        assert shelf.subject("bob") > ann

    @pytest.mark.parametrize(
        "value", ["", "a" * 10_000, "nul\0inside", "ünïcödé 🛒", "' OR 1=1", "half \udcff"]
    )
    def test_any_text(self, shelf: Shelf, value: str) -> None:
        """Any text can be an identifier, and comes back unchanged."""
        ann = shelf.subject(value)
        assert shelf.store.identities.find(user(value)) == ann
        assert shelf.store.profiles.identifiers(shelf.permit(ann)) == (user(value),)


class ProfilesSuite:
    """Identifiers, traits, residence and group."""

    def test_identifiers_are_unsealed(self, shelf: Shelf) -> None:
        """A subject's identifiers come back as they were given."""
        ann = shelf.store.identities.admit([user("ann"), EMAIL], at=shelf.clock())
        assert set(shelf.store.profiles.identifiers(shelf.permit(ann))) == {user("ann"), EMAIL}

    def test_traits_by_purpose(self, shelf: Shelf) -> None:
        """A purpose reads the traits that were set for it and that the plan allows it."""
        ann = shelf.subject()
        traits = {"age_group": "30s", "size": "M", "undeclared": "x"}
        shelf.store.profiles.set_traits([shelf.permit(ann, "keep-group")], traits)
        read = shelf.store.profiles.traits
        assert read(shelf.permit(ann, "keep-group")) == {"age_group": "30s", "size": "M"}
        assert read(shelf.permit(ann, "recommend-individual")) == {}
        assert read(shelf.permit(ann)) == {"age_group": "30s", "size": "M"}

    def test_traits_of_one_subject(self, shelf: Shelf) -> None:
        """Permits for two subjects, or for none, set no traits."""
        both = [shelf.permit(shelf.subject("ann")), shelf.permit(shelf.subject("bob"))]
        for permits in ([], both):
            with pytest.raises(PermitMisuse, match="one subject"):
                shelf.store.profiles.set_traits(permits, {"size": "M"})

    def test_settling_changes_the_law(self, shelf: Shelf) -> None:
        """A known residence is returned, and the digest follows the law there at once."""
        ann = shelf.subject()
        profiles = shelf.store.profiles
        profiles.settle(shelf.permit(ann), residence="us", address="DE")
        assert profiles.residence(shelf.permit(ann)) == "US"
        assert profiles.address(shelf.permit(ann)) == "DE"
        digest = shelf.store.standings.digest(ann)
        assert digest is not None
        assert (digest.regime, digest.residence_known) == (shelf.policy.regime_index("US"), True)

    def test_when_somebody_was_first_known(self, shelf: Shelf) -> None:
        """The moment they came in; of a person of two numbers the first."""
        first = shelf.clock()
        ann = shelf.subject("ann")
        shelf.clock.move(timedelta(days=3))
        bob = shelf.subject("bob")
        profiles, identities = shelf.store.profiles, shelf.store.identities
        assert profiles.known_since(shelf.permit(bob)) == shelf.clock()
        identities.merge(shelf.permit(bob), shelf.permit(ann), by="shop")
        assert profiles.known_since(shelf.permit(bob)) == first

    def test_group_is_seen_at_once_and_lasts(self, shelf: Shelf) -> None:
        """The group just joined is returned by the next question, and after a reopening."""
        ann = shelf.subject()
        permit = shelf.permit(ann, "keep-group")
        assert shelf.store.profiles.group(permit) is None
        for group in ("red", "blue"):
            shelf.store.profiles.join(permit, group)
            assert shelf.store.profiles.group(permit) == group
        shelf.reopen()
        assert shelf.store.profiles.group(permit) == "blue"

    def test_groups_of_an_audience(self, shelf: Shelf) -> None:
        """Only members of the audience that have a group are in the answer."""
        ann, bob, cid = map(shelf.subject, ("ann", "bob", "cid"))
        for subject in (ann, bob):
            shelf.store.profiles.join(shelf.permit(subject, "keep-group"), "red")
        for subject in (ann, cid):
            shelf.say(subject, purpose=SEGMENT)
        assert shelf.store.profiles.groups_of(shelf.audience("keep-group")) == {ann: "red"}

    def test_dropping_the_segment_purpose_drops_the_group(self, shelf: Shelf) -> None:
        """Who withdraws from segments is in no group any more, and keeps their other traits."""
        ann = shelf.subject()
        permits = [shelf.permit(ann, a) for a in ("keep-group", "recommend-individual")]
        shelf.store.profiles.join(permits[0], "red")
        shelf.store.profiles.set_traits(permits, {"age_group": "30s", "size": "M"})
        shelf.store.records.drop_purposes(shelf.permit(ann), frozenset({SEGMENT}))
        assert shelf.store.profiles.group(permits[0]) is None
        assert shelf.store.profiles.traits(permits[0]) == {}
        assert shelf.store.profiles.traits(permits[1]) == {"size": "M"}

    def test_late_permits_open_nothing(self, shelf: Shelf) -> None:
        """A permit that has expired opens no profile."""
        permit = shelf.permit(shelf.subject())
        shelf.clock.move(timedelta(hours=1))
        with pytest.raises(PermitMisuse, match="expired"):
            shelf.store.profiles.traits(permit)

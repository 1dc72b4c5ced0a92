# ruff: noqa: S101 - a suite asserts
"""People who sign in, claim, say, look, merge, part and go, drawn at random, beside a model."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tactful.gate import digest
from tactful.terms import (
    Identifier,
    IdentifierKind,
    Mistake,
    Standing,
    StatementKind,
    SubjectId,
)
from tactful.testing.conformance.one_person import Link, OnePerson
from tactful.testing.conformance.policy import INDIVIDUAL
from tactful.testing.conformance.shelf import Shelf, message, user

LITTLE = timedelta(seconds=1)


def browser(name: str) -> Identifier:
    """Return *name* as an `anonymousId`."""
    return Identifier(IdentifierKind.ANONYMOUS_ID, name)


def email(name: str) -> Identifier:
    """Return an address of *name*."""
    return Identifier(IdentifierKind.EMAIL, f"{name}@example.com")


_USERS = st.sampled_from(["u1", "u2", "u3", "u4", "u5"])
_BROWSERS = st.sampled_from(["b1", "b2", "b3"])
_EMAILS = st.sampled_from(["e1", "e2"])
_PLACES = st.integers(0, 30)


class PeopleMachine(RuleBasedStateMachine):
    """People who sign in, claim, say, look, merge, part and go, on `stage` and in a model."""

    stage: Shelf
    run: Any

    def __init__(self) -> None:
        super().__init__()
        self.name = f"run {next(self.run)}: "
        self.model = OnePerson()

    @rule(name=_USERS, device=_BROWSERS)
    def sign_in(self, name: str, device: str) -> None:
        """Let somebody sign in at a device, perhaps another's."""
        self._call(self._user(name), self._browser(device))

    @rule(device=_BROWSERS)
    def visit(self, device: str) -> None:
        """Let a device visit without anybody signed in."""
        self._call(self._browser(device))

    @rule(name=_USERS, old=_USERS, by_shop=st.booleans())
    def alias(self, name: str, old: str, *, by_shop: bool) -> None:
        """Let a call say that two userIds are one."""
        self._call(*dict.fromkeys([self._user(name), self._user(old)]), by_shop=by_shop)

    @rule(name=_USERS, device=st.none() | _BROWSERS, address=_EMAILS)
    def claim(self, name: str, device: str | None, address: str) -> None:
        """Let the shop tell somebody's address."""
        who = (self._browser(device),) if device else (self._user(name),)
        self._call(*who, email(self.name + address), by_shop=True)

    @precondition(lambda self: self.model.said)
    @rule(whom=_PLACES, kind=st.sampled_from(["grant", "deny", "withdraw", "object", "restrict"]))
    def say(self, whom: int, kind: str) -> None:
        """Let somebody say something."""
        subject = self._one(whom)
        self.stage.clock.move(LITTLE)
        about = "" if kind == "restrict" else INDIVIDUAL
        said = self.stage.say(subject, StatementKind(kind), about)
        self.model.said[subject].append(said)

    @precondition(lambda self: self.model.said)
    @rule(whom=_PLACES)
    def look(self, whom: int) -> None:
        """Let somebody look at something."""
        subject = self._one(whom)
        at = self.stage.clock.move(LITTLE)
        item = f"{self.name}{at}"
        self.stage.see(subject, item, at=at, message=message(item))
        self.model.seen[subject].append(item)

    @precondition(lambda self: self.model.said)
    @rule(one=_PLACES, two=_PLACES)
    def merge(self, one: int, two: int) -> None:
        """Let the shop merge two."""
        kept, absorbed = self._one(one), self._one(two)
        at = self.stage.clock.move(LITTLE)
        permits = self.stage.permit(kept), self.stage.permit(absorbed)
        together = absorbed in self.model.person(kept)
        if together or not self.model.fit(kept, absorbed):
            with pytest.raises(Mistake):
                self.stage.store.identities.merge(*permits, by="test")
            return
        made = self.stage.store.identities.merge(*permits, by="test")
        self.model.links.append(Link(kept=kept, absorbed=absorbed, at=at, number=made.id))

    @precondition(lambda self: any(link.stands for link in self.model.links))
    @rule(which=_PLACES)
    def unmerge(self, which: int) -> None:
        """Let the shop take a merge back, if each side can still be asked for."""
        links = [link for link in self.model.links if link.stands]
        link = links[which % len(links)]
        permit = self.stage.permit(link.absorbed)
        self.model.undo(link)
        if all(map(self.model.identifiers, (link.kept, link.absorbed))):
            self.stage.store.identities.unmerge(permit, link.number)
            return
        link.stands = True
        with pytest.raises(Mistake, match="no identifier left"):
            self.stage.store.identities.unmerge(permit, link.number)

    @precondition(lambda self: self.model.said)
    @rule(whom=_PLACES)
    def erase(self, whom: int) -> None:
        """Let somebody go."""
        subject = self._one(whom)
        self.stage.store.records.erase(self.stage.permit(subject))
        self.model.erase(subject)

    @invariant()
    def same(self) -> None:
        """See that the store knows who is who, what they did, and how they stand, as the model."""
        store, policy = self.stage.store, self.stage.policy
        for each, number in self.model.owner.items():
            assert store.identities.find(each) == number
        for subject in self.model.said:
            members = self.model.person(subject)
            assert set(store.identities.members(subject)) == members
            seen = sorted(item for member in members for item in self.model.seen[member])
            found = store.events.history(self.stage.permit(subject, "answer-request"))
            assert [event.items[0] for event in found] == seen
            standing = self.model.standing(subject, policy)
            expected = (
                None if standing == Standing() else digest(standing, policy, self.stage.clock())
            )
            assert store.standings.digest(subject) == expected

    def _call(self, *who: Identifier, by_shop: bool = False) -> None:
        at, identities = self.stage.clock.move(LITTLE), self.stage.store.identities
        result = identities.link(who, at=at, by_shop=by_shop)

        def number(handed_on: Identifier | None) -> SubjectId:
            found = result.subject if handed_on is None else identities.find(handed_on)
            assert found is not None
            assert found not in self.model.said
            return found

        self.model.call(who, at=at, by_shop=by_shop, number=number)
        self._number_links()

    def _number_links(self) -> None:
        """Take over the numbers of the merges that a call made."""
        for link in self.model.links:
            if not link.number:
                made = self.stage.store.identities.merges(self.stage.permit(link.kept))
                numbers = {each.number for each in self.model.links}
                news = [m.id for m in made if (m.kept, m.absorbed) == (link.kept, link.absorbed)]
                (link.number,) = set(news) - numbers

    def _one(self, place: int) -> SubjectId:
        numbers = list(self.model.said)
        return numbers[place % len(numbers)]

    def _user(self, name: str) -> Identifier:
        return user(self.name + name)

    def _browser(self, name: str) -> Identifier:
        return browser(self.name + name)

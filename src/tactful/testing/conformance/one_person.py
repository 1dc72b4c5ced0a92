"""
A model of who is who: the rules of ADR-0011 in plain Python, for suites that draw at random.

It keeps everything that was ever said and done in lists, and finds a person by walking along the
links: slow, and easy to believe.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tactful.capabilities.profile import Limits
from tactful.gate import merged
from tactful.terms import (
    Identifier,
    IdentifierKind,
    Policy,
    Standing,
    Statement,
    SubjectId,
)

USER, BROWSER = IdentifierKind.USER_ID, IdentifierKind.ANONYMOUS_ID


@dataclass(kw_only=True)
class Link:
    """One merge, as long as it stands."""

    kept: SubjectId
    absorbed: SubjectId
    at: datetime
    number: int = 0
    stands: bool = True


@dataclass
class OnePerson:
    """Who is who: the numbers of identifiers, and the links between numbers."""

    limits: Limits = field(default_factory=Limits)
    owner: dict[Identifier, SubjectId] = field(default_factory=dict)
    shared: set[Identifier] = field(default_factory=set)
    claimed: dict[Identifier, set[SubjectId]] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    said: dict[SubjectId, list[Statement]] = field(default_factory=dict)
    seen: dict[SubjectId, list[str]] = field(default_factory=dict)

    def person(self, subject: SubjectId) -> set[SubjectId]:
        """Return all numbers that links lead to."""
        found = {subject}
        while more := {n for link in self._standing() for n in _ends(link, found)} - found:
            found |= more
        return found

    def call(
        self,
        who: Sequence[Identifier],
        *,
        at: datetime,
        by_shop: bool,
        number: Callable[[Identifier | None], SubjectId],
    ) -> None:
        """Let a call name *who*; *number* tells the number that a new subject really got."""
        subject = self._speaks(who)
        if subject is None:
            subject = self._new(number(None))
        for each in who:
            if each not in self.owner:
                if self._kinds(subject)[each.kind] < self.limits.most(each.kind):
                    self.owner[each] = subject
            elif each not in self.shared and self.owner[each] not in self.person(subject):
                self._meet(subject, each, at=at, by_shop=by_shop, number=number)

    def undo(self, link: Link) -> None:
        """Take *link* away."""
        link.stands = False

    def erase(self, subject: SubjectId) -> None:
        """Forget a person, and every link of theirs."""
        gone = self.person(subject)
        self.owner = {i: n for i, n in self.owner.items() if n not in gone}
        self.shared &= set(self.owner)
        self.claimed = {i: c - gone for i, c in self.claimed.items() if i in self.owner}
        self.links = [link for link in self.links if gone.isdisjoint({link.kept, link.absorbed})]
        for number in gone:
            self.said.pop(number)
            self.seen.pop(number)

    def standing(self, subject: SubjectId, policy: Policy) -> Standing:
        """Return the standing of a person: that of two sides, joined at the last link."""
        mine = self.person(subject)
        links = [link for link in self._standing() if link.kept in mine]
        return self._joined(mine, links, policy)

    def _joined(self, members: set[SubjectId], links: Sequence[Link], policy: Policy) -> Standing:
        if not links:
            (alone,) = members
            said = sorted(self.said[alone], key=lambda statement: statement.order)
            return Standing(statements=tuple(said))
        *before, last = links
        kept = OnePerson(links=list(before)).person(last.kept)
        sides = (kept, members - kept)
        one, other = (
            self._joined(side, [link for link in before if link.kept in side], policy)
            for side in sides
        )
        return merged(one, other, policy, last.at)

    def has_user_id(self, subject: SubjectId) -> bool:
        """Tell whether the shop has an id for the person."""
        return self._kinds(subject)[USER] > 0

    def identifiers(self, subject: SubjectId) -> set[Identifier]:
        """Return by what the person is known."""
        mine = self.person(subject)
        return {i for i, number in self.owner.items() if number in mine}

    def _speaks(self, who: Sequence[Identifier]) -> SubjectId | None:
        new_user = False
        for place, each in enumerate(who):
            if each not in self.owner:
                new_user = new_user or each.kind is USER
            elif each in self.shared and place:
                continue
            elif not (new_user and self.has_user_id(self.owner[each])):
                return self.owner[each]
        return None

    def _meet(
        self,
        subject: SubjectId,
        each: Identifier,
        *,
        at: datetime,
        by_shop: bool,
        number: Callable[[Identifier | None], SubjectId],
    ) -> None:
        other = self.owner[each]
        if each.kind is BROWSER and self.has_user_id(other):
            self._hand_on(each, number)
        elif each.kind is USER and not by_shop:
            return
        elif each.kind in {USER, BROWSER} or self._may_claim(subject, each):
            self._link(subject, other, at)
        else:
            self._hand_on(each, number)

    def _may_claim(self, subject: SubjectId, each: Identifier) -> bool:
        """Note the claim; tell whether the address is still of few enough."""
        if not (self.has_user_id(subject) and self.has_user_id(self.owner[each])):
            return True
        claims = self.claimed.setdefault(each, set())
        if claims & self.person(subject):
            return True
        if len(claims) + 2 > self.limits.sharing:
            return False
        claims.add(subject)
        return True

    def _hand_on(self, each: Identifier, number: Callable[[Identifier], SubjectId]) -> None:
        self.owner[each] = self._new(number(each))
        self.shared.add(each)

    def _link(self, kept: SubjectId, absorbed: SubjectId, at: datetime) -> None:
        one, other = self.person(kept), self.person(absorbed)
        parted = any(
            {link.kept, link.absorbed} & one and {link.kept, link.absorbed} & other
            for link in self.links
            if not link.stands
        )
        if not parted and self.fit(kept, absorbed):
            self.links.append(Link(kept=kept, absorbed=absorbed, at=at))

    def fit(self, kept: SubjectId, absorbed: SubjectId) -> bool:
        """Tell whether two persons have few enough identifiers to be one."""
        one, other = self._kinds(kept), self._kinds(absorbed)
        return all(
            not one[kind] or not other[kind] or one[kind] + other[kind] <= self.limits.most(kind)
            for kind in IdentifierKind
        )

    def _kinds(self, subject: SubjectId) -> Counter[IdentifierKind]:
        return Counter(each.kind for each in self.identifiers(subject))

    def _new(self, number: SubjectId) -> SubjectId:
        self.said[number], self.seen[number] = [], []
        return number

    def _standing(self) -> Iterator[Link]:
        return (link for link in self.links if link.stands)


def _ends(link: Link, found: set[SubjectId]) -> set[SubjectId]:
    ends = {link.kept, link.absorbed}
    return ends if ends & found else set()

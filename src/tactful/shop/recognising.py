"""
Recognise who a call speaks of, and link what it says is one person.

Anybody has the public write key.  With it a call speaks by `userId` and `anonymousId` alone; an
e-mail address, a phone number or the id of another system counts only where the shop itself sends
it, with its secret key, and two userIds become one person by the shop's word alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from tactful.capabilities.collect import Call, claims_of, identifiers_of
from tactful.capabilities.profile import Linked, Unusable, normalised
from tactful.gate import Permits
from tactful.shop.parts import Parts
from tactful.terms import Identifier, IdentifierKind, SubjectId

BLOCKED = "a value that names nobody"
FOR_THE_SHOP = "an alias of two userIds without the secret key"

Region = Callable[[], str | None]
"""Tells where the sender is, for phone numbers without their country."""

_ALWAYS = frozenset({IdentifierKind.USER_ID, IdentifierKind.ANONYMOUS_ID})


class Recognising:
    """Finds and links the senders of calls."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._planned = parts.policy.plan.identifiers

    def who(self, call: Call, *, by_shop: bool, region: Region) -> tuple[Identifier, ...]:
        """Return the identifiers of *call* that count, the strongest first."""
        named = identifiers_of(call)
        if call.type == "alias":
            named = tuple(self._aliased(call, named, by_shop=by_shop))
        blocks = self._parts.limits.blocks
        for each in named:
            if blocks(each.value):
                self._count([BLOCKED])
                named = tuple(other for other in named if other is not each)
        return (*named, *self._claimed(call, region)) if by_shop else named

    def find(self, who: Sequence[Identifier]) -> SubjectId | None:
        """Return whom *who* names; nothing is written."""
        return self._parts.store.identities.recognise(who)

    def admit(
        self, permits: Permits, who: Sequence[Identifier], *, at: datetime, by_shop: bool
    ) -> Linked | None:
        """
        Write the sender down and link what is said to be one person; None if nothing names them.

        Only with a permit in hand, and an address only where a permitted purpose may keep it.
        """
        linked = self.admit_all([(permits, who)], at=at, by_shop=by_shop)
        return linked[0] if linked else None

    def admit_all(
        self,
        senders: Iterable[tuple[Permits, Sequence[Identifier]]],
        *,
        at: datetime,
        by_shop: bool,
    ) -> Sequence[Linked]:
        """Do what `admit` does for each of *senders*, and wait for the disk once."""
        kept = (self._kept(permits, who) for permits, who in senders)
        allowed = [who for who in kept if who]
        if len(allowed) == 1:  # who says nothing new is answered from memory
            linked = [self._parts.store.identities.link(allowed[0], at=at, by_shop=by_shop)]
        elif allowed:
            linked = [*self._parts.store.identities.link_all(allowed, at=at, by_shop=by_shop)]
        else:
            linked = []
        for each in linked:
            self._count([*each.refused, *(["merged"] if each.merged else [])])
        return linked

    def _kept(self, permits: Permits, who: Sequence[Identifier]) -> tuple[Identifier, ...]:
        """Return those of *who* that may be written down."""
        return tuple(each for each in who if self._may_be_kept(each.kind, permits.purposes))

    def _may_be_kept(self, kind: IdentifierKind, purposes: frozenset[str]) -> bool:
        planned = self._planned.get(kind)
        return kind in _ALWAYS or (
            planned is not None and not purposes.isdisjoint(planned.purposes)
        )

    def _aliased(
        self, call: Call, named: Sequence[Identifier], *, by_shop: bool
    ) -> Iterable[Identifier]:
        """Yield the identifiers of an alias: what was before may be a browser's id or a userId."""
        mine = Identifier(IdentifierKind.USER_ID, str(call.user_id))
        for each in named:
            said_before = each.kind is IdentifierKind.USER_ID and each != mine
            if said_before and not self._was_userid(each, by_shop=by_shop):
                yield Identifier(IdentifierKind.ANONYMOUS_ID, each.value)
            else:
                yield each

    def _was_userid(self, before: Identifier, *, by_shop: bool) -> bool:
        identities = self._parts.store.identities
        browser = Identifier(IdentifierKind.ANONYMOUS_ID, before.value)
        if by_shop:
            return identities.find(browser) is None or identities.find(before) is not None
        if identities.find(before) is not None:
            self._count([FOR_THE_SHOP])
        return False

    def _claimed(self, call: Call, region: Region) -> Iterable[Identifier]:
        claims = claims_of(call)
        where = region() if any(c.kind is IdentifierKind.PHONE for c in claims) else None
        for claim in claims:
            if claim.kind not in self._planned:
                continue
            found = normalised(claim.kind, claim.value, region=where, owner=claim.owner)
            if isinstance(found, Unusable):
                self._count([found.reason])
            elif self._parts.limits.blocks(claim.value):
                self._count([BLOCKED])
            else:
                yield found

    def _count(self, reasons: Iterable[str]) -> None:
        for reason in reasons:
            self._parts.store.tallies.add("identity", reason)

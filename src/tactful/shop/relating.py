"""
Note who dealt with the shop, where the law draws a consent to news from it.

Where it draws none (most of the world, or a purchase at which no opt-out was offered) nothing is
noted: data that no rule reads is not kept (GDPR Art. 5(1)(c)).
"""

from __future__ import annotations

from datetime import datetime

from tactful.gate import Permit, Visit, implies
from tactful.shop.parts import Parts
from tactful.shop.settling import note_address
from tactful.shop.visitors import Who, visit_of
from tactful.terms import (
    Mistake,
    Relationship,
    RelationshipKind,
)


class Relating:
    """Takes dealings and keeps those that matter."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def tell(
        self, who: Who, kind: str, *, at: datetime | None = None, opt_out_offered: bool = False
    ) -> bool:
        """
        Note a dealing that the shop itself tells of; return whether it was kept.

        `who.region` is the address of the account: a subject who is new is written down with it,
        if the law there draws a consent from the dealing.

        Raises:
            Mistake: nobody is named; an unknown kind; a time without a zone or in the future.
        """
        if not who.identifiers:
            raise Mistake("userId or anonymousId is needed: who dealt with the shop?")
        if kind not in set(RelationshipKind):
            known = ", ".join(RelationshipKind)
            raise Mistake(f"unknown kind {kind[:32]!r}: it must be one of {known}")
        now = self._parts.clock()
        dealing = Relationship(
            kind=RelationshipKind(kind), at=_past(at, now), opt_out_offered=opt_out_offered
        )
        visit = visit_of(self._parts.store.identities, who)
        if self._permit(visit, dealing, now) is None:
            return False
        admitted = self._parts.store.identities.admit(who.identifiers, at=now)
        subject = Visit(subject=admitted)
        note_address(self._parts, subject, who.region, now)
        return self.note(subject, dealing, now)

    def note(self, visit: Visit, dealing: Relationship, at: datetime) -> bool:
        """Note *dealing* of a known subject, if the law at their residence draws a consent."""
        permit = self._permit(Visit(subject=visit.subject), dealing, at)
        if permit is None or permit.scope is None:
            return False
        self._parts.store.profiles.dealt(permit, dealing)
        return True

    def _permit(self, visit: Visit, dealing: Relationship, at: datetime) -> Permit | None:
        """Return a permit to note *dealing*; None where it is refused, or no rule would read it."""
        permit = self._parts.door.ask("note-relationship", visit, at)
        regime = self._parts.policy.regime(permit.regime) if isinstance(permit, Permit) else None
        drawn = regime and any(implies(rule, dealing) for rule in regime.rules.values())
        return permit if drawn and isinstance(permit, Permit) else None


def _past(at: datetime | None, now: datetime) -> datetime:
    if at is None:
        return now
    if at.tzinfo is None:
        raise Mistake("the time of a dealing needs a time zone, as in 2026-03-01T12:00:00Z")
    if at > now:
        raise Mistake("a dealing cannot lie in the future: check the sender's clock")
    return at

"""Record what subjects say, and make it true everywhere at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tactful.capabilities.consent import (
    Answer,
    NoticeShown,
    answers,
    notice_shown,
    objections_by_signal,
    record,
    statements_from,
)
from tactful.gate import Permit, Visit
from tactful.shop.parts import Parts
from tactful.shop.visitors import Who, visit_of
from tactful.terms import Mistake, Standing, Statement, StatementKind, SubjectId

CLOCK_TOLERANCE = timedelta(minutes=5)
"""A statement may claim to be this far ahead of our clock; it is then taken as made now."""

Aftermath = Callable[[Visit, datetime], None]
"""Told after statements of a subject were recorded: makes derived state follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What was recorded, as the subject gets it back (Art. 7(1))."""

    statements: tuple[Statement, ...]
    regime: str
    notice_hash: str
    recorded_at: datetime


class Consenting:
    """Takes statements and answers what stands."""

    def __init__(self, parts: Parts, *, aftermath: Aftermath) -> None:
        self._parts = parts
        self._aftermath = aftermath
        self._heeded: set[SubjectId] = set()

    def say(
        self,
        who: Who,
        said: Mapping[str, str],
        *,
        notice: str = "",
        locale: str = "",
        source: str = "api",
        at: datetime | None = None,
    ) -> Receipt:
        """
        Record one answer per purpose.

        Raises:
            Mistake: nobody is named; an unknown purpose, answer or notice; a time in the future.
        """
        if not who.identifiers:
            raise Mistake("userId or anonymousId is needed: whose choice is it?")
        now = self._parts.clock()
        asked = self._permit(visit_of(self._parts.store.identities, who), now)
        statements = statements_from(
            said,
            policy=self._parts.policy,
            notice=notice,
            regime=asked.regime,
            locale=locale,
            source=source,
            at=_not_ahead(at, now),
        )
        self._write(who, statements, now)
        shown = self._parts.policy.notice(notice, locale or "en")
        return Receipt(
            statements=statements,
            regime=asked.regime,
            notice_hash=shown.hash if shown else "",
            recorded_at=now,
        )

    def restrict(self, subject: SubjectId, *, lift: bool = False, source: str = "api") -> None:
        """Restrict the processing of *subject*'s data to keeping it, or lift that (Art. 18)."""
        now = self._parts.clock()
        kind = StatementKind.LIFT if lift else StatementKind.RESTRICT
        visit = Visit(subject=subject)
        statement = Statement(purpose="", kind=kind, at=now, source=source)
        self._append(self._permit(visit, now), visit, (statement,))

    def standing(self, who: Who) -> tuple[Answer, ...]:
        """Return what stands on every purpose; without a record, what holds by law."""
        now = self._parts.clock()
        return self.standing_of(visit_of(self._parts.store.identities, who), now)

    def standing_of(self, visit: Visit, at: datetime) -> tuple[Answer, ...]:
        """Return what stands for *visit* on every purpose."""
        permit = self._permit(visit, at)
        return answers(permit, self._heard(permit), policy=self._parts.policy, at=at)

    def notice(self, *, region: str | None, locale: str) -> NoticeShown:
        """Return the notice to show before a choice."""
        return notice_shown(self._parts.policy, region=region, locale=locale)

    def heed_signal(self, visit: Visit, at: datetime) -> None:
        """Record what a browser's signal means for a known subject, once."""
        if not visit.gpc or visit.subject is None or visit.subject in self._heeded:
            return
        permit = self._permit(visit, at)
        news = objections_by_signal(permit, self._heard(permit), policy=self._parts.policy, at=at)
        if news:
            self._append(permit, visit, news)
        self._heeded.add(visit.subject)

    def _write(self, who: Who, statements: tuple[Statement, ...], now: datetime) -> None:
        subject = self._parts.store.identities.admit(who.identifiers, at=now)
        visit = Visit(subject=subject, region=who.region, gpc=who.gpc)
        permit = self._permit(visit, now)
        if who.region and self._parts.store.profiles.region(permit) is None:
            self._parts.store.profiles.settle(permit, who.region.upper())
        self._append(permit, visit, statements)

    def _append(self, permit: Permit, visit: Visit, statements: tuple[Statement, ...]) -> None:
        record(permit, statements, self._parts.store.statements)
        for statement in statements:
            label = f"{statement.kind}:{statement.purpose}"
            self._parts.store.tallies.add("statement", label)
        self._heeded.discard(permit.subject)
        self._aftermath(visit, permit.decided_at)

    def _permit(self, visit: Visit, at: datetime) -> Permit:
        answer = self._parts.door.ask("record-statement", visit, at)
        if not isinstance(answer, Permit):
            raise Mistake(f"the policy refuses record-statement ({answer.reason}): mend it first")
        return answer

    def _heard(self, permit: Permit) -> Standing:
        return self._parts.store.statements.standing(permit) if permit.scope else Standing()


def _not_ahead(at: datetime | None, now: datetime) -> datetime:
    if at is None:
        return now
    if at.tzinfo is None:
        raise Mistake("the time of a statement needs a time zone, as in 2026-03-01T12:00:00Z")
    if at > now + CLOCK_TOLERANCE:
        raise Mistake("a statement cannot be made in the future: check the sender's clock")
    return min(at, now)

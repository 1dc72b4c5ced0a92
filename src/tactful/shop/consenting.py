"""Record what subjects say, and make it true everywhere at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from tactful.capabilities.consent import (
    Answer,
    Circumstances,
    NoticeShown,
    SignalsOut,
    SignedReceipt,
    answers,
    notice_shown,
    receipts,
    record,
    signals_out,
    statements_from,
)
from tactful.gate import Permit, Visit
from tactful.shop.heeding import Heeding
from tactful.shop.parts import Parts
from tactful.shop.visitors import Who, visit_of
from tactful.terms import Mistake, Signals, Speaker, Standing, Statement, StatementKind, SubjectId

CLOCK_TOLERANCE = timedelta(minutes=5)
"""A statement may claim to be this far ahead of our clock; it is then taken as made now."""

MOST_INTERFACES = 64
"""How many interfaces that show notices are told apart."""

Aftermath = Callable[[Visit, datetime], None]
"""Told after statements of a subject were recorded: makes derived state follow."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """
    What was recorded, as the subject gets it back (Art. 7(1)); `record` is its id.

    `signed` is the same as a document that proves it, signed when it is asked for.
    """

    record: str
    statements: tuple[Statement, ...]
    regime: str
    notice_hash: str
    recorded_at: datetime
    sign: Callable[[], SignedReceipt] = field(repr=False, compare=False)

    @cached_property
    def signed(self) -> SignedReceipt:
        """Return the receipt that anybody can check."""
        return self.sign()


class Consenting:
    """Takes statements and answers what stands."""

    def __init__(self, parts: Parts, *, aftermath: Aftermath) -> None:
        self._parts = parts
        self._aftermath = aftermath
        self._heeding = Heeding(
            parts, permit=self._permit, standing=self._heard, record=self._append
        )
        self._uis: set[str] = set()

    def say(
        self,
        who: Who,
        said: Mapping[str, str],
        *,
        notice: str = "",
        locale: str = "",
        source: str = "api",
        ui: str = "",
        by: str = Speaker.SUBJECT,
        at: datetime | None = None,
    ) -> Receipt:
        """
        Record one answer per purpose.

        Raises:
            Mistake: nobody is named; an unknown purpose, answer, speaker or notice; a time in the
                future.
        """
        now = self._parts.clock()
        asked = self._asked(who, now)
        how = Circumstances(
            notice=notice,
            regime=asked.regime,
            locale=locale,
            source=source,
            ui=ui,
            by=_speaker(by),
            record=self._parts.new_id(),
            at=_not_ahead(at, now),
        )
        return self._recorded(who, statements_from(said, how, policy=self._parts.policy), now)

    def say_by_signals(
        self,
        who: Who,
        signals: Signals,
        *,
        locale: str = "",
        ui: str = "",
        by: str = Speaker.SUBJECT,
    ) -> Receipt:
        """
        Record what a consent platform says on purpose, at the moment of a choice.

        Raises:
            Mistake: nobody is named; a signal cannot be read or does not count; nothing in them
                says anything; an unknown speaker.
        """
        now = self._parts.clock()
        asked = self._asked(who, now)
        how = Circumstances(
            notice="",
            regime=asked.regime,
            locale=locale,
            source="signal",
            ui=ui,
            by=_speaker(by),
            record=self._parts.new_id(),
            at=now,
        )
        statements = self._heeding.answers(asked, signals, how, sender=who.identifiers)
        return self._recorded(who, statements, now)

    def say_of(
        self, subject: SubjectId, said: Mapping[str, str], *, source: str, by: Speaker
    ) -> None:
        """Record one no per purpose of a subject who is known already."""
        now, visit = self._parts.clock(), Visit(subject=subject)
        permit = self._permit(visit, now)
        how = Circumstances(
            notice="",
            regime=permit.regime,
            locale="",
            source=source,
            ui="",
            by=by,
            record=self._parts.new_id(),
            at=now,
        )
        self._append(permit, visit, statements_from(said, how, policy=self._parts.policy))

    def _asked(self, who: Who, now: datetime) -> Permit:
        if not who.identifiers:
            raise Mistake("userId or anonymousId is needed: whose choice is it?")
        return self._permit(visit_of(self._parts.store.identities, who), now)

    def _recorded(self, who: Who, statements: tuple[Statement, ...], now: datetime) -> Receipt:
        permit = self._write(who, statements, now)
        return Receipt(
            record=statements[0].record,
            statements=statements,
            regime=statements[0].regime,
            notice_hash=next((s.notice_hash for s in statements if s.notice_hash), ""),
            recorded_at=now,
            sign=lambda: self.receipts(permit, Standing(statements=statements))[0],
        )

    def receipts(self, permit: Permit, standing: Standing) -> tuple[SignedReceipt, ...]:
        """Return a signed receipt for every act in *standing*, which is the permit's subject's."""
        parts = self._parts.receipts
        return receipts(
            permit,
            standing,
            policy=self._parts.policy,
            principal=parts.pseudonym,
            controller=parts.controller,
            signer=parts.signer,
        )

    def forget(self, subject: SubjectId) -> None:
        """Look at the signals of *subject*'s person anew: what stands for them has changed."""
        for member in self._parts.store.identities.members(subject):
            self._heeding.forget(member)

    def restrict(self, subject: SubjectId, *, lift: bool = False, source: str = "api") -> None:
        """Restrict the processing of *subject*'s data to keeping it, or lift that (Art. 18)."""
        now = self._parts.clock()
        kind = StatementKind.LIFT if lift else StatementKind.RESTRICT
        visit = Visit(subject=subject)
        statement = Statement(
            purpose="", kind=kind, at=now, source=source, record=self._parts.new_id()
        )
        self._append(self._permit(visit, now), visit, (statement,))

    def standing(self, who: Who) -> tuple[Answer, ...]:
        """Return what stands on every purpose; without a record, what holds by law."""
        now = self._parts.clock()
        return self.standing_of(visit_of(self._parts.store.identities, who), now)

    def standing_of(self, visit: Visit, at: datetime) -> tuple[Answer, ...]:
        """Return what stands for *visit* on every purpose."""
        permit = self._permit(visit, at)
        return answers(
            permit,
            self._heard(permit),
            policy=self._parts.policy,
            at=at,
            refused=lambda purpose: self._parts.door.refusal_of_purpose(purpose, visit, at),
        )

    def notice(self, *, region: str | None, locale: str) -> NoticeShown:
        """Return the notice to show before a choice."""
        return notice_shown(self._parts.policy, region=region, locale=locale)

    def show(self, *, region: str | None, locale: str, ui: str) -> NoticeShown:
        """Return the notice, and keep as evidence which words were shown, where and by what."""
        shown = self.notice(region=region, locale=locale)
        self._parts.store.showings.keep(shown.notice, self._parts.clock())
        words = (shown.notice.name, shown.notice.locale, shown.regime.id, self._told_ui(ui))
        self._parts.store.tallies.add("notice", "|".join(words))
        return shown

    def _told_ui(self, ui: str) -> str:
        """Count the first few interfaces by name: anybody can call theirs what they like."""
        if len(self._uis) < MOST_INTERFACES:
            self._uis.add(ui)
        return ui if ui in self._uis else "another"

    def meet(self, who: Who, at: datetime) -> Visit:
        """Return how *who* stands before the gate, having heeded what they send along."""
        visit = visit_of(self._parts.store.identities, who)
        return self._heeding.heed(visit, who.signals, at, sender=who.identifiers)

    @property
    def heeding(self) -> Heeding:
        """Return what heeds the signals of requests."""
        return self._heeding

    def out(self, who: Who, *, refused: AbstractSet[str] = frozenset()) -> SignalsOut:
        """Return the state of *who* for other tags on the page, with *refused* off in any case."""
        now = self._parts.clock()
        visit = visit_of(self._parts.store.identities, who)
        permit = self._permit(visit, now)
        answered = self.standing_of(visit, now)
        policy = self._parts.policy
        return signals_out(permit, answered, policy=policy, gpc=who.gpc, at=now, refused=refused)

    def _write(self, who: Who, statements: tuple[Statement, ...], now: datetime) -> Permit:
        subject = self._parts.store.identities.admit(who.identifiers, at=now)
        visit = Visit(subject=subject, region=who.region, gpc=who.gpc)
        permit = self._permit(visit, now)
        self._append(permit, visit, statements)
        return permit

    def _append(self, permit: Permit, visit: Visit, statements: tuple[Statement, ...]) -> None:
        record(permit, statements, self._parts.store.statements)
        for statement in statements:
            label = f"{statement.kind}:{statement.purpose}"
            self._parts.store.tallies.add("statement", label)
            said_on = statement.at.astimezone(UTC).date()
            self._parts.store.tallies.add("said", _circumstance(statement), day=said_on)
        self.forget(permit.subject)
        self._aftermath(visit, permit.decided_at)

    def _permit(self, visit: Visit, at: datetime) -> Permit:
        answer = self._parts.door.ask("record-statement", visit, at)
        if not isinstance(answer, Permit):
            raise Mistake(f"the policy refuses record-statement ({answer.reason}): mend it first")
        return answer

    def _heard(self, permit: Permit) -> Standing:
        return self._parts.store.statements.standing(permit) if permit.scope else Standing()


def _speaker(by: str) -> Speaker:
    if by not in set(Speaker):
        raise Mistake(f"unknown speaker {by[:32]!r}: it must be one of {', '.join(Speaker)}")
    return Speaker(by)


def _circumstance(statement: Statement) -> str:
    """Name what was said where and to what, for rates over time: nobody's in particular."""
    return f"{statement.purpose}|{statement.kind}|{statement.regime}|{statement.notice}"


def _not_ahead(at: datetime | None, now: datetime) -> datetime:
    if at is None:
        return now
    if at.tzinfo is None:
        raise Mistake("the time of a statement needs a time zone, as in 2026-03-01T12:00:00Z")
    if at > now + CLOCK_TOLERANCE:
        raise Mistake("a statement cannot be made in the future: check the sender's clock")
    return min(at, now)

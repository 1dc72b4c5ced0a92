"""Heed what browsers and consent platforms say for a subject: for this request, and for good."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import datetime

from tactful.capabilities.consent import (
    Circumstances,
    Heard,
    conflicts,
    objections_by_signal,
    read_signals,
    statements_by_signal,
    statements_on_purpose,
)
from tactful.gate import Permit, Visit, a_yes_would_help
from tactful.shop.parts import Parts
from tactful.shop.unplanned import Unplanned
from tactful.terms import Mistake, Signals, Standing, Statement, SubjectId

MOST_REMEMBERED = 100_000
"""Of how many subjects it is remembered which signals were heeded."""

NOTHING_SAID = (
    "signals say nothing that can be recorded: a yes needs the notice that the platform shows, "
    "named in policy/signals.toml, and not to have opted out is no yes; give statements instead"
)


class Heeding:
    """
    Reads the signals of each request, and records what is news about a known subject.

    Args:
        parts: What the workings of a shop share.
        permit: Asks the door for leave to record statements.
        standing: Returns what the permit's subject has said.
        record: Writes statements down, and lets derived state follow.
    """

    def __init__(
        self,
        parts: Parts,
        *,
        permit: Callable[[Visit, datetime], Permit],
        standing: Callable[[Permit], Standing],
        record: Callable[[Permit, Visit, tuple[Statement, ...]], None],
    ) -> None:
        self._parts = parts
        self._permit = permit
        self._standing = standing
        self._record = record
        self._unplanned = Unplanned()
        self._heeded: dict[SubjectId, bytes] = {}

    def heed(
        self,
        visit: Visit,
        signals: Signals,
        at: datetime,
        *,
        sender: Hashable = None,
        said_at: datetime | None = None,
    ) -> Visit:
        """
        Return *visit* with what *signals* say no to; record what is news, once.

        Args:
            visit: Who sends them.
            signals: As they came.
            at: The time now.
            sender: What tells senders apart, for counting what has no meaning here.
            said_at: When it was said, where the shop brings its own past along.
        """
        if not signals:
            return self._noted(visit, Heard(), at, key=signals.key, said_at=said_at)
        heard = self.read(signals, at, sender=sender)
        return self._noted(_told(visit, heard), heard, at, key=signals.key, said_at=said_at)

    def meet_again(
        self, visit: Visit, signals: Signals, at: datetime, *, said_at: datetime | None = None
    ) -> Visit:
        """Record what the same *signals* say of who has only now become known."""
        heard = read_signals(signals, self._parts.policy, at)
        return self._noted(visit, heard, at, key=signals.key, said_at=said_at)

    def answers(
        self, permit: Permit, signals: Signals, how: Circumstances, *, sender: Hashable
    ) -> tuple[Statement, ...]:
        """
        Return what the permit's subject says by *signals*, sent on purpose at the time of a choice.

        Raises:
            Mistake: one of them cannot be read or does not count, or none says anything.
        """
        heard = self.read(signals, how.at, sender=sender)
        if heard.faults:
            raise Mistake(f"signals: {heard.faults[0].reason}")
        standing = self._standing(permit)
        objected = self._objections(permit, standing, how.record, how.at) if heard.gpc else ()
        said = statements_on_purpose(heard, how, policy=self._parts.policy)
        if news := one_each([*objected, *said]):
            return news
        raise Mistake(NOTHING_SAID)

    def forget(self, subject: SubjectId) -> None:
        """Look at the signals of *subject* anew: they have said something since."""
        self._heeded.pop(subject, None)

    def read(self, signals: Signals, at: datetime, *, sender: Hashable = None) -> Heard:
        """Return what *signals* say, and count what is wrong with them."""
        heard = read_signals(signals, self._parts.policy, at)
        for fault in heard.faults:
            self._parts.store.tallies.add("signal", fault.label)
        for label in self._unplanned.labels((gap, sender) for gap in heard.gaps):
            self._parts.store.tallies.add("gap", label)
        return heard

    def _noted(
        self,
        visit: Visit,
        heard: Heard,
        at: datetime,
        *,
        key: tuple[object, ...],
        said_at: datetime | None,
    ) -> Visit:
        """Return *visit*, having recorded what *heard* says anew of its subject."""
        if visit.subject is None or not (visit.gpc or heard.words):
            return visit
        mark = _mark(visit.gpc, visit.region, *key)
        if self._heeded.get(visit.subject) != mark:
            self._note(visit, heard.past(said_at) if said_at else heard, at, gpc_at=said_at or at)
            self._remember(visit.subject, mark)
        return visit

    def _note(self, visit: Visit, heard: Heard, at: datetime, *, gpc_at: datetime) -> None:
        permit = self._permit(visit, at)
        standing = self._standing(permit)
        for conflict in conflicts(permit, standing, heard, at):
            self._parts.store.tallies.add("conflict", conflict)
        policy, record = self._parts.policy, self._parts.new_id()
        said = statements_by_signal(
            permit,
            standing,
            heard,
            policy=policy,
            at=at,
            record=record,
            asks=lambda purpose: self._asks(purpose, visit, at),
        )
        objected = self._objections(permit, standing, record, gpc_at) if visit.gpc else ()
        if news := one_each([*objected, *said]):
            self._record(permit, visit, news)

    def _objections(
        self, permit: Permit, standing: Standing, record: str, at: datetime
    ) -> tuple[Statement, ...]:
        policy = self._parts.policy
        return objections_by_signal(permit, standing, policy=policy, record=record, at=at)

    def _asks(self, purpose: str, visit: Visit, at: datetime) -> bool:
        """Tell whether a yes of the subject is missing, signals apart, and would count."""
        here = Visit(subject=visit.subject, region=visit.region)
        return a_yes_would_help(self._parts.door.refusal_of_purpose(purpose, here, at))

    def _remember(self, subject: SubjectId, mark: bytes) -> None:
        if len(self._heeded) >= MOST_REMEMBERED:
            self._heeded.pop(next(iter(self._heeded)))
        self._heeded[subject] = mark


def one_each(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Keep the first word on each purpose: what Global Privacy Control says comes first."""
    kept: dict[str, Statement] = {}
    for statement in statements:
        kept.setdefault(statement.purpose, statement)
    return tuple(kept.values())


def _told(visit: Visit, heard: Heard) -> Visit:
    return replace(visit, gpc=visit.gpc or heard.gpc, denied=heard.denied)


def _mark(*sent: object) -> bytes:
    """Return a short mark of what was sent: strings of a hundred thousand subjects are many."""
    return hashlib.blake2b(repr(sent).encode("utf-8", "surrogatepass"), digest_size=16).digest()

"""
The one way to a person's data: ask, count the use, open.

The door looks the answer up (`tactful.gate.verdicts`), counts each use per subject, activity and
day, and only then lets data be read.  It guards against mistakes and misuse inside this code
base; it is not a sandbox against hostile code in the same process.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tactful.gate.decide import AUDIENCE_LIFETIME, gap_in, permit_for, require_aware, unknown
from tactful.gate.facts import encode, nobody, regime_in_force
from tactful.gate.permit import Audience, Gap, Permit, Permitted, Refusal
from tactful.gate.ports import DigestColumns, Standings, Uses, Visit
from tactful.gate.verdicts import (
    GAP,
    PERMITTED,
    RULE_NAMES,
    Verdict,
    VerdictTable,
    verdict_tables,
)
from tactful.terms import Policy, Said

T = TypeVar("T")

_GRANTED = Said.GRANTED.value
_EXPIRED = Said.EXPIRED.value


class Door:
    """Asks the rules, counts the use, and opens data as `Permitted`."""

    def __init__(self, policy: Policy, *, standings: Standings, uses: Uses) -> None:
        self._policy = policy
        self._standings = standings
        self._uses = uses
        self._nobody = nobody(policy)
        self._tables = verdict_tables(policy)

    def ask(self, activity: str, visit: Visit, at: datetime) -> Permit | Refusal | Gap:
        """
        Answer whether *activity* may touch who is visiting, and count the use if it may.

        Args:
            activity: The name of an entry of the activity register.
            visit: The subject, the region the request comes from, and its signals.
            at: The moment of the decision.  Timezone-aware.

        Raises:
            ValueError: *at* is naive.
        """
        require_aware(at)
        table = self._tables.get(activity)
        if table is None:
            return self._gap(unknown(activity, at))
        verdict = table.entries[self._code(table, visit, at)]
        if verdict.number != PERMITTED:
            return self._refusal(table, verdict, at)
        if visit.subject is not None:
            self._uses.count(visit.subject, activity, _day(at))
        return permit_for(
            visit.subject, table.activity, basis=verdict.basis, regime=verdict.regime, at=at
        )

    def refusal(self, activity: str, visit: Visit, at: datetime) -> Refusal | Gap | None:
        """
        Say who would refuse *activity*, or None where nobody would.

        Counts nothing, and hands out no permit that data could be opened with: for keeping what is
        held in step with what may be held.
        """
        require_aware(at)
        table = self._tables.get(activity)
        if table is None:
            return unknown(activity, at)
        verdict = table.entries[self._code(table, visit, at)]
        return None if verdict.number == PERMITTED else _spoken(verdict, table, at)

    def open(
        self, activity: str, visit: Visit, at: datetime, what: Callable[[Permit], T]
    ) -> Permitted[T] | Refusal | Gap:
        """Ask, and only where the answer is a permit read *what*, handed out with the permit."""
        answer = self.ask(activity, visit, at)
        return Permitted(answer, what(answer)) if isinstance(answer, Permit) else answer

    def ask_audience(self, activity: str, at: datetime) -> Permit | Gap:
        """
        Turn the question about everybody into the subset that *activity* may touch.

        The permit's scope holds the members and the count of refusals by rule.  Uses are counted
        where the members' data is opened, not here.

        Raises:
            ValueError: *at* is naive.
        """
        require_aware(at)
        table = self._tables.get(activity)
        if table is None:
            return self._gap(unknown(activity, at))
        columns = self._standings.columns()
        numbers = _numbers(table, columns, at)
        refused = _refused(numbers)
        if RULE_NAMES[GAP - 1] in refused:
            self._gap(gap_in(activity, table.activity.purpose, "of some subjects", at))
        members = columns.subjects.compress(numbers == PERMITTED)
        return Permit(
            scope=Audience(members=members, refused=refused),
            activity=activity,
            purpose=table.activity.purpose,
            basis="per subject",
            regime="per subject",
            decided_at=at,
            expires_at=at + AUDIENCE_LIFETIME,
        )

    def open_audience(
        self, activity: str, at: datetime, what: Callable[[Permit], T]
    ) -> Permitted[T] | Gap:
        """Open *what* for the permitted subset, counting a use for each of its members."""
        answer = self.ask_audience(activity, at)
        if isinstance(answer, Gap):
            return answer
        self._uses.count_all(answer.audience.members, activity, _day(at))
        return Permitted(answer, what(answer))

    def _code(self, table: VerdictTable, visit: Visit, at: datetime) -> int:
        known = None if visit.subject is None else self._standings.digest(visit.subject)
        facts = known or self._nobody
        said = facts.said[table.purpose]
        if said == _GRANTED and at.timestamp() >= facts.until[table.purpose]:
            said = _EXPIRED
        return encode(
            regime=regime_in_force(facts, visit.region, self._policy),
            said=said,
            signal=visit.gpc,
            restricted=facts.restricted,
        )

    def _refusal(self, table: VerdictTable, verdict: Verdict, at: datetime) -> Refusal | Gap:
        answer = _spoken(verdict, table, at)
        if isinstance(answer, Gap):
            return self._gap(answer)
        self._uses.refused(answer.activity, answer.rule)
        return answer

    def _gap(self, gap: Gap) -> Gap:
        self._uses.gap(gap.activity, gap.missing)
        return gap


def _spoken(verdict: Verdict, table: VerdictTable, at: datetime) -> Refusal | Gap:
    """Put a verdict against *table*'s activity into an answer."""
    activity = table.activity
    if verdict.number == GAP:
        return gap_in(activity.name, activity.purpose, verdict.regime, at)
    return Refusal(activity=activity.name, rule=verdict.rule, reason=verdict.reason, decided_at=at)


def _numbers(table: VerdictTable, columns: DigestColumns, at: datetime) -> NDArray[np.uint8]:
    """Return the verdict on every subject, shape (n,)."""
    codes = columns.codes[table.purpose]
    numbers: NDArray[np.uint8] = table.numbers.take(codes)
    late = np.flatnonzero(columns.until[table.purpose] <= math.floor(at.timestamp()))
    numbers[late] = table.numbers_expired.take(codes.take(late))
    return numbers


def _refused(numbers: NDArray[np.uint8]) -> dict[str, int]:
    """Count the refusals by rule; one pass over bytes for each is faster than `np.bincount`."""
    counts = (
        (name, int(np.count_nonzero(numbers == v))) for v, name in enumerate(RULE_NAMES, start=1)
    )
    return {name: count for name, count in counts if count}


def _day(at: datetime) -> date:
    """Return the day on which a use is counted: everywhere the same, whatever the clock's zone."""
    return at.astimezone(UTC).date()

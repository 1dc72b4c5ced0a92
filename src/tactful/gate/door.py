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
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from tactful.gate.ages import asked_of
from tactful.gate.decide import (
    AUDIENCE_LIFETIME,
    PERMIT_LIFETIME,
    gap_in,
    permit_for,
    require_aware,
    unknown,
)
from tactful.gate.facts import (
    MINOR_STEP,
    RUN_OUT,
    Digest,
    code_of,
    nobody,
    regime_in_force,
    signal_on,
)
from tactful.gate.permit import (
    Audience,
    Gap,
    Grant,
    Granted,
    Permit,
    Permits,
    Permitted,
    Refusal,
)
from tactful.gate.ports import DigestColumns, Standings, Uses, Visit
from tactful.gate.verdicts import (
    GAP,
    PERMITTED,
    RULE_NAMES,
    Verdict,
    VerdictTable,
    verdict_table,
    verdict_tables,
)
from tactful.terms import Activity, Minor, Policy

T = TypeVar("T")

_RUN_OUT = {said.value: after.value for said, after in RUN_OUT.items()}
_GROWN = Minor.NO.value
_MOST_ALIKE = 10_000
_STRICTEST = 0
"""The place in `Policy.regimes` of the law that holds where no other covers a region."""

_MINOR_LEVELS = np.array([[level] for level in Minor if level > Minor.NO], dtype=np.uint16)


class _Stance(NamedTuple):
    """Who is visiting, what is known of them, and the place of the law that holds for them."""

    visit: Visit
    facts: Digest
    regime: int


class _Judged(NamedTuple):
    """The verdicts on several activities: the permits, refusals (by rule), and gaps in words."""

    granted: Granted
    refused: tuple[tuple[str, str], ...]
    gaps: tuple[tuple[str, str], ...]


class Door:
    """Asks the rules, counts the use, and opens data as `Permitted`."""

    def __init__(self, policy: Policy, *, standings: Standings, uses: Uses) -> None:
        self._policy = policy
        self._standings = standings
        self._uses = uses
        self._nobody = nobody(policy)
        self._tables = verdict_tables(policy)
        self._alike: dict[tuple[object, ...], _Judged] = {}
        self._purposes = {name: _table_of(name, policy) for name in policy.purposes}

    def ask(self, activity: str, visit: Visit, at: datetime) -> Permit | Refusal | Gap:
        """
        Answer whether *activity* may touch who is visiting, and count the use if it may.

        A region that no regime covers is reported as a gap, unless a known residence outranks it;
        the strictest set holds there.

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
        stance = self._stance(visit)
        self._note_region((activity,), stance)
        verdict = _verdict(table, stance, at)
        if verdict.number != PERMITTED:
            return self._refusal(table, verdict, at)
        if visit.subject is not None:
            self._uses.count(visit.subject, (activity,), _day(at))
        return permit_for(
            visit.subject, table.activity, basis=verdict.basis, regime=verdict.regime, at=at
        )

    def ask_each(self, activities: tuple[str, ...], visit: Visit, at: datetime) -> Permits:
        """
        Ask about each of *activities*, and return the permits among the answers.

        What is counted is what `ask`, one by one, counts.
        """
        require_aware(at)
        stance = self._stance(visit)
        self._note_region(activities, stance)
        judged = self._judged(activities, stance, at)
        for activity, rule in judged.refused:
            self._uses.refused(activity, rule)
        for activity, missing in judged.gaps:
            self._uses.gap(activity, missing)
        if judged.granted and visit.subject is not None:
            self._uses.count(visit.subject, judged.granted.activities, _day(at))
        return Permits(
            scope=visit.subject,
            granted=judged.granted,
            decided_at=at,
            expires_at=at + PERMIT_LIFETIME,
        )

    def _judged(self, activities: tuple[str, ...], stance: _Stance, at: datetime) -> _Judged:
        """
        Return the verdicts on *activities*; most subjects stand like many others.

        Whose consent has run out, or whose age asks for something, is judged by themselves.
        """
        visit, facts, regime = stance
        if facts.young or at.timestamp() >= min(facts.until):
            return self._judge(activities, stance, at)
        alike = (activities, regime, facts.said, facts.restricted, visit.gpc, visit.denied)
        judged = self._alike.get(alike)
        if judged is None:
            if len(self._alike) >= _MOST_ALIKE:
                self._alike.clear()
            judged = self._alike[alike] = self._judge(activities, stance, at)
        return judged

    def _judge(self, activities: tuple[str, ...], stance: _Stance, at: datetime) -> _Judged:
        granted: list[Grant] = []
        refused: list[tuple[str, str]] = []
        gaps: list[tuple[str, str]] = []
        for activity in activities:
            table = self._tables.get(activity)
            if table is None:
                gaps.append((activity, unknown(activity, at).missing))
                continue
            verdict, purpose = _verdict(table, stance, at), table.activity.purpose
            if verdict.number == PERMITTED:
                granted.append(Grant(activity, purpose, verdict.basis, verdict.regime))
            elif verdict.number == GAP:
                gaps.append((activity, gap_in(activity, purpose, verdict.regime, at).missing))
            else:
                refused.append((activity, verdict.rule))
        return _Judged(Granted.of(granted), tuple(refused), tuple(gaps))

    def refusal(self, activity: str, visit: Visit, at: datetime) -> Refusal | Gap | None:
        """
        Say who would refuse *activity*, or None where nobody would.

        Counts nothing, and hands out no permit that data could be opened with: for keeping what is
        held in step with what may be held.
        """
        return self._refuses(activity, self._tables.get(activity), visit, at)

    def refusal_of_purpose(self, purpose: str, visit: Visit, at: datetime) -> Refusal | Gap | None:
        """
        Say who would refuse any use for *purpose*, or None where nobody would; counts nothing.

        For telling subjects how they stand, also on a purpose that no activity serves yet.
        """
        return self._refuses(purpose, self._purposes.get(purpose), visit, at)

    def _refuses(
        self, asked: str, table: VerdictTable | None, visit: Visit, at: datetime
    ) -> Refusal | Gap | None:
        require_aware(at)
        if table is None:
            return unknown(asked, at)
        verdict = _verdict(table, self._stance(visit), at)
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

    def _stance(self, visit: Visit) -> _Stance:
        known = None if visit.subject is None else self._standings.digest(visit.subject)
        facts = known or self._nobody
        return _Stance(visit, facts, regime_in_force(facts, visit.region, self._policy))

    def _note_region(self, activities: tuple[str, ...], stance: _Stance) -> None:
        """Report a region that no regime covers, unless a known residence outranks it."""
        visit, facts, regime = stance
        if visit.region and regime == _STRICTEST and not facts.residence_known:
            for activity in self._tables.keys() & activities:
                self._uses.gap(activity, f"regime of region {_country(visit.region)}")

    def _refusal(self, table: VerdictTable, verdict: Verdict, at: datetime) -> Refusal | Gap:
        answer = _spoken(verdict, table, at)
        if isinstance(answer, Gap):
            return self._gap(answer)
        self._uses.refused(answer.activity, answer.rule)
        return answer

    def _gap(self, gap: Gap) -> Gap:
        self._uses.gap(gap.activity, gap.missing)
        return gap


def _verdict(table: VerdictTable, stance: _Stance, at: datetime) -> Verdict:
    """Look the verdict for *stance* up in *table*."""
    visit, facts, regime = stance
    place = table.purpose
    said = facts.said[place]
    if said in _RUN_OUT and at.timestamp() >= facts.until[place]:
        said = _RUN_OUT[said]
    code = code_of(
        regime,
        said,
        signal=signal_on(table.activity.purpose, gpc=visit.gpc, denied=visit.denied),
        minor=asked_of(facts.young[place], at) if facts.young else _GROWN,
        restricted=facts.restricted,
    )
    return table.entries[code]


def _table_of(purpose: str, policy: Policy) -> VerdictTable:
    """Return the verdicts on an activity that does nothing but serve *purpose*."""
    return verdict_table(Activity(name=purpose, purpose=purpose, title=purpose), policy)


def _spoken(verdict: Verdict, table: VerdictTable, at: datetime) -> Refusal | Gap:
    """Put a verdict against *table*'s activity into an answer."""
    activity = table.activity
    if verdict.number == GAP:
        return gap_in(activity.name, activity.purpose, verdict.regime, at)
    return Refusal(activity=activity.name, rule=verdict.rule, reason=verdict.reason, decided_at=at)


def _numbers(table: VerdictTable, columns: DigestColumns, at: datetime) -> NDArray[np.uint8]:
    """Return the verdict on every subject, shape (n,)."""
    now = math.floor(at.timestamp())
    codes = _codes_by_age(table, columns, now)
    numbers: NDArray[np.uint8] = table.numbers.take(codes)
    late = np.flatnonzero(columns.until[table.purpose] <= now)
    numbers[late] = table.numbers_expired.take(codes.take(late))
    return numbers


def _codes_by_age(table: VerdictTable, columns: DigestColumns, now: int) -> NDArray[np.uint16]:
    """Return the codes, raised where age asks for something."""
    codes: NDArray[np.uint16] = columns.codes[table.purpose]
    if not len(columns.minors):
        return codes
    asked = np.max(
        np.where(now < columns.young[table.purpose], _MINOR_LEVELS, _GROWN), axis=0
    ).astype(np.uint16)
    raised: NDArray[np.uint16] = codes.copy()
    raised[columns.minors] += asked * np.uint16(MINOR_STEP)
    return raised


def _refused(numbers: NDArray[np.uint8]) -> dict[str, int]:
    """Count the refusals by rule; one pass over bytes for each is faster than `np.bincount`."""
    counts = (
        (name, int(np.count_nonzero(numbers == v))) for v, name in enumerate(RULE_NAMES, start=1)
    )
    return {name: count for name, count in counts if count}


def _country(region: str) -> str:
    """Name the country of *region*: what is counted must be of a bounded number."""
    code = region[:2].upper()
    return code if code.isascii() and code.isalpha() else "of no known shape"


def _day(at: datetime) -> date:
    """Return the day on which a use is counted: everywhere the same, whatever the clock's zone."""
    return at.date() if at.tzinfo is UTC else at.astimezone(UTC).date()

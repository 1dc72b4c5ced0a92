"""
When a request is due, by the law it falls under.  Counts days; knows nobody and no clock.

Months and days run from the day after a request came (Reg. 1182/71 Art. 3(1)), so that the last
day is the same date of a later month, or that month's last day (Art. 3(2)(c)).  Where a regime says
so, a last day that is a day off moves to the next working day (Art. 3(4)).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache
from typing import Final

import holidays

from tactful.terms import Deadline, Regime, Request, RequestKind, RequestState, Step, StepKind

ANSWER: Final = "answer"
EXTEND: Final = "extend"
APPEAL: Final = "appeal_answer"

USUAL: Final = Deadline(
    name=ANSWER, period="P1M", citation="no law here sets a time: this product's own"
)
"""What holds where no law sets a time."""

KEPT: Final = "P3Y"
"""How long the record of a request is kept where no law says it, in most places long enough."""

LAPSED_KEPT: Final = "P30D"

NEAR: Final = timedelta(days=5)
"""So long before its last day a request is shown as due soon."""

_PERIOD: Final = re.compile(r"P(\d+)(BD|D|M|Y)")
_MONTHS_A_YEAR: Final = 12
_SATURDAY: Final = 5
_OWN: Final = {
    RequestKind.OPT_OUT_SALE: "opt_out",
    RequestKind.LIMIT_SENSITIVE: "limit_sensitive",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Almanac:
    """
    The days off where a shop works, and its time zone.

    `place` is an ISO 3166 code (`DE`, `DE-BY`); without one, only weekends are days off, which
    makes deadlines of working days end sooner, never later.
    """

    place: str = ""
    zone: tzinfo = field(default=UTC)

    def day(self, at: datetime) -> date:
        """Return the day that *at* falls on where the shop works."""
        return at.astimezone(self.zone).date()

    def works(self, day: date) -> bool:
        """Tell whether *day* is a working day."""
        return day.weekday() < _SATURDAY and day not in _days_off(self.place, day.year)

    def next_working(self, day: date) -> date:
        """Return *day*, or the first working day after it."""
        while not self.works(day):
            day += timedelta(days=1)
        return day


def is_place(place: str) -> bool:
    """Tell whether the days off of *place* are known."""
    country, _, part = place.partition("-")
    known = holidays.list_supported_countries()
    return country in known and (not part or part in known[country])


def ends(start: date, *periods: str, almanac: Almanac, moves: bool = False) -> date:
    """
    Return the last day of *periods*, one after the other, from *start*.

    Args:
        start: The day of the event, which does not count itself.
        periods: `P1M`, `P45D`, `P10BD`, `P1Y`.
        almanac: Which days are off.
        moves: Whether a last day that is off moves to the next working day.

    Source:
        Regulation (EEC, Euratom) No 1182/71, Art. 3.
    """
    months, days, working = (sum(_of(unit, period) for period in periods) for unit in _UNITS)
    end = _months_on(start, months) + timedelta(days=days)
    for _ in range(working):
        end = almanac.next_working(end + timedelta(days=1))
    return almanac.next_working(end) if moves else end


_UNITS: Final = ("M", "D", "BD")


def _of(unit: str, period: str) -> int:
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise ValueError(f"{period} is no period of whole days")
    number, given = int(found[1]), found[2]
    if given == "Y":
        number, given = number * _MONTHS_A_YEAR, "M"
    return number if given == unit else 0


def _months_on(start: date, months: int) -> date:
    """Return the same day *months* later, or the last of that month (Art. 3(2)(c))."""
    years, month = divmod(start.year * _MONTHS_A_YEAR + start.month - 1 + months, _MONTHS_A_YEAR)
    last = calendar.monthrange(years, month + 1)[1]
    return date(years, month + 1, min(start.day, last))


@cache
def _days_off(place: str, year: int) -> Collection[date]:
    if not place:
        return frozenset()
    country, _, part = place.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """
    How much time is left for a request on one day.

    `due` is the last day for the answer; `acknowledge_by`, `tell_by` and `refuse_by` are those for
    confirming its receipt, telling of more time, and refusing it, where a law sets one.
    """

    day: date
    due: date
    acknowledge_by: date | None = None
    tell_by: date | None = None
    refuse_by: date | None = None
    citation: str = ""
    paused: bool = False
    open: bool = True

    @property
    def overdue(self) -> bool:
        """Tell whether the last day has passed without an answer."""
        return self.open and not self.paused and self.day > self.due

    @property
    def days_left(self) -> int:
        """Return the days until the last one; below 0 once it has passed."""
        return (self.due - self.day).days

    @property
    def colour(self) -> str:
        """Return how it is shown: `late`, `soon`, `paused`, `calm`, or `over` once answered."""
        if not self.open:
            return "over"
        if self.paused:
            return "paused"
        if self.overdue or self._unacknowledged:
            return "late"
        return "soon" if self.days_left <= NEAR.days else "calm"

    @property
    def _unacknowledged(self) -> bool:
        return self.acknowledge_by is not None and self.day > self.acknowledge_by


def clock_of(request: Request, regime: Regime | None, almanac: Almanac, at: datetime) -> Clock:
    """Return how much time is left for *request* at *at*, under its *regime*."""
    round_ = _round(request.steps)
    still = _stood_still(round_, almanac, at)
    answer = answer_time(request, regime)
    start = almanac.day(round_[0].at)

    def last(deadline: Deadline | None, *more: str) -> date | None:
        if deadline is None:
            return None
        end = ends(start, deadline.period, *more, almanac=almanac)
        end += timedelta(days=still)
        return almanac.next_working(end) if deadline.moves else end

    times = regime.deadlines if regime else {}
    open_, first = request.state.is_open, _is_first(request)
    acknowledged = any(step.kind is StepKind.ACKNOWLEDGED for step in request.steps)
    return Clock(
        day=almanac.day(at),
        due=last(answer, *_extension(request, round_, regime)) or start,
        acknowledge_by=last(times.get("acknowledge")) if first and not acknowledged else None,
        tell_by=last(times.get("extend_notice") or answer),
        refuse_by=last(times.get("refusal_notice")) if first else None,
        citation=answer.citation,
        paused=open_ and _is_paused(round_),
        open=open_,
    )


def answer_time(request: Request, regime: Regime | None) -> Deadline:
    """Return what law says how soon *request* must be answered, or its appeal."""
    times = regime.deadlines if regime else {}
    if not _is_first(request):
        return times.get(APPEAL, times.get(ANSWER, USUAL))
    return times.get(_OWN.get(request.kind, ""), times.get(ANSWER, USUAL))


def extension_of(request: Request, regime: Regime | None) -> Deadline | None:
    """Return how much more time the law gives for *request*; None where it gives none."""
    name = EXTEND if _is_first(request) else "appeal_extend"
    if regime is None or (_is_first(request) and request.kind in _OWN):
        return None
    return regime.deadlines.get(name)


def record_kept_until(request: Request, regime: Regime | None, almanac: Almanac) -> date:
    """Return until when the record of an answered *request* is kept, as evidence."""
    last = request.steps[-1]
    if last.kind is StepKind.LAPSED:
        return ends(almanac.day(last.at), LAPSED_KEPT, almanac=almanac)
    said = regime.deadlines.get("records") if regime else None
    return ends(almanac.day(last.at), said.period if said else KEPT, almanac=almanac)


def is_extended(request: Request) -> bool:
    """Tell whether more time was taken for *request* already, or for its appeal."""
    return any(step.kind is StepKind.EXTENDED for step in _round(request.steps))


def is_paused(request: Request) -> bool:
    """Tell whether the clock of *request* stands still."""
    return _is_paused(_round(request.steps))


def _is_first(request: Request) -> bool:
    """Tell whether nobody has appealed."""
    return not any(step.kind is StepKind.APPEALED for step in request.steps)


def _round(steps: Sequence[Step]) -> Sequence[Step]:
    """Return the steps from the appeal on, where there was one."""
    appeals = [place for place, step in enumerate(steps) if step.kind is StepKind.APPEALED]
    return steps[appeals[-1] :] if appeals else steps


def _extension(request: Request, round_: Sequence[Step], regime: Regime | None) -> tuple[str, ...]:
    more = extension_of(request, regime)
    taken = any(step.kind is StepKind.EXTENDED for step in round_)
    return (more.period,) if more and taken else ()


def _is_paused(steps: Sequence[Step]) -> bool:
    words = (StepKind.PAUSED, StepKind.RESUMED)
    return next((s.kind is StepKind.PAUSED for s in reversed(steps) if s.kind in words), False)


def _stood_still(steps: Sequence[Step], almanac: Almanac, at: datetime) -> int:
    """Return on how many days the clock stood still: from a pause to its end, or until now."""
    still, since = 0, None
    for step in steps:
        if step.kind is StepKind.PAUSED:
            since = almanac.day(step.at)
        elif since is not None and (step.kind is StepKind.RESUMED or _closes(step)):
            still += (almanac.day(step.at) - since).days
            since = None
    return still + ((almanac.day(at) - since).days if since else 0)


def _closes(step: Step) -> bool:
    return step.kind.value in list(RequestState) and not RequestState(step.kind.value).is_open

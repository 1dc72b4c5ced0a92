"""
The share of yes among answers, week by week: by purpose, by law, by notice.

Made of daily counts that name nobody.  A change of mind counts as an answer of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tactful.terms import StatementKind
from tactful.web.pages.charts import Line, line

WEEKS: Final = 26
"""How far back the charts look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """So many equal answers of one day: to what, under which law, to which notice."""

    day: date
    purpose: str
    kind: str
    regime: str
    notice: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """One line of a chart: what it is about, its totals, and the share of yes over time."""

    name: str
    yes: int
    no: int
    line: Line

    @property
    def share(self) -> str:
        """Return the share of yes in all, as text."""
        return f"{self.yes / (self.yes + self.no):.0%}"


def answers_said(daily: Mapping[tuple[date, str], int]) -> tuple[Said, ...]:
    """Read the tally `said`, whose labels are `purpose|kind|regime|notice`."""
    return tuple(
        Said(
            day=day, purpose=purpose, kind=kind, regime=regime, notice=notice or "none", count=count
        )
        for (day, label), count in daily.items()
        for purpose, kind, regime, notice in [label.split("|")]
        if (said := StatementKind(kind)) is StatementKind.GRANT or said.says_no
    )


def rates(
    said: Iterable[Said], by: Callable[[Said], str], *, today: date, names: Mapping[str, str]
) -> tuple[Rate, ...]:
    """Return the share of yes over time of each group that *by* makes, the busiest first."""
    groups: dict[str, list[Said]] = defaultdict(list)
    for one in said:
        groups[by(one)].append(one)
    found = [_rate(names.get(name, name), group, today) for name, group in groups.items()]
    return tuple(sorted(found, key=lambda rate: (-rate.yes - rate.no, rate.name)))


def _rate(name: str, said: Iterable[Said], today: date) -> Rate:
    yes: Counter[int] = Counter()
    no: Counter[int] = Counter()
    for one in said:
        (yes if one.kind == StatementKind.GRANT else no)[_weeks_ago(one.day, today)] += one.count
    shares = [_share(yes[week], no[week]) for week in reversed(range(WEEKS))]
    return Rate(name=name, yes=yes.total(), no=no.total(), line=line(shares))


def _weeks_ago(day: date, today: date) -> int:
    return max(0, (today - day) // timedelta(days=7))


def _share(yes: int, no: int) -> float | None:
    return yes / (yes + no) if yes + no else None

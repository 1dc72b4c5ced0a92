"""
Questions about many subjects, as Ibis expressions: the same on DuckDB, PostgreSQL and Spark.

Nothing is counted of anybody whom the permit does not cover: every question starts from
`permitted`, which keeps the rows of the permit's audience that were kept for its purpose, and of
those only what the tracking plan lets the purpose see.  Money stays whole minor units, and times
become whole seconds, so that no engine rounds otherwise than another.

Expressions only: who runs them decides where.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from typing import Any, Final

import ibis

from tactful.gate import Permit
from tactful.terms import Mistake, TrackingPlan

Table = Any
"""An Ibis table: the library is not typed."""

SPELT_OUT: Final[Mapping[str, Sequence[str]]] = {
    "value": ("value", "total", "revenue", "price", "quantity"),
    "currency": ("currency",),
    "quantity": ("quantity", "products"),
}
"""From which properties each column is made: who may not see one of them may not see it."""

COLUMNS: Final = (
    "subject",
    "seconds",
    "name",
    "purposes",
    "items",
    "value",
    "currency",
    "quantity",
)
"""
What a table of events must have: `seconds` since 1970, `purposes` as the store's mask.

Seconds and not a timestamp: DuckDB reads a timestamp as of the session's time zone.
"""

SCORES: Final = 5
_DAY_SECONDS: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class PermittedEvents:
    """
    What one permit covers of a table of events.  Made by `permitted` alone.

    `rows` has subject, seconds (since 1970), name, items, value, currency, quantity; `members` has
    the subjects of the audience.
    """

    permit: Permit
    rows: Table
    members: Table


def permitted(
    permit: Permit, events: Table, *, bit: int, plan: TrackingPlan, at: datetime
) -> PermittedEvents:
    """
    Return what *permit* covers of *events*.

    Args:
        permit: For an audience.
        events: With at least `COLUMNS`.
        bit: The mask of the permit's purpose, as the store numbers purposes.
        plan: Which properties the purpose may see.
        at: Now: a permit that has expired covers nothing.

    Raises:
        PermitMisuse: the permit is for one subject, or has expired.
    """
    audience = permit.audience
    if len(audience.members):
        permit.require(audience.members[0], at)
    members = ibis.memtable({"subject": audience.members}, schema={"subject": "int64"})
    rows = events.filter((events.purposes & bit) != 0).semi_join(members, "subject")
    seen = {name: _allowed(rows, name, permit.purpose, plan) for name in SPELT_OUT}
    return PermittedEvents(
        permit=permit,
        rows=rows.select("subject", "seconds", "name", "items", **seen),
        members=members,
    )


def rfm(events: PermittedEvents, *, at: datetime, purchase: str = "Order Completed") -> Table:
    """
    Return recency, frequency and monetary value of each subject that bought, by currency.

    Columns: subject, currency, recency_days (whole days before *at*), frequency (orders), monetary
    (minor units), and recency_score, frequency_score, monetary_score from 1 to 5, 5 being best.
    Scores are fifths of the subjects of a currency; subjects that are alike are told apart by
    their numbers, so that every engine scores the same.
    """
    rows = events.rows.filter(events.rows.name == purchase, events.rows.seconds <= _seconds(at))
    found = rows.group_by("subject", currency=rows.currency.fill_null("")).agg(
        last=rows.seconds.max(),
        frequency=rows.count(),
        monetary=rows.value.fill_null(0).sum().cast("int64"),
    )
    days = (_seconds(at) - found.last - (_seconds(at) - found.last) % _DAY_SECONDS) / _DAY_SECONDS
    return found.select(
        "subject",
        "currency",
        days.cast("int64").name("recency_days"),
        "frequency",
        "monetary",
        recency_score=_fifth(found, found.last),
        frequency_score=_fifth(found, found.frequency),
        monetary_score=_fifth(found, found.monetary),
    )


def funnel(events: PermittedEvents, steps: Sequence[str], *, within: timedelta) -> Table:
    """
    Return how many subjects came to each of *steps*, in this order.

    A subject starts with their first event of the first step; each further step counts at its
    first event from the step before on, if it is no later than *within* after the start.  Columns:
    step (from 1), name, subjects.

    Raises:
        Mistake: a step stands twice, or there is none.
    """
    if not steps or len(set(steps)) != len(steps):
        raise Mistake("a funnel needs steps that differ from each other")
    rows = events.rows
    first = rows.filter(rows.name == steps[0]).group_by("subject")
    reached = first.agg(start=rows.seconds.min(), came=rows.seconds.min())
    found = [_step(reached, 1, steps[0])]
    for number, name in enumerate(steps[1:], start=2):
        reached = _next_step(rows, reached, name=name, within=within)
        found.append(_step(reached, number, name))
    return ibis.union(*found) if len(found) > 1 else found[0]


def cohort_retention(events: PermittedEvents, *, period: timedelta = timedelta(days=7)) -> Table:
    """
    Return how many of those who came first in one period came again in later ones.

    Columns: cohort (the start of their first period, in seconds since 1970), after (how many
    periods later; 0 is the first), subjects.

    Raises:
        Mistake: the period is no whole number of seconds.
    """
    length = int(period.total_seconds())
    if length <= 0 or timedelta(seconds=length) != period:
        raise Mistake("a period is a whole number of seconds, such as 7 days")
    rows = events.rows.filter(events.rows.seconds >= 0)
    active = rows.select("subject", start=rows.seconds - rows.seconds % length).distinct()
    first = active.group_by("subject").agg(cohort=active.start.min())
    both = active.join(first, "subject")
    after = ((both.start - both.cohort) / length).cast("int64")
    return both.group_by("cohort", after=after).agg(subjects=both.count())


def co_occurrence(
    events: PermittedEvents, *, name: str = "Order Completed", least_subjects: int = 1
) -> Table:
    """
    Return which items the same subjects had in events called *name*, and how many subjects.

    Columns: item, other, subjects; every pair stands there in both orders, since engines do not
    agree on the order of texts.  Pairs of fewer than *least_subjects* are left out.
    """
    rows = events.rows.filter(events.rows.name == name)
    had = rows.select("subject", item=rows["items"].unnest()).distinct()
    others = had.view().rename(other="item")
    pairs = had.join(others, "subject").filter(ibis._["item"] != ibis._["other"])
    counted = pairs.group_by("item", "other").agg(subjects=pairs.subject.nunique())
    return counted.filter(counted.subjects >= least_subjects)


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """Whoever did *name* at least so many times, perhaps with *item*, perhaps not long ago."""

    name: str
    at_least: int = 1
    item: str | None = None
    within: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Whoever spent at least so many minor units of *currency*, perhaps not long ago."""

    at_least: int
    currency: str
    name: str = "Order Completed"
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Every:
    """Whoever each of *rules* holds for."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """Whoever one of *rules* holds for."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Except:
    """Whoever *rule* does not hold for, of those the permit covers."""

    rule: Rule


Rule = Did | Spent | Every | Some | Except


def segment(events: PermittedEvents, rule: Rule, *, at: datetime) -> Table:
    """
    Return the subjects for whom *rule* holds at *at*, of those the permit covers.

    Raises:
        Mistake: a rule joins no rules, or asks for less than one.
    """
    if isinstance(rule, Did | Spent):
        return _holding(events, rule, _seconds(at))
    if isinstance(rule, Except):
        return events.members.difference(segment(events, rule.rule, at=at), distinct=True)
    if not rule.rules:
        raise Mistake("a rule that joins rules needs at least one")
    join: Callable[[Table, Table], Table] = _both if isinstance(rule, Every) else _either
    return reduce(join, [segment(events, one, at=at) for one in rule.rules])


def _holding(events: PermittedEvents, rule: Did | Spent, now: int) -> Table:
    if rule.at_least < 1:
        raise Mistake("a rule asks for at least one: use Except for those who did not")
    rows = events.rows.filter(events.rows.name == rule.name, events.rows.seconds <= now)
    if rule.within is not None:
        rows = rows.filter(rows.seconds > now - int(rule.within.total_seconds()))
    if isinstance(rule, Spent):
        rows = rows.filter(rows.currency == rule.currency)
        found = rows.group_by("subject").agg(n=rows.value.fill_null(0).sum())
    else:
        if rule.item is not None:
            rows = rows.filter(rows["items"].contains(rule.item))
        found = rows.group_by("subject").agg(n=rows.count())
    return found.filter(found.n >= rule.at_least).select("subject")


def _both(left: Table, right: Table) -> Table:
    return left.intersect(right, distinct=True)


def _either(left: Table, right: Table) -> Table:
    return left.union(right, distinct=True)


def _allowed(rows: Table, column: str, purpose: str, plan: TrackingPlan) -> Table:
    """Return *column*, null in events where the plan hides what it is made of from *purpose*."""
    names = [
        event.name
        for event in plan.events.values()
        if all(
            purpose in event.properties[made_of].purposes
            for made_of in SPELT_OUT[column]
            if made_of in event.properties
        )
    ]
    return rows.name.isin(names).ifelse(rows[column], ibis.null(rows[column].type()))


def _fifth(found: Table, by: Table) -> Table:
    order = ibis.window(group_by="currency", order_by=[by.asc(), found.subject.asc()])
    return (ibis.ntile(SCORES).over(order) + 1).cast("int64")


def _step(reached: Table, number: int, name: str) -> Table:
    return reached.agg(subjects=reached.count()).select(
        step=ibis.literal(number, "int64"), name=ibis.literal(name, "string"), subjects="subjects"
    )


def _next_step(rows: Table, reached: Table, *, name: str, within: timedelta) -> Table:
    later = rows.filter(rows.name == name).select("subject", "seconds").join(reached, "subject")
    late = later.start + int(within.total_seconds())
    fitting = later.filter(later.seconds >= later.came, later.seconds <= late)
    return fitting.group_by("subject").agg(start=fitting.start.min(), came=fitting.seconds.min())


def _seconds(at: datetime) -> int:
    return int(at.timestamp())

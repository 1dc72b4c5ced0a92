"""Questions about many have one answer: on DuckDB, on PostgreSQL, and worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import analytics_worlds as by_hand
import ibis
import numpy as np
import pytest
from analytics_worlds import NAMES, NOW, OURS, PEOPLE, Seen, histories, rules
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tactful.adapters import analytics
from tactful.adapters.analytics import PermittedEvents, permitted
from tactful.gate import Audience, Permit
from tactful.terms import (
    Mistake,
    PermitMisuse,
    PlannedEvent,
    PlannedProperty,
    TrackingPlan,
)

# Ibis calls what DuckDB 2 has given another name.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")

PURPOSE = "measurement"
MEMBERS = [n for n in PEOPLE if n != 3]
WEEK = timedelta(days=7)
few = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def plan(*purposes: str) -> TrackingPlan:
    """Return a plan in which value and currency of orders are for *purposes*."""
    declared = {
        name: PlannedProperty(name=name, type="number", category="x", purposes=purposes)
        for name in ("value", "currency")
    }
    return TrackingPlan(
        events={
            name: PlannedEvent(name=name, purposes=(PURPOSE,), properties=declared)
            for name in NAMES
        },
        traits={},
    )


def permit(members: Sequence[int] = MEMBERS) -> Permit:
    """Return a permit for *members*, as a door would mint it."""
    return Permit(
        scope=Audience(members=np.array(members, dtype=np.int64), refused={}),
        activity="measure",
        purpose=PURPOSE,
        basis="consent",
        regime="asking",
        decided_at=NOW,
        expires_at=NOW + timedelta(minutes=5),
    )


class Engine:
    """One engine, where a history is put and asked."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def events(
        self, history: Sequence[Seen], *, plan_: TrackingPlan | None = None
    ) -> PermittedEvents:
        """Return what the permit covers of *history*."""
        rows = by_hand.as_arrow(history)
        put = self._into_duckdb if self._connection.name == "duckdb" else self._into_postgres
        put(rows)
        table = self._connection.table("events")
        return permitted(permit(), table, bit=OURS, plan=plan_ or plan(PURPOSE), at=NOW)

    def _into_duckdb(self, rows: Any) -> None:
        self._connection.con.register("rows", rows)
        self._connection.raw_sql("CREATE OR REPLACE TABLE events AS SELECT * FROM rows")

    def _into_postgres(self, rows: Any) -> None:
        places = ", ".join(["%s"] * rows.num_columns)
        with self._connection.con.transaction(), self._connection.con.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE IF NOT EXISTS events (subject bigint, seconds bigint, name text,"
                " purposes bigint, items text[], value bigint, currency text, quantity bigint)"
            )
            cursor.execute("DELETE FROM events")
            values = [tuple(row.values()) for row in rows.to_pylist()]
            cursor.executemany(f"INSERT INTO events VALUES ({places})", values)  # noqa: S608

    def answer(self, expression: Any) -> set[tuple[object, ...]]:
        """Return the rows of *expression*."""
        rows = self._connection.to_pyarrow(expression).to_pylist()
        found = {tuple(row.values()) for row in rows}
        assert len(found) == len(rows)
        return found


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Yield each engine that is here."""
    if request.param == "duckdb":
        connection = ibis.duckdb.connect(":memory:")
        connection.raw_sql("SET TimeZone = 'America/New_York'")
        yield Engine(connection)
        connection.disconnect()
        return
    if reason := by_hand.why_no_postgres():
        pytest.skip(reason)
    with by_hand.postgres() as home:
        connection = ibis.postgres.connect(user="postgres", host=str(home), database="postgres")
        yield Engine(connection)
        connection.disconnect()


def ours(history: Sequence[Seen]) -> list[Seen]:
    """Return what the permit covers, by hand."""
    return [e for e in history if e.subject in MEMBERS and e.purposes & OURS]


@few
@given(history=histories())
def test_rfm(engine: Engine, history: list[Seen]) -> None:
    """Recency, frequency, value and their fifths are the same everywhere, to the minor unit."""
    found = engine.answer(analytics.rfm(engine.events(history), at=NOW))
    assert found == by_hand.rfm(ours(history))


@few
@given(history=histories(), steps=st.permutations(NAMES), days=st.integers(0, 20))
def test_funnel(engine: Engine, history: list[Seen], steps: list[str], days: int) -> None:
    """As many came to each step, in order and in time."""
    within = timedelta(days=days)
    found = engine.answer(analytics.funnel(engine.events(history), steps, within=within))
    assert found == by_hand.funnel(ours(history), steps, within)


def test_a_funnel_goes_forward(engine: Engine) -> None:
    """A later step counts only from the step before on, and only in time."""
    hours = {"Product Viewed": (9,), "Product Added": (10, 6), "Order Completed": (8, 1)}
    history = [
        Seen(
            subject=1,
            at=NOW - timedelta(hours=hour),
            name=name,
            items=(),
            value=None,
            currency=None,
            purposes=OURS,
        )
        for name, ago in hours.items()
        for hour in ago
    ]
    for within, last in ((8, 1), (7, 0), (2, 0)):
        limit = timedelta(hours=within)
        found = engine.answer(analytics.funnel(engine.events(history), NAMES, within=limit))
        assert found == by_hand.funnel(history, NAMES, limit)
        assert (3, "Order Completed", last) in found


@few
@given(history=histories(), days=st.sampled_from([1, 7, 30]))
def test_cohorts(engine: Engine, history: list[Seen], days: int) -> None:
    """As many came again, by the period they first came in."""
    period = timedelta(days=days)
    found = engine.answer(analytics.cohort_retention(engine.events(history), period=period))
    assert found == by_hand.cohorts(ours(history), period)


@few
@given(history=histories(), least=st.integers(1, 3))
def test_co_occurrence(engine: Engine, history: list[Seen], least: int) -> None:
    """The same pairs of items, with as many subjects behind them."""
    name = "Order Completed"
    asked = analytics.co_occurrence(engine.events(history), name=name, least_subjects=least)
    assert engine.answer(asked) == by_hand.co_occurrence(ours(history), name, least)


@few
@given(history=histories(), rule=rules())
def test_segment(engine: Engine, history: list[Seen], rule: analytics.Rule) -> None:
    """A rule holds for the same subjects, and for none that the permit does not cover."""
    found = engine.answer(analytics.segment(engine.events(history), rule, at=NOW))
    assert {one[0] for one in found} == by_hand.segment(ours(history), rule, MEMBERS)


def test_what_the_purpose_may_not_see(engine: Engine) -> None:
    """A property that the plan keeps from the purpose is not counted, as if it were not there."""
    one = Seen(
        subject=1,
        at=NOW - WEEK,
        name="Order Completed",
        items=(),
        value=1250,
        currency="EUR",
        purposes=OURS,
    )
    hidden = engine.events([one], plan_=plan("advertising"))
    assert engine.answer(analytics.rfm(hidden, at=NOW)) == {(1, "", 7, 1, 0, 1, 1, 1)}


def test_permits(engine: Engine) -> None:
    """A permit for one subject, or one that has run out, opens nothing."""
    table = engine.events([]).rows
    with pytest.raises(PermitMisuse, match="expired"):
        permitted(permit(), table, bit=OURS, plan=plan(), at=NOW + timedelta(hours=1))


def test_bad_questions(engine: Engine) -> None:
    """A question that has no answer is refused, and says what to ask instead."""
    events = engine.events([])
    with pytest.raises(Mistake, match="differ"):
        analytics.funnel(events, ["a", "a"], within=WEEK)
    with pytest.raises(Mistake, match="whole number of seconds"):
        analytics.cohort_retention(events, period=timedelta(milliseconds=1500))
    with pytest.raises(Mistake, match="needs at least one"):
        analytics.segment(events, analytics.Every(()), at=NOW)
    with pytest.raises(Mistake, match="at least one"):
        analytics.segment(events, analytics.Did(name="x", at_least=0), at=NOW)

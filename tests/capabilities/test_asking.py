"""Whom the shop may ask for a yes, and from when on after a no."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.capabilities.consent.asking import after, ask_from, may_ask
from tactful.gate import Refusal
from tactful.terms import Deadline, Regime, Statement, StatementKind

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WAITS = Regime(
    id="waits",
    law="wait a year",
    regions=("US-CA",),
    rules={},
    deadlines={"ask_again": Deadline(name="ask_again", period="P12M", citation="none")},
)
SILENT = Regime(id="silent", law="says nothing", regions=("DE",), rules={})
NOES = [StatementKind.DENY, StatementKind.WITHDRAW, StatementKind.OBJECT]


def refusal(rule: str) -> Refusal:
    """Return a refusal by *rule*."""
    return Refusal(activity="a", rule=rule, reason="r", decided_at=NOW)


def said(kind: StatementKind) -> Statement:
    """Return what was said now."""
    return Statement(purpose="advertising", kind=kind, at=NOW)


@pytest.mark.parametrize("kind", NOES)
def test_a_no_is_left_alone_for_a_year_where_the_law_says_so(kind: StatementKind) -> None:
    """Not asked again for 12 months after an opt-out (Civ. Code 1798.135(c)(4))."""
    year_later = datetime(2027, 3, 1, 12, tzinfo=UTC)

    assert ask_from(said(kind), WAITS) == year_later
    assert not may_ask(
        said(kind), WAITS, refusal("no_denial"), year_later - timedelta(microseconds=1)
    )
    assert may_ask(said(kind), WAITS, refusal("no_denial"), year_later)


@pytest.mark.parametrize("kind", NOES)
def test_where_no_time_is_named_a_no_is_not_asked_about_again(kind: StatementKind) -> None:
    """They can always change their mind; the shop does not press them."""
    assert ask_from(said(kind), SILENT) is None
    assert not may_ask(said(kind), SILENT, refusal("no_denial"), NOW + timedelta(days=36500))


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        ("consent_when_needed", True),
        ("implied_when_needed", True),
        ("not_forbidden", False),
        ("not_closed_to_minors", False),
        ("not_restricted", False),
        ("no_binding_signal", False),
    ],
)
def test_a_yes_is_asked_for_only_where_it_would_count(rule: str, *, asked: bool) -> None:
    """What no consent opens is not asked about."""
    assert may_ask(None, WAITS, refusal(rule), NOW) is asked
    assert may_ask(said(StatementKind.GRANT), WAITS, refusal(rule), NOW) is asked


def test_who_need_not_be_asked_is_not() -> None:
    """What is on already needs no banner."""
    assert not may_ask(None, SILENT, None, NOW)


@pytest.mark.parametrize(
    ("begun", "period", "ends"),
    [
        ("2026-01-31", "P1M", "2026-02-28"),
        ("2028-01-31", "P1M", "2028-02-29"),
        ("2028-02-29", "P1Y", "2029-02-28"),
        ("2026-12-15", "P12M", "2027-12-15"),
        ("2026-12-15", "P1M", "2027-01-15"),
        ("2026-02-27", "P2D", "2026-03-01"),
    ],
)
def test_periods_end_on_the_same_day_or_the_last_of_the_month(
    begun: str, period: str, ends: str
) -> None:
    """Reg. 1182/71 Art. 3(2)(c)."""
    assert after(datetime.fromisoformat(begun), period) == datetime.fromisoformat(ends)


@given(st.datetimes(max_value=datetime(8000, 1, 1)), st.integers(1, 40), st.integers(1, 40))  # noqa: DTZ001
def test_a_longer_period_never_ends_earlier(begun: datetime, short: int, more: int) -> None:
    """Months are of different lengths, but more of them are longer."""
    assert begun < after(begun, f"P{short}M") < after(begun, f"P{short + more}M")


@pytest.mark.parametrize("period", ["P15BD", "PT72H", "P1W", "soon", ""])
def test_an_unknown_unit_is_no_period(period: str) -> None:
    """Nothing is guessed: business days need a calendar."""
    with pytest.raises(ValueError, match="no period"):
        after(NOW, period)

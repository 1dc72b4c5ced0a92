"""When a request is due: months as Reg. 1182/71 counts them, working days, pauses, more time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from request_worlds import CALIFORNIA, COLORADO, EU, GERMANY, WEEKENDS, at, regime, request, then

from tactful.capabilities.rights import (
    Almanac,
    clock_of,
    is_place,
    record_kept_until,
    require_more_time,
    require_pause,
)
from tactful.capabilities.rights.clocks import ends
from tactful.terms import Mistake, RequestKind, StepKind

DAYS = st.dates(date(2020, 1, 1), date(2032, 12, 31))
PLACES = st.sampled_from(["", "DE", "FR", "US", "GB-ENG"])


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2023, 1, 31), date(2023, 2, 28)),
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2026, 1, 31), date(2026, 3, 2)),  # 28 February 2026 is a Saturday
        (date(2026, 3, 2), date(2026, 4, 2)),
        (date(2026, 3, 3), date(2026, 4, 7)),  # Good Friday, the weekend, Easter Monday
        (date(2025, 11, 25), date(2025, 12, 29)),  # Christmas, its second day, a weekend
        (date(2026, 11, 30), date(2026, 12, 30)),
    ],
)
def test_a_month_ends_as_the_regulation_says(received: date, due: date) -> None:
    """Source: Regulation 1182/71, Art. 3(2)(c) and 3(4), with the holidays of Germany."""
    assert clock_of(request(received), EU, GERMANY, at(received)).due == due


def test_an_acknowledgement_in_california_takes_ten_business_days() -> None:
    """11 CCR 7021(a): from 22 December 2025, past Christmas and New Year, to 7 January 2026."""
    america = Almanac(place="US-CA")
    clock = clock_of(request(date(2025, 12, 22)), CALIFORNIA, america, at(date(2025, 12, 23)))
    assert clock.acknowledge_by == date(2026, 1, 7)
    assert clock.due == date(2026, 2, 5)
    opted = request(date(2026, 3, 2), RequestKind.OPT_OUT_SALE)
    assert clock_of(opted, CALIFORNIA, WEEKENDS, at(date(2026, 3, 2))).due == date(2026, 3, 23)


@given(DAYS, st.integers(1, 24))
def test_a_period_of_months_ends_on_the_same_day_or_the_last(start: date, months: int) -> None:
    """Never on a later day of the month, and that many months on."""
    end = ends(start, f"P{months}M", almanac=WEEKENDS)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day == start.day or (end + timedelta(days=1)).day == 1
    assert end.day <= start.day


@given(DAYS, st.sampled_from(["P1M", "P45D", "P10BD", "P3M"]), PLACES)
def test_a_moved_deadline_is_a_working_day_and_never_early(
    start: date, period: str, place: str
) -> None:
    """It moves forward only, past days off only."""
    almanac = Almanac(place=place)
    plain = ends(start, period, almanac=almanac)
    moved = ends(start, period, almanac=almanac, moves=True)
    assert moved >= plain
    assert almanac.works(moved)
    between = (plain + timedelta(days=n) for n in range((moved - plain).days))
    assert not any(almanac.works(day) for day in between)


@given(DAYS, st.integers(1, 30), PLACES)
def test_business_days_are_counted_one_by_one(start: date, count: int, place: str) -> None:
    """Just so many working days lie after the start, the last included."""
    almanac = Almanac(place=place)
    end = ends(start, f"P{count}BD", almanac=almanac)
    after = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    assert sum(almanac.works(day) for day in after) == count
    assert almanac.works(end)


@given(DAYS, DAYS)
def test_a_later_request_is_never_due_earlier(one: date, other: date) -> None:
    """The order of arrival is the order of deadlines under one law."""
    first, second = sorted((one, other))
    clocks = [clock_of(request(day), EU, GERMANY, at(day)) for day in (first, second)]
    assert clocks[0].due <= clocks[1].due


@given(DAYS, st.integers(0, 20), st.integers(0, 40))
def test_a_pause_puts_the_deadline_off_by_its_days(start: date, wait: int, length: int) -> None:
    """No more and no less, under a law that moves nothing."""
    law = regime(answer="P45D", pauses=("identity",))
    stop = start + timedelta(days=wait)
    go = stop + timedelta(days=length)
    paused = then(request(start), StepKind.PAUSED, stop, "identity")
    while_paused = clock_of(paused, law, WEEKENDS, at(go))
    assert while_paused.paused
    assert not while_paused.overdue
    resumed = then(paused, StepKind.RESUMED, go)
    clock = clock_of(resumed, law, WEEKENDS, at(go))
    assert clock.due == start + timedelta(days=45 + length) == while_paused.due


@given(DAYS, st.integers(0, 200))
def test_more_time_is_three_months_in_all_and_told_in_the_first(start: date, wait: int) -> None:
    """Art. 12(3): two further months, of which the subject hears within one month of receipt."""
    told = request(start)
    day = start + timedelta(days=wait)
    if day > clock_of(told, EU, GERMANY, at(start)).due:
        with pytest.raises(Mistake, match="too late"):
            require_more_time(told, EU, GERMANY, at(day))
        return
    require_more_time(told, EU, GERMANY, at(day))
    more = then(told, StepKind.EXTENDED, day)
    due = ends(start, "P3M", almanac=GERMANY, moves=True)
    assert clock_of(more, EU, GERMANY, at(day)).due == due
    with pytest.raises(Mistake, match="once"):
        require_more_time(more, EU, GERMANY, at(day))


def test_a_law_without_pauses_has_none() -> None:
    """California's clock runs while identity is checked (11 CCR 7021(b))."""
    with pytest.raises(Mistake, match="does not let"):
        require_pause(request(date(2026, 3, 2)), CALIFORNIA, "identity")
    with pytest.raises(Mistake, match="waits for"):
        require_pause(request(date(2026, 3, 2)), EU, "holidays")


def test_an_appeal_has_a_clock_of_its_own() -> None:
    """Colorado: 45 days from the appeal, and 60 more if told in time."""
    told = then(request(date(2026, 1, 5)), StepKind.REFUSED, date(2026, 1, 20), "excessive")
    assert not clock_of(told, COLORADO, WEEKENDS, at(date(2026, 12, 1))).overdue
    appealed = then(told, StepKind.APPEALED, date(2026, 2, 2))
    assert clock_of(appealed, COLORADO, WEEKENDS, at(date(2026, 2, 3))).due == date(2026, 3, 19)
    more = then(appealed, StepKind.EXTENDED, date(2026, 2, 10))
    assert clock_of(more, COLORADO, WEEKENDS, at(date(2026, 2, 3))).due == date(2026, 5, 18)


def test_a_clock_changes_its_colour_with_time() -> None:
    """Calm, soon, late, and over once there is an answer."""
    told = request(date(2026, 3, 2))
    days = (date(2026, 3, 3), date(2026, 3, 30), date(2026, 4, 2), date(2026, 4, 3))
    colours = [clock_of(told, EU, WEEKENDS, at(day)).colour for day in days]
    assert colours == ["calm", "soon", "soon", "late"]
    refused = then(told, StepKind.REFUSED, date(2026, 3, 20), "excessive")
    assert clock_of(refused, EU, WEEKENDS, at(date(2026, 5, 1))).colour == "over"


def test_without_a_law_an_answer_is_owed_in_a_month() -> None:
    """A regime that is gone from the policy, or sets no time, gives nobody more of it."""
    for law in (None, regime()):
        clock = clock_of(request(date(2026, 1, 31)), law, GERMANY, at(date(2026, 1, 31)))
        assert clock.due == date(2026, 2, 28)


def test_the_day_of_receipt_is_that_of_the_shop() -> None:
    """Half past eleven in the evening in California is the next day in UTC."""
    late = datetime(2026, 2, 1, 7, 30, tzinfo=UTC)
    here = Almanac(zone=ZoneInfo("America/Los_Angeles"))
    assert (here.day(late), WEEKENDS.day(late)) == (date(2026, 1, 31), date(2026, 2, 1))


def test_records_are_kept_as_long_as_a_law_says() -> None:
    """California: 24 months after the answer (11 CCR 7101); three years where no law says it."""
    done = then(request(date(2026, 3, 2)), StepKind.REFUSED, date(2026, 3, 20), "excessive")
    law = regime(records="P24M")
    assert record_kept_until(done, law, WEEKENDS) == date(2028, 3, 20)
    assert record_kept_until(done, None, WEEKENDS) == date(2029, 3, 20)


def test_only_places_with_known_holidays_are_places() -> None:
    """A misspelt place would silently make every holiday a working day."""
    assert all(map(is_place, ("DE", "DE-BY", "US-CA", "FR")))
    assert not any(map(is_place, ("XX", "DE-XX", "Germany")))

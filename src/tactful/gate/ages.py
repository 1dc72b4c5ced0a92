"""
What the age of a subject asks for, and until when.

Growing up only ever relaxes: for each purpose three moments say until when it is closed, until when
a parent must agree, and until when the subject must.  All of it follows from a birth date.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from tactful.terms import AgeRule, Minor, Policy, Regime

Young = tuple[int, int, int]
"""Until when own consent, parental consent, and closing hold for a purpose: seconds since 1970."""

_LEVELS = (Minor.OWN_CONSENT, Minor.PARENTAL_CONSENT, Minor.CLOSED)

_EVERYWHERE = timedelta(hours=12)
"""A day has begun in every time zone once it is noon of it in UTC (UTC-12 is the last)."""


def thresholds(
    born: date, regime: Regime, *, region: str | None, purposes: Sequence[str]
) -> tuple[Young, ...]:
    """Return, for each of *purposes*, until when *regime* asks what of somebody *born* then."""
    return tuple(_of_purpose(born, regime.ages, region, purpose) for purpose in purposes)


def asked_of(young: Young, at: datetime) -> Minor:
    """Return the most that is asked at *at*."""
    now = at.timestamp()
    still = (level for level, until in zip(_LEVELS, young, strict=True) if now < until)
    return max(still, default=Minor.NO)


def is_minor(born: date, policy: Policy, at: datetime) -> bool:
    """Tell whether any rule of any regime asks something for the age of who was *born* then."""
    ages = [rule.limit(None) for regime in policy.regimes for rule in regime.ages]
    return bool(ages) and at < birthday(born, max(ages))


def birthday(born: date, age: int) -> datetime:
    """
    Return when somebody *born* then is *age* years old wherever they may be.

    Who was born on 29 February comes of age on 1 March of a common year: the later of the two days
    that laws name.
    """
    year = born.year + age
    leaps = born.month == 2 and born.day == 29 and not calendar.isleap(year)  # noqa: PLR2004
    day = date(year, 3, 1) if leaps else born.replace(year=year)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + _EVERYWHERE


def _of_purpose(born: date, rules: Sequence[AgeRule], region: str | None, purpose: str) -> Young:
    mine = [rule for rule in rules if rule.purpose == purpose]
    own, parental, closed = (_until(born, mine, region, level) for level in _LEVELS)
    return own, parental, closed


def _until(born: date, rules: Sequence[AgeRule], region: str | None, level: Minor) -> int:
    """Return until when at least *level* is asked; 0 where it never is."""
    ages = [rule.limit(region) for rule in rules if rule.needs >= level]
    return int(birthday(born, max(ages)).timestamp()) if ages else 0

"""
Say what one person can be under two policies at once.

One may see a consent in a dealing, a minor in an age, or nothing in the yes of a minor, where the
other does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from tactful.terms import Minor, Regime, Said


class Person(NamedTuple):
    """What the two policies see in one person, besides what both see alike."""

    said: Said
    becomes: Said
    minor: Minor
    minor_becomes: Minor


def people_under(
    purpose: str, old: Regime, new: Regime, regions: Sequence[str]
) -> frozenset[Person]:
    """Return what anybody can be under both: of a word or an age they may make different things."""
    dealings = _dealing_counts(old, purpose), _dealing_counts(new, purpose)
    places = regions or (None,)
    ages = {age for region in places for age in _ages(purpose, old, new, region)}
    return frozenset(
        Person(*word, *age)
        for age in ages
        for word in (*_words(*dealings), *_of_minors(*age, dealings[0]))
    )


def _of_minors(
    old: Minor,
    new: Minor,
    implied: bool,  # noqa: FBT001 - whether dealings count under the old
) -> tuple[tuple[Said, Said], ...]:
    """Return what becomes of a yes that a minor gave alone, which is void where more is asked."""
    if max(old, new) < Minor.PARENTAL_CONSENT or old is new:
        return ()
    if new > old:
        return ((Said.GRANTED, Said.NOTHING),)
    seen = (Said.NOTHING, Said.IMPLIED) if implied else (Said.NOTHING,)
    return tuple((said, Said.GRANTED) for said in seen)


def _dealing_counts(regime: Regime, purpose: str) -> bool:
    return purpose in regime.rules and regime.rules[purpose].mode.by_dealing


@cache
def _words(old: bool, new: bool) -> tuple[tuple[Said, Said], ...]:  # noqa: FBT001 - both alike
    """Return what each policy makes of every word, and of a dealing without a word."""
    seen = (Said.NOTHING, Said.IMPLIED)
    return (*((said, said) for said in Said if said is not Said.IMPLIED), (seen[old], seen[new]))


def _ages(purpose: str, old: Regime, new: Regime, region: str | None) -> set[tuple[Minor, Minor]]:
    """Return what the two ask for at each age at which either asks for something else."""
    limits = {r.limit(region) for regime in (old, new) for r in regime.ages}
    return {
        (_asked(old, purpose, region, age), _asked(new, purpose, region, age))
        for age in (0, *limits)
    }


def _asked(regime: Regime, purpose: str, region: str | None, age: int) -> Minor:
    mine = (rule for rule in regime.ages if rule.purpose == purpose)
    return max((rule.needs for rule in mine if age < rule.limit(region)), default=Minor.NO)

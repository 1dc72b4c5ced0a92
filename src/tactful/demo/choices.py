"""
Simulated choices: who grants, refuses, objects or stays silent, in which region.

**The shares below are assumed, not measured.**  They are round numbers of a plausible size, so
that the demonstration has subjects of every kind; no figure about real people may be drawn from
them.  To try others, edit `HABITS`, or pass a table of your own to `simulate_choices`.

    region            habit                        share
    EU and elsewhere  accepts all                   35 %
                      this visit only               15 %
                      this visit and broad groups   10 %
                      rejects all                   28 %
                      rejects and objects            2 %
                      browser sends GPC, silent      2 %
                      never answers                  8 %
    GB                accepts all                   38 %
                      this visit only               14 %
                      this visit and broad groups   10 %
                      rejects all                   24 %
                      rejects and objects            2 %
                      browser sends GPC, silent      2 %
                      never answers                 10 %
    US, US-CA         never answers                 70 %
                      browser sends GPC, silent     12 %
                      opts out of sale and sharing  10 %
                      rejects all                    3 %
                      accepts all                    5 %

An unknown region answers like the EU: the strictest banner is what it is shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Word = Literal["grant", "deny", "object"]

OPTIONAL_PURPOSES = (
    "session_personalization",
    "segment_personalization",
    "individual_personalization",
    "model_training",
    "measurement",
    "email_marketing",
    "email_measurement",
    "advertising",
    "partner_matching",
)
"""The purposes of the default policy pack that a subject can say something about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What one simulated person said about each purpose; empty if they never answered."""

    shopper: str
    region: str
    statements: Mapping[str, Word]
    gpc: bool
    made_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """One way to answer the banner, and the share of a region that answers so."""

    name: str
    share: float
    statements: Mapping[str, Word] = field(default_factory=dict)
    gpc: bool = False


def _only(*granted: str) -> dict[str, Word]:
    return {purpose: "grant" if purpose in granted else "deny" for purpose in OPTIONAL_PURPOSES}


_ACCEPTS_ALL = _only(*OPTIONAL_PURPOSES)
_REJECTS_ALL = _only()
_THIS_VISIT = _only("session_personalization")
_BROAD_GROUPS = _only("session_personalization", "segment_personalization", "measurement")
_OBJECTS: dict[str, Word] = {
    **_REJECTS_ALL,
    "email_marketing": "object",
    "advertising": "object",
}
_OPTS_OUT_OF_SALE: dict[str, Word] = {"advertising": "deny", "partner_matching": "deny"}

_EU = (
    Habit(name="accepts all", share=0.35, statements=_ACCEPTS_ALL),
    Habit(name="this visit only", share=0.15, statements=_THIS_VISIT),
    Habit(name="this visit and broad groups", share=0.10, statements=_BROAD_GROUPS),
    Habit(name="rejects all", share=0.28, statements=_REJECTS_ALL),
    Habit(name="rejects and objects", share=0.02, statements=_OBJECTS),
    Habit(name="browser sends GPC, silent", share=0.02, gpc=True),
    Habit(name="never answers", share=0.08),
)
_GB = (
    Habit(name="accepts all", share=0.38, statements=_ACCEPTS_ALL),
    Habit(name="this visit only", share=0.14, statements=_THIS_VISIT),
    Habit(name="this visit and broad groups", share=0.10, statements=_BROAD_GROUPS),
    Habit(name="rejects all", share=0.24, statements=_REJECTS_ALL),
    Habit(name="rejects and objects", share=0.02, statements=_OBJECTS),
    Habit(name="browser sends GPC, silent", share=0.02, gpc=True),
    Habit(name="never answers", share=0.10),
)
_US = (
    Habit(name="never answers", share=0.70),
    Habit(name="browser sends GPC, silent", share=0.12, gpc=True),
    Habit(name="opts out of sale and sharing", share=0.10, statements=_OPTS_OUT_OF_SALE),
    Habit(name="rejects all", share=0.03, statements=_REJECTS_ALL),
    Habit(name="accepts all", share=0.05, statements=_ACCEPTS_ALL),
)

ELSEWHERE = ""
"""The key of the table for regions without one of their own."""

HABITS: Mapping[str, tuple[Habit, ...]] = {ELSEWHERE: _EU, "GB": _GB, "US": _US}
"""The table above, by country code.  Assumed, not measured."""


def simulate_choices(
    people: Iterable[tuple[str, str]],
    *,
    seed: int,
    at: datetime,
    habits: Mapping[str, tuple[Habit, ...]] = HABITS,
) -> Iterator[Choice]:
    """
    Yield a choice for each of *people* in order, drawn from *habits*: assumed, not measured.

    A person's choice hangs on their id, the seed and their region only, so that it stays the
    same whoever else is in the population.

    Args:
        people: Pairs of id and region code (ISO 3166; empty if unknown).
        seed: Another seed deals the habits out anew.
        at: When the choices were made.
        habits: Shares by country code; `ELSEWHERE` for the rest.
    """
    for person, region in people:
        habit = _drawn(_of_region(habits, region), _fate(seed, person))
        yield Choice(
            shopper=person,
            region=region,
            statements=habit.statements,
            gpc=habit.gpc,
            made_at=at,
        )


def _of_region(habits: Mapping[str, tuple[Habit, ...]], region: str) -> tuple[Habit, ...]:
    country = region.partition("-")[0]
    return habits.get(region) or habits.get(country) or habits[ELSEWHERE]


def _drawn(habits: tuple[Habit, ...], fate: float) -> Habit:
    """Return the habit whose share covers *fate*, a number from 0 to 1."""
    for habit in habits[:-1]:
        fate -= habit.share
        if fate < 0:
            return habit
    return habits[-1]


def _fate(seed: int, person: str) -> float:
    digest = hashlib.blake2b(f"{seed}:{person}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64

"""
Enumerate the verdict for every code once, from the rules themselves.

One definition of the rules serves the single look-up and the audience of a million: both read the
table made here, and a property test holds it equal to `decide`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from tactful.gate.decide import RULES, Case, Footing, basis_of, footing_of, judge
from tactful.gate.facts import CODES_OF_A_REGIME, RUN_OUT, decode, encode
from tactful.terms import Activity, Policy, Regime, RegimeRule, Said

PERMITTED = 0
GAP = len(RULES) + 1
RULE_NAMES = (*(rule.__name__ for rule in RULES), "gap")
"""Verdict v > 0 was spoken by `RULE_NAMES[v - 1]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer for one code.  `number` is PERMITTED, the place of a rule from 1, or GAP."""

    number: int
    reason: str = ""
    basis: str = ""
    regime: str = ""

    @property
    def rule(self) -> str:
        """Return the rule that refused."""
        return RULE_NAMES[self.number - 1]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VerdictTable:
    """
    All verdicts on one activity.

    `entries` are by code; `numbers` and `numbers_expired` are the same as arrays, shape
    (codes,), the latter for consents that have run out.
    """

    activity: Activity
    purpose: int
    entries: tuple[Verdict, ...]
    numbers: NDArray[np.uint8]
    numbers_expired: NDArray[np.uint8]


def verdict_table(activity: Activity, policy: Policy) -> VerdictTable:
    """Ask the rules about *activity* in every case there can be."""
    entries = tuple(chain.from_iterable(_under(activity, regime) for regime in policy.regimes))
    numbers = np.array([entry.number for entry in entries], dtype=np.uint8)
    return VerdictTable(
        activity=activity,
        purpose=policy.purpose_order.index(activity.purpose),
        entries=entries,
        numbers=numbers,
        numbers_expired=numbers[_run_out(len(entries))],
    )


def verdict_tables(policy: Policy) -> Mapping[str, VerdictTable]:
    """Return the table of every activity in the register."""
    return {name: verdict_table(entry, policy) for name, entry in policy.activities.items()}


def _under(activity: Activity, regime: Regime) -> tuple[Verdict, ...]:
    """Return the verdict for each code of one regime."""
    footing = footing_of(activity, regime)
    if footing is None:
        return (Verdict(number=GAP, regime=regime.id),) * CODES_OF_A_REGIME
    law = regime.rules[activity.purpose]
    spoken = _spoken_on(footing)
    verdicts = {one: _verdict(*one, law=law, regime=regime.id) for one in spoken}
    return tuple(verdicts[one] for one in spoken)


@cache
def _spoken_on(footing: Footing) -> tuple[tuple[tuple[str, str] | None, Said], ...]:
    """
    Return what the rules say in every case on *footing*, and what was said there.

    Regimes and purposes share few footings, so this is asked of the rules a few times only.
    """
    facts = [decode(code) for code in range(CODES_OF_A_REGIME)]
    return tuple((judge(Case(footing=footing, facts=seen)), seen.said) for seen in facts)


def _verdict(
    refused: tuple[str, str] | None, said: Said, *, law: RegimeRule, regime: str
) -> Verdict:
    if refused is None:
        return Verdict(number=PERMITTED, basis=basis_of(law, said), regime=regime)
    rule, reason = refused
    return Verdict(number=RULE_NAMES.index(rule) + 1, reason=reason, regime=regime)


@cache
def _run_out(codes: int) -> NDArray[np.intp]:
    """Return, for each of so many codes, the one that it turns into when its consent runs out."""
    return np.array([_expired(code) for code in range(codes)], dtype=np.intp)


def _expired(code: int) -> int:
    facts = decode(code)
    return encode(replace(facts, said=RUN_OUT.get(facts.said, facts.said)))

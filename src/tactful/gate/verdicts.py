"""
Enumerate the verdict for every code once, from the rules themselves.

One definition of the rules serves the single look-up and the audience of a million: both read the
table made here, and a property test holds it equal to `decide`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tactful.gate.decide import RULES, case_of, judge
from tactful.gate.facts import code_count, decode, encode
from tactful.terms import Activity, Policy, Said

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
    (codes,), the latter for grants that have run out.
    """

    activity: Activity
    purpose: int
    entries: tuple[Verdict, ...]
    numbers: NDArray[np.uint8]
    numbers_expired: NDArray[np.uint8]


def verdict_table(activity: Activity, policy: Policy) -> VerdictTable:
    """Ask the rules about *activity* in every case there can be."""
    entries = tuple(_verdict(activity, policy, code) for code in range(code_count(policy)))
    numbers = np.array([entry.number for entry in entries], dtype=np.uint8)
    expired = np.array([_expired(code) for code in range(len(entries))])
    return VerdictTable(
        activity=activity,
        purpose=policy.purpose_order.index(activity.purpose),
        entries=entries,
        numbers=numbers,
        numbers_expired=numbers[expired],
    )


def verdict_tables(policy: Policy) -> Mapping[str, VerdictTable]:
    """Return the table of every activity in the register."""
    return {name: verdict_table(entry, policy) for name, entry in policy.activities.items()}


def _verdict(activity: Activity, policy: Policy, code: int) -> Verdict:
    number, said, signal, restricted = decode(code)
    regime = policy.regimes[number]
    case = case_of(activity, regime, said=said, signal=signal, restricted=restricted)
    if case is None:
        return Verdict(number=GAP, regime=regime.id)
    if refused := judge(case):
        return Verdict(number=RULE_NAMES.index(refused[0]) + 1, reason=refused[1], regime=regime.id)
    return Verdict(number=PERMITTED, basis=case.law.basis.value, regime=regime.id)


def _expired(code: int) -> int:
    """Return the code that *code* turns into when its grant runs out."""
    regime, said, signal, restricted = decode(code)
    if said is not Said.GRANTED:
        return code
    return encode(regime=regime, said=Said.EXPIRED, signal=signal, restricted=restricted)

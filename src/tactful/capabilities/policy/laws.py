"""Tell the laws that somebody wrote from those that follow from them, and read what they say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tactful.terms import STRICTEST, AgeRule, Policy, Regime


def follows(regime: Regime) -> bool:
    """Tell whether *regime* is made of others: the strictest of all, or of a country's states."""
    return regime.id == STRICTEST or regime.country_alone


def written(policy: Policy) -> tuple[Regime, ...]:
    """Return the regimes that somebody wrote, and can therefore mend."""
    return tuple(regime for regime in policy.regimes if not follows(regime))


def ages_together(rules: Iterable[AgeRule]) -> list[tuple[AgeRule, list[str]]]:
    """Return each of *rules* once, with all the purposes that it is written for."""
    together: list[tuple[AgeRule, list[str]]] = []
    for rule in rules:
        alike = (purposes for r, purposes in together if replace(rule, purpose=r.purpose) == r)
        if (purposes := next(alike, None)) is None:
            together.append((rule, [rule.purpose]))
        else:
            purposes.append(rule.purpose)
    return together

"""Where no region is known the strictest answer of every regime holds: unknown means no."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from tactful.terms import (
    STRICTEST,
    AgeRule,
    Minor,
    Mode,
    Regime,
    RegimeRule,
    RelationshipKind,
    SignalRule,
)


def strictest_of(
    regimes: Sequence[Regime], *, id_: str = STRICTEST, regions: tuple[str, ...] = ()
) -> Regime:
    """
    Return a regime that permits only what all of *regimes* permit.

    Per purpose the strictest mode and the shortest life of a consent; a purpose on which one of
    them is silent is left out, which makes it a gap.  Of ages, every rule with its highest age.

    Args:
        regimes: At least one.
        id_: What the result is called.
        regions: Countries of whose states *regimes* are the laws; empty for the law of nowhere.
    """
    common = set.intersection(*(set(regime.rules) for regime in regimes))
    ordered = [purpose for purpose in regimes[0].rules if purpose in common]
    return Regime(
        id=id_,
        law="the strictest of: " + ", ".join(regime.id for regime in regimes),
        regions=regions,
        rules={purpose: _strictest([r.rules[purpose] for r in regimes]) for purpose in ordered},
        gpc=SignalRule(
            binding=frozenset().union(*(r.gpc.binding for r in regimes)),
            honoured=frozenset().union(*(r.gpc.honoured for r in regimes)),
            citation="; ".join(r.gpc.citation for r in regimes if r.gpc.citation),
        ),
        ages=_ages(rule for regime in regimes for rule in regime.ages),
        country_alone=bool(regions),
    )


def shortest(lifetimes: Iterable[timedelta | None]) -> timedelta | None:
    """Return the shortest of *lifetimes*; None, the longest, where there are none."""
    return min(lifetimes, key=_length, default=None)


def _strictest(rules: Sequence[RegimeRule]) -> RegimeRule:
    """Return the strictest of *rules*; what implies a consent must imply it under all of them."""
    lifetime = shortest(rule.consent_lifetime for rule in rules)
    chosen = replace(max(rules, key=_severity), consent_lifetime=lifetime)
    if not chosen.mode.by_dealing:
        return chosen
    if any(rule.mode.by_dealing and rule.mode is not chosen.mode for rule in rules):
        return replace(chosen, mode=Mode.OPT_IN, implied_by={})
    same = [rule for rule in rules if rule.mode is chosen.mode]
    return replace(chosen, implied_by=_implied_by_all(same))


def _implied_by_all(rules: Sequence[RegimeRule]) -> dict[RelationshipKind, timedelta | None]:
    """Return the dealings that imply a consent under all of *rules*, for the shortest time."""
    return {
        kind: shortest(rule.implied_by[kind] for rule in rules)
        for kind in rules[0].implied_by
        if all(kind in rule.implied_by for rule in rules)
    }


def _ages(rules: Iterable[AgeRule]) -> tuple[AgeRule, ...]:
    """Return, of all rules that ask the same for a purpose, the one up to the highest age."""
    highest: dict[tuple[str, Minor], AgeRule] = {}
    for rule in map(_everywhere, rules):
        key = rule.purpose, rule.needs
        highest[key] = max(highest.get(key, rule), rule, key=lambda held: held.below)
    return tuple(highest.values())


def _everywhere(rule: AgeRule) -> AgeRule:
    """Let *rule* hold up to the highest age that it names for any region."""
    return replace(rule, below=rule.limit(None), below_in={})


def _severity(rule: RegimeRule) -> tuple[int, float]:
    return rule.mode.strictness, -_length(rule.consent_lifetime)


def _length(lifetime: timedelta | None) -> float:
    return math.inf if lifetime is None else lifetime.total_seconds()

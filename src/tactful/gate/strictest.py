"""Where no region is known the strictest answer of every regime holds: unknown means no."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tactful.terms import STRICTEST, Regime, RegimeRule, SignalRule


def strictest_of(regimes: Sequence[Regime]) -> Regime:
    """
    Return a regime that permits only what all of *regimes* permit.

    Per purpose the strictest mode and the shortest life of a consent; a purpose on which one of
    them is silent is left out, which makes it a gap.
    """
    common = set.intersection(*(set(regime.rules) for regime in regimes))
    ordered = [purpose for purpose in regimes[0].rules if purpose in common]
    return Regime(
        id=STRICTEST,
        law="the strictest of: " + ", ".join(regime.id for regime in regimes),
        regions=(),
        rules={p: max((r.rules[p] for r in regimes), key=_severity) for p in ordered},
        gpc=SignalRule(
            binding=frozenset().union(*(r.gpc.binding for r in regimes)),
            honoured=frozenset().union(*(r.gpc.honoured for r in regimes)),
            citation="; ".join(r.gpc.citation for r in regimes if r.gpc.citation),
        ),
    )


def _severity(rule: RegimeRule) -> tuple[int, float]:
    lifetime = rule.consent_lifetime
    return rule.mode.strictness, -math.inf if lifetime is None else -lifetime.total_seconds()

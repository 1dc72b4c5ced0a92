"""
Let a shop's own purpose be treated by every law as another one is, until a rule is written for it.

Nobody has read a source on it then: what is taken over is marked to be checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tactful.terms import Regime, RegimeRule


def treated_alike(regime: Regime, like: Mapping[str, str]) -> Regime:
    """
    Return *regime* with the rule, ages and signal of the model for each purpose it is silent on.

    Args:
        regime: The law as its files say it.
        like: By purpose the other one, its model, that it is treated as.
    """
    for purpose, model in like.items():
        if purpose not in regime.rules and model in regime.rules:
            regime = _with(regime, purpose, model)
    return regime


def _with(regime: Regime, purpose: str, model: str) -> Regime:
    ages = [replace(age, purpose=purpose) for age in regime.ages if age.purpose == model]
    return replace(
        regime,
        rules={**regime.rules, purpose: _as(purpose, regime.rules[model])},
        ages=(*regime.ages, *ages),
        gpc=replace(
            regime.gpc,
            binding=_joined(regime.gpc.binding, purpose, model),
            honoured=_joined(regime.gpc.honoured, purpose, model),
        ),
    )


def _as(purpose: str, rule: RegimeRule) -> RegimeRule:
    citation = f"{rule.citation} (as for {rule.purpose})"
    return replace(rule, purpose=purpose, citation=citation, confidence="check")


def _joined(named: frozenset[str], purpose: str, model: str) -> frozenset[str]:
    return named | {purpose} if model in named else named

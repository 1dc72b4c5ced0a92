"""Policies that differ from the small one in a single thing."""

from __future__ import annotations

from dataclasses import replace

from tactful.gate import strictest_of
from tactful.terms import (
    STRICTEST,
    Activity,
    Notice,
    PlannedEvent,
    PlannedProperty,
    Policy,
    Regime,
    RegimeRule,
    TrackingPlan,
)
from tactful.testing.policies import small_policy

ASSESSMENT = "recommend.md"
PLAIN = "We keep what you buy. You can see it. You can ask us to stop."


def whole_policy() -> Policy:
    """Return the small policy with its gap closed, its figures read and its profiling assessed."""
    policy = small_policy()
    rule = replace(policy.regimes[1].rules["measurement"], citation="none: made up")
    closed = policy.regimes[3]
    policy = with_regimes(
        policy, *policy.regimes[1:3], replace(closed, rules={**closed.rules, "measurement": rule})
    )
    policy = with_regimes(policy, *(_read(regime) for regime in policy.regimes[1:]))
    policy = replace(policy, notices=tuple(replace(n, text=PLAIN) for n in policy.notices))
    return with_activity(policy, replace(policy.activities["recommend"], dpia=ASSESSMENT))


def with_activity(policy: Policy, activity: Activity) -> Policy:
    """Return *policy* with *activity* added or in place of the one of its name."""
    return replace(policy, activities={**policy.activities, activity.name: activity})


def with_regimes(policy: Policy, *regimes: Regime) -> Policy:
    """Return *policy* under *regimes* and the strictest of them."""
    return replace(policy, regimes=(strictest_of(regimes), *regimes))


def with_rule(policy: Policy, regime: str, rule: RegimeRule) -> Policy:
    """Return *policy* with *rule* in *regime*, in place of the one on its purpose."""
    written = [r for r in policy.regimes if r.id != STRICTEST]
    changed = [
        replace(r, rules={**r.rules, rule.purpose: rule}) if r.id == regime else r for r in written
    ]
    return with_regimes(policy, *changed)


def with_notice(policy: Policy, notice: Notice) -> Policy:
    """Return *policy* with one more notice."""
    return replace(policy, notices=(*policy.notices, notice))


def with_property(policy: Policy, *purposes: str) -> Policy:
    """Return *policy* with an event that carries the property `shade`, kept for *purposes*."""
    shade = PlannedProperty(
        name="shade", type="string", category="user.behavior", purposes=purposes
    )
    seen = PlannedEvent(name="Seen", purposes=("recommendations",), properties={"shade": shade})
    return replace(policy, plan=TrackingPlan(events={"Seen": seen}, traits={}))


def _read(regime: Regime) -> Regime:
    rules = {name: replace(rule, confidence="read") for name, rule in regime.rules.items()}
    return replace(regime, rules=rules)

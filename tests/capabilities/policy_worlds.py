"""Policies that differ from the small one in a single thing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tactful.gate import strictest_of
from tactful.terms import (
    STRICTEST,
    Activity,
    AgeRule,
    Minor,
    Mode,
    Notice,
    PlannedEvent,
    PlannedProperty,
    Policy,
    Regime,
    RegimeRule,
    RelationshipKind,
    TrackingPlan,
)
from tactful.testing.policies import small_policy

ASSESSMENT = "recommend.md"
PLAIN = "We keep what you buy. You can see it. You can ask us to stop."


def whole_policy() -> Policy:
    """
    Return the small policy without anything to mend or to know.

    Its gap is closed, nothing is forbidden, its figures are read, its profiling is assessed, and
    its notices say something about each purpose.
    """
    policy = small_policy()
    rule = replace(policy.regimes[1].rules["measurement"], citation="none: made up")
    opened = {p: replace(rule, purpose=p) for p in ("measurement", "advertising")}
    closed = policy.regimes[3]
    policy = with_regimes(
        policy, *policy.regimes[1:3], replace(closed, rules={**closed.rules, **opened})
    )
    policy = with_regimes(policy, *(_read(regime) for regime in policy.regimes[1:]))
    policy = replace(policy, notices=tuple(replace(n, text=PLAIN) for n in policy.notices))
    policy = replace(policy, notices=tuple(_telling(notice) for notice in policy.notices))
    return with_activity(policy, replace(policy.activities["recommend"], dpia=ASSESSMENT))


def dealing_policy(mode: Mode = Mode.SOFT_OPT_IN) -> Policy:
    """Return the whole policy, whose `telling` regime takes a purchase for a yes to advertising."""
    policy = whole_policy()
    rule = policy.regimes[2].rules["advertising"]
    term = {RelationshipKind.PURCHASE: timedelta(days=730)}
    return with_rule(policy, "telling", replace(rule, mode=mode, implied_by=term))


def aged_policy(needs: Minor = Minor.PARENTAL_CONSENT, *, below: int = 16) -> Policy:
    """Return the whole policy, whose `telling` regime asks for more below an age."""
    policy = whole_policy()
    age = AgeRule(
        purpose="advertising", below=below, needs=needs, citation="none", confidence="read"
    )
    telling = replace(policy.regimes[2], ages=(age,))
    return with_regimes(policy, policy.regimes[1], telling, policy.regimes[3])


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
    signal = replace(regime.gpc, confidence="read") if regime.gpc.citation else regime.gpc
    return replace(regime, rules=rules, gpc=signal)


def _telling(notice: Notice) -> Notice:
    texts = {purpose: f"{PLAIN} This is about {purpose}." for purpose in notice.texts}
    return replace(notice, texts=texts)

"""
The policy that the conformance suites run under: small, and nobody's law.

Everybody asks in DE; nobody needs to in US.  `Viewed` may be kept for recommendations and for
measurement, each with properties that the other may not see.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from tactful.gate import strictest_of
from tactful.terms import (
    Activity,
    AgeRule,
    LegalBasis,
    Minor,
    Mode,
    Notice,
    PlannedEvent,
    PlannedProperty,
    Policy,
    Purpose,
    Regime,
    RegimeRule,
    RelationshipKind,
    TrackingPlan,
)

NECESSARY: Final = "necessary"
SEGMENT: Final = "segment_personalization"
INDIVIDUAL: Final = "individual_personalization"
MEASUREMENT: Final = "measurement"
NEWS: Final = "email_marketing"
PURPOSES: Final = (NECESSARY, SEGMENT, INDIVIDUAL, MEASUREMENT, NEWS)

NOTICE: Final = "shop@1"
LIFETIME: Final = timedelta(days=180)

_ACTIVITIES: Final = {
    "record-statement": NECESSARY,
    "answer-request": NECESSARY,
    "fulfil-order": NECESSARY,
    "keep-group": SEGMENT,
    "recommend-individual": INDIVIDUAL,
    "count-visits": MEASUREMENT,
}


def shelf_policy() -> Policy:
    """Return the policy."""
    regimes = (_regime("asking", "DE", Mode.OPT_IN), _regime("telling", "US", Mode.OPT_OUT))
    return Policy(
        purposes={name: _purpose(name) for name in PURPOSES},
        activities={
            name: Activity(name=name, purpose=purpose, title=name, survives_restriction=True)
            for name, purpose in _ACTIVITIES.items()
        },
        regimes=(strictest_of(regimes), *regimes),
        notices=(_notice(),),
        plan=TrackingPlan(events=_events(), traits=_traits()),
    )


def _purpose(name: str) -> Purpose:
    return Purpose(name=name, title=name, categories=(), uses=(), retention=timedelta(days=365))


def _regime(name: str, region: str, mode: Mode) -> Regime:
    modes = dict.fromkeys(PURPOSES, mode) | {NECESSARY: Mode.NECESSARY}
    if mode is Mode.OPT_OUT:
        modes[NEWS] = Mode.IMPLIED
    rules = {
        purpose: RegimeRule(
            purpose=purpose,
            mode=mode,
            basis=LegalBasis.CONSENT,
            citation="none: made up for tests",
            consent_lifetime=LIFETIME,
            implied_by={RelationshipKind.PURCHASE: LIFETIME},
        )
        for purpose, mode in modes.items()
    }
    ages = (
        AgeRule(purpose=INDIVIDUAL, below=16, needs=Minor.PARENTAL_CONSENT, citation="made up"),
    )
    return Regime(id=name, law=name, regions=(region,), rules=rules, ages=ages)


def _notice() -> Notice:
    return Notice(
        id="shop",
        version=1,
        locale="en",
        material=frozenset(),
        title="Notice",
        text="Everything you need to know.",
        texts={purpose: f"About {purpose}." for purpose in PURPOSES},
        hash="0" * 64,
    )


def _events() -> Mapping[str, PlannedEvent]:
    viewed = (
        _property("position", MEASUREMENT),
        _property("colour", INDIVIDUAL),
        _property("price", INDIVIDUAL, MEASUREMENT),
    )
    ordered = (_property("total", NECESSARY, INDIVIDUAL),)
    bought = tuple(_property(name, INDIVIDUAL, MEASUREMENT) for name in ("order_id", "total"))
    return {
        "Product Viewed": _event("Product Viewed", (INDIVIDUAL, MEASUREMENT), ()),
        "Product Added": _event("Product Added", (INDIVIDUAL, MEASUREMENT), ()),
        "Order Completed": _event("Order Completed", (INDIVIDUAL, MEASUREMENT), bought),
        "Viewed": _event("Viewed", (INDIVIDUAL, MEASUREMENT), viewed),
        "Ordered": _event("Ordered", (NECESSARY, INDIVIDUAL), ordered),
    }


def _traits() -> Mapping[str, PlannedProperty]:
    traits = (_property("age_group", SEGMENT), _property("size", INDIVIDUAL, SEGMENT))
    return {trait.name: trait for trait in traits}


def _event(
    name: str, purposes: tuple[str, ...], properties: tuple[PlannedProperty, ...]
) -> PlannedEvent:
    return PlannedEvent(name=name, purposes=purposes, properties={p.name: p for p in properties})


def _property(name: str, *purposes: str) -> PlannedProperty:
    return PlannedProperty(name=name, type="text", category="user.behavior", purposes=purposes)

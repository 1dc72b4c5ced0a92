"""
A small policy written by hand: the modes that no dealing opens, both kinds of signal, a gap.

For tests of anything that asks the gate.  It is no policy pack: nothing here is anybody's law.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from tactful.gate import strictest_of
from tactful.terms import (
    Activity,
    LegalBasis,
    Mode,
    Notice,
    Policy,
    Purpose,
    Regime,
    RegimeRule,
    SignalRule,
    TrackingPlan,
)

CONSENT_LIFETIME = timedelta(days=365)
"""How long a grant counts in the asking regime."""

CURRENT_NOTICE = "shop@3"
"""The newest notice: an editorial change of `shop@2`, which was a material one of `shop@1`."""


def small_policy() -> Policy:
    """
    Return a policy of four purposes under three regimes and the strictest of them.

    In `asking` (DE, FR) consent is needed; in `telling` (US, US-CA) it is not, and a signal binds
    on advertising and is honoured on recommendations; `closed` (XA) forbids advertising and is
    silent on measurement.  So `count-visits` is a gap there, and where no region is known.
    """
    purposes = [_purpose(name) for name in _PURPOSES]
    regimes = (_asking(), _telling(), _closed())
    return Policy(
        purposes={purpose.name: purpose for purpose in purposes},
        activities={activity.name: activity for activity in _ACTIVITIES},
        regimes=(strictest_of(regimes), *regimes),
        notices=(_notice(1), _notice(2, material=True), _notice(3)),
        plan=TrackingPlan(events={}, traits={}),
    )


_PURPOSES = ("necessary", "recommendations", "advertising", "measurement")

_ACTIVITIES = (
    Activity(
        name="record-statement",
        purpose="necessary",
        title="Record what a subject says",
        survives_restriction=True,
    ),
    Activity(name="fulfil-order", purpose="necessary", title="Fulfil an order"),
    Activity(
        name="keep-history",
        purpose="recommendations",
        title="Keep what was looked at",
        keeps=True,
        survives_restriction=True,
    ),
    Activity(name="recommend", purpose="recommendations", title="Recommend", profiling=True),
    Activity(name="share-audience", purpose="advertising", title="Share an audience"),
    Activity(name="count-visits", purpose="measurement", title="Count visits"),
)


def _purpose(name: str) -> Purpose:
    return Purpose(
        name=name,
        title=name.capitalize(),
        categories=("user.behavior",),
        uses=("functional",),
        retention=timedelta(days=90),
    )


def _rules(modes: Mapping[str, Mode], lifetime: timedelta | None = None) -> dict[str, RegimeRule]:
    return {
        purpose: RegimeRule(
            purpose=purpose,
            mode=mode,
            basis=_BASES[mode],
            citation="none: made up for tests",
            consent_lifetime=lifetime if mode is Mode.OPT_IN else None,
        )
        for purpose, mode in modes.items()
    }


_BASES = {
    Mode.NECESSARY: LegalBasis.CONTRACT,
    Mode.OPT_OUT: LegalBasis.NOTICE,
    Mode.OPT_IN: LegalBasis.CONSENT,
    Mode.FORBIDDEN: LegalBasis.LEGAL_OBLIGATION,
}


def _asking() -> Regime:
    modes = dict.fromkeys(_PURPOSES, Mode.OPT_IN) | {"necessary": Mode.NECESSARY}
    rules = _rules(modes, CONSENT_LIFETIME)
    return Regime(id="asking", law="Ask first", regions=("DE", "FR"), rules=rules)


def _telling() -> Regime:
    modes = dict.fromkeys(_PURPOSES, Mode.OPT_OUT) | {"necessary": Mode.NECESSARY}
    return Regime(
        id="telling",
        law="Tell, and let them object",
        regions=("US", "US-CA"),
        rules=_rules(modes),
        gpc=SignalRule(
            binding=frozenset({"advertising"}),
            honoured=frozenset({"recommendations"}),
            citation="none: made up for tests",
        ),
    )


def _closed() -> Regime:
    modes = {
        "necessary": Mode.NECESSARY,
        "recommendations": Mode.OPT_IN,
        "advertising": Mode.FORBIDDEN,
    }
    return Regime(id="closed", law="Rather not", regions=("XA",), rules=_rules(modes))


def _notice(version: int, *, material: bool = False) -> Notice:
    return Notice(
        id="shop",
        version=version,
        locale="en",
        material=frozenset(_PURPOSES) if material else frozenset(),
        title="What we do with your data",
        text="Everything you need to know.",
        texts={purpose: f"About {purpose}." for purpose in _PURPOSES},
        hash=f"{version:064x}",
    )

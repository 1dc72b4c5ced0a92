"""Made-up laws under which every activity of a policy can be refused in every way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import Final

from tactful.gate import strictest_of
from tactful.terms import (
    AgeRule,
    LegalBasis,
    Minor,
    Mode,
    Policy,
    Regime,
    RegimeRule,
    RelationshipKind,
    SignalRule,
)

NECESSARY: Final = "necessary"
"""The purpose that needs nobody's leave."""

# Codes that ISO 3166 leaves to users: no country will ever have one of them.
ASKING: Final = "XA"
BOUND: Final = "XB"
HEEDING: Final = "XC"
CLOSED: Final = "XD"
SILENT: Final = "XE"
IMPLYING: Final = "XF"
SOFT: Final = "XG"
NOWHERE: Final = "ZZ"

EVERYTHING: Final = "everything"
"""The category of a consent platform that is about every purpose."""

LIFETIME: Final = timedelta(days=365)
"""How long a grant counts where it is asked for, and a dealing where it implies one."""

CLOSED_BELOW: Final = 13
PARENTS_BELOW: Final = 16


def in_every_way(policy: Policy) -> Policy:
    """
    Return *policy* with its regimes replaced by ones that refuse in every way there is.

    `XA` asks for consent, and for that of parents; in `XB` a signal binds, in `XC` it is honoured;
    `XD` forbids everything, `XE` says nothing about anything; in `XF` dealings imply a consent, in
    `XG` only those at which the opt-out was offered.  What is necessary is free everywhere.  A no
    to the category `everything` of a consent platform is one to every purpose.
    """
    others = [name for name in policy.purposes if name != NECESSARY]
    everything = frozenset(others)
    regimes = (
        _regime(ASKING, others, Mode.OPT_IN, ages=_ages(others)),
        _regime(BOUND, others, Mode.OPT_OUT, gpc=SignalRule(binding=everything)),
        _regime(HEEDING, others, Mode.OPT_OUT, gpc=SignalRule(honoured=everything)),
        _regime(CLOSED, others, Mode.FORBIDDEN),
        _regime(SILENT, (), Mode.FORBIDDEN),
        _regime(IMPLYING, others, Mode.IMPLIED),
        _regime(SOFT, others, Mode.SOFT_OPT_IN),
    )
    return replace(
        policy,
        regimes=(strictest_of(regimes), *regimes),
        signals=replace(policy.signals, categories={EVERYTHING: tuple(others)}),
        changes_on=None,
    )


def _regime(
    region: str,
    purposes: Collection[str],
    mode: Mode,
    *,
    gpc: SignalRule | None = None,
    ages: tuple[AgeRule, ...] = (),
) -> Regime:
    rules = {NECESSARY: _rule(NECESSARY, Mode.NECESSARY)}
    rules |= {purpose: _rule(purpose, mode) for purpose in purposes}
    return Regime(
        id=f"made-up-{region}",
        law="made up for tests",
        regions=(region,),
        rules=rules,
        gpc=gpc or SignalRule(),
        ages=ages,
    )


def _rule(purpose: str, mode: Mode) -> RegimeRule:
    by_dealing = mode.by_dealing
    return RegimeRule(
        purpose=purpose,
        mode=mode,
        basis=LegalBasis.CONTRACT if mode is Mode.NECESSARY else LegalBasis.CONSENT,
        citation="none: made up for tests",
        consent_lifetime=LIFETIME if mode is Mode.OPT_IN else None,
        implied_by={RelationshipKind.PURCHASE: LIFETIME} if by_dealing else {},
    )


def _ages(purposes: Collection[str]) -> tuple[AgeRule, ...]:
    steps = ((CLOSED_BELOW, Minor.CLOSED), (PARENTS_BELOW, Minor.PARENTAL_CONSENT))
    return tuple(
        AgeRule(purpose=purpose, below=below, needs=needs, citation="none: made up for tests")
        for purpose in purposes
        for below, needs in steps
    )

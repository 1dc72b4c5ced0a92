"""
Digest a standing into the few facts that rules can see, and number them.

A digest is what the hot path keeps of a person's statements: per purpose, what they amount to and
until when.  Every combination of facts has a code, so that the verdict for each can be
enumerated from the rules once (`tactful.gate.verdicts`) and looked up ever after.  ADR-0005.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tactful.gate.ages import Young, asked_of, thresholds
from tactful.gate.strictest import shortest
from tactful.terms import (
    Minor,
    Mode,
    Policy,
    RegimeRule,
    Relationship,
    Said,
    Speaker,
    Standing,
    Statement,
    StatementKind,
)

NEVER = 2**62
"""An `until` that does not come: seconds since 1970."""

_NO = {
    StatementKind.DENY: Said.DENIED,
    StatementKind.WITHDRAW: Said.WITHDRAWN,
    StatementKind.OBJECT: Said.OBJECTED,
}

RUN_OUT = {Said.GRANTED: Said.EXPIRED, Said.IMPLIED: Said.NOTHING}
"""What a yes turns into at its `until`; all else stays as it is."""


class Signal(enum.IntEnum):
    """What the request itself says on a purpose: nothing, GPC, or a no in a consent string."""

    NONE = 0
    GPC = 1
    DENIED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that the rules can see of one question, besides the activity: one per code."""

    regime: int
    said: Said
    signal: Signal
    minor: Minor
    restricted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """
    All that the rules can see of one standing.

    `regime` is the place in `Policy.regimes` of the law at the residence, which is 0, the
    strictest, if that is not known or no regime covers it.  `said` and `until` have one entry per
    purpose, in `Policy.purpose_order`; an entry turns into what RUN_OUT says from `until` on
    (seconds since 1970).  `young` has one entry per purpose too, or none where age asks nothing.
    """

    regime: int
    residence_known: bool
    restricted: bool
    said: bytes
    until: tuple[int, ...]
    young: tuple[Young, ...] = ()


def digest(standing: Standing, policy: Policy, at: datetime) -> Digest:
    """Reduce *standing* at *at* to what the rules can see."""
    regime = policy.regime_index(standing.region)
    young = _young(standing, policy, regime)
    ages = young or [None] * len(policy.purpose_order)
    heard = [
        _heard(_valid(standing, age), purpose, policy, at=at, regime=regime)
        for purpose, age in zip(policy.purpose_order, ages, strict=True)
    ]
    return Digest(
        regime=regime,
        residence_known=bool(standing.region),
        restricted=standing.restricted(at),
        said=bytes(said for said, _ in heard),
        until=tuple(until for _, until in heard),
        young=young if any(at.timestamp() < max(until) for until in young) else (),
    )


def nobody(policy: Policy) -> Digest:
    """Return the digest of a visitor of whom nothing is known."""
    return digest(Standing(), policy, datetime.min.replace(tzinfo=UTC))


def _young(standing: Standing, policy: Policy, regime: int) -> tuple[Young, ...]:
    """Return what age asks for under the law at the residence; the strictest if that is unknown."""
    if standing.born is None:
        return ()
    law, region = policy.regimes[regime], standing.region
    return thresholds(standing.born, law, region=region, purposes=policy.purpose_order)


def _valid(standing: Standing, young: Young | None) -> Standing:
    """Leave out what a minor could not grant alone: it stays void when they are of age."""
    if young is None:
        return standing
    counted = (s for s in standing.statements if not _void(s, young))
    return replace(standing, statements=tuple(counted))


def _void(statement: Statement, young: Young) -> bool:
    """Tell whether the law asked for more than who spoke when *statement* was made (Art. 8(1))."""
    if statement.kind is not StatementKind.GRANT:
        return False
    asked = asked_of(young, statement.at)
    alone = statement.by is not Speaker.PARENT
    return asked is Minor.CLOSED or (asked is Minor.PARENTAL_CONSENT and alone)


def _heard(
    standing: Standing, purpose: str, policy: Policy, *, at: datetime, regime: int
) -> tuple[Said, int]:
    statement = standing.latest(purpose, at)
    if statement is None:
        return _implied(standing, policy.regimes[regime].rules.get(purpose), at)
    if statement.kind is not StatementKind.GRANT:
        return _NO[statement.kind], NEVER
    if not policy.binds(statement.notice, purpose):
        return Said.OUTDATED, NEVER
    return Said.GRANTED, _grant_ends(statement, policy)


def _grant_ends(grant: Statement, policy: Policy) -> int:
    """Return when *grant* runs out under the regime that it was given in; unknown: the soonest."""
    given = policy.regime(grant.regime)
    told = (given,) if given and grant.purpose in given.rules else policy.regimes
    rules = (regime.rules.get(grant.purpose) for regime in told)
    return _end(grant.at, shortest(rule.consent_lifetime for rule in rules if rule))


def _implied(standing: Standing, rule: RegimeRule | None, at: datetime) -> tuple[Said, int]:
    """
    Return whether a dealing implies consent, and until when (CASL 10(10); ePrivacy Art. 13(2)).

    It does only where the residence is known: a region that a request seems to come from is no
    ground to write to somebody.
    """
    if rule is None or not rule.mode.by_dealing or not standing.region:
        return Said.NOTHING, NEVER
    ends = [
        _end(dealing.at, rule.implied_by[dealing.kind])
        for dealing in standing.relationships
        if dealing.at <= at and implies(rule, dealing)
    ]
    return (Said.IMPLIED, max(ends)) if ends else (Said.NOTHING, NEVER)


def implies(rule: RegimeRule, dealing: Relationship) -> bool:
    """
    Tell whether *rule* draws a consent from *dealing*, for as long as it says.

    The soft opt-in wants the opt-out offered along with it (ePrivacy Art. 13(2)).
    """
    if dealing.kind not in rule.implied_by:
        return False
    return rule.mode is Mode.IMPLIED or dealing.opt_out_offered


def _end(begun: datetime, lasts: timedelta | None) -> int:
    return NEVER if lasts is None else int((begun + lasts).timestamp())


def regime_in_force(facts: Digest, region: str | None, policy: Policy) -> int:
    """
    Return the place in `Policy.regimes` of the law on a visitor who seems to come from *region*.

    A known residence outranks it, also one that no regime covers: there the strictest set holds.
    """
    return facts.regime if facts.residence_known else policy.regime_index(region)


def signal_on(purpose: str, *, gpc: bool, denied: frozenset[str]) -> Signal:
    """Return what a request says on *purpose*; a no in a consent string is about it alone."""
    if purpose in denied:
        return Signal.DENIED
    return Signal.GPC if gpc else Signal.NONE


_SAIDS, _SIGNALS, _MINORS = len(Said), len(Signal), len(Minor)
"""Counted once: `len` of an enumeration is a call into Python, and the hot path makes none."""


def encode(facts: Facts) -> int:
    """Number one combination of facts."""
    return code_of(
        facts.regime,
        facts.said,
        signal=facts.signal,
        minor=facts.minor,
        restricted=facts.restricted,
    )


def code_of(regime: int, said: int, *, signal: int, minor: int, restricted: bool) -> int:
    """Number one combination of facts, given one by one: the hot path builds no object."""
    return (((regime * _SAIDS + said) * _SIGNALS + signal) * _MINORS + minor) * 2 + restricted


MINOR_STEP = 2
"""By how much a code grows with each step of `Minor`: the audience adds it where age asks."""


def decode(code: int) -> Facts:
    """Return the facts that *code* numbers: the inverse of `encode`."""
    rest, restricted = divmod(code, 2)
    rest, minor = divmod(rest, _MINORS)
    rest, signal = divmod(rest, _SIGNALS)
    regime, said = divmod(rest, _SAIDS)
    return Facts(
        regime=regime,
        said=Said(said),
        signal=Signal(signal),
        minor=Minor(minor),
        restricted=bool(restricted),
    )


CODES_OF_A_REGIME = _SAIDS * _SIGNALS * _MINORS * 2
"""How many combinations of facts there are under each regime."""

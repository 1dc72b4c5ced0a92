"""
Decide whether one activity may touch one subject, now.

Pure: no clock, no store, no configuration of its own.  `tactful.gate.door` gathers the facts, looks
the answer up in a table made from these rules, counts the use, and only then opens the data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tactful.gate.facts import Digest, digest, regime_in_force
from tactful.gate.permit import Gap, Permit, Refusal
from tactful.terms import Activity, Mode, Policy, Regime, RegimeRule, Said, Standing, SubjectId

PERMIT_LIFETIME = timedelta(minutes=1)
"""How long a permit for one subject holds; longer work asks again.  ADR-0004."""

AUDIENCE_LIFETIME = timedelta(minutes=15)
"""How long one batch of work on an audience may take before it must ask again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a rule may look at: the activity, the law on its purpose, and what was said."""

    activity: Activity
    law: RegimeRule
    said: Said
    signal_binds: bool
    signal_speaks: bool
    restricted: bool

    @property
    def necessary(self) -> bool:
        """Tell whether the purpose needs nobody's leave (GDPR Art. 6(1)(b)-(c))."""
        return self.law.mode is Mode.NECESSARY


Rule = Callable[[Case], str | None]
"""Returns the reason to refuse, or None to let the next rule speak."""


def not_forbidden(case: Case) -> str | None:
    """Refuse what the law of the region closes altogether."""
    return "the law of this region forbids it" if case.law.mode is Mode.FORBIDDEN else None


def not_restricted(case: Case) -> str | None:
    """Refuse everything but keeping while processing is restricted (GDPR Art. 18(2))."""
    if case.restricted and not case.activity.survives_restriction:
        return "processing is restricted: data is only kept"
    return None


def no_objection(case: Case) -> str | None:
    """
    Refuse while an objection stands, on every ground but contract and law (Art. 21(1)-(3)).

    Art. 21 does not reach processing under Art. 6(1)(b)-(c), so `necessary` passes.
    """
    if case.said is Said.OBJECTED and not case.necessary:
        return "objected to this purpose"
    return None


def no_binding_signal(case: Case) -> str | None:
    """Refuse on a browser signal that binds here, even against a grant (11 CCR 7025)."""
    if case.signal_binds and not case.necessary:
        return "the browser sends Global Privacy Control, which is binding here"
    return None


def no_denial(case: Case) -> str | None:
    """Refuse after a no: never consented (Art. 7(4)), withdrawn (7(3)), or opted out."""
    if case.necessary:
        return None
    return {
        Said.DENIED: "said no to this purpose",
        Said.WITHDRAWN: "withdrew consent to this purpose",
    }.get(case.said)


def no_honoured_signal(case: Case) -> str | None:
    """Take a signal for a no, by the shop's choice, unless this very purpose was granted."""
    if case.signal_speaks and case.said is not Said.GRANTED and not case.necessary:
        return "the browser sends Global Privacy Control, which is honoured here"
    return None


def consent_when_needed(case: Case) -> str | None:
    """Refuse without consent to the notice in force where the law wants it (Art. 6(1)(a), 7)."""
    if case.law.mode is not Mode.OPT_IN:
        return None
    return {
        Said.NOTHING: "no consent was given",
        Said.EXPIRED: "consent was given too long ago",
        Said.OUTDATED: "consent was given to an older notice",
    }.get(case.said)


RULES: tuple[Rule, ...] = (
    not_forbidden,
    not_restricted,
    no_objection,
    no_binding_signal,
    no_denial,
    no_honoured_signal,
    consent_when_needed,
)
"""In the order in which they speak; the first to refuse names the refusal.  ADR-0003."""


def judge(case: Case) -> tuple[str, str] | None:
    """Return (rule, reason) of the first rule that refuses, or None where all are content."""
    for rule in RULES:
        if reason := rule(case):
            return rule.__name__, reason
    return None


def case_of(
    activity: Activity, regime: Regime, *, said: Said, signal: bool, restricted: bool
) -> Case | None:
    """Return the case for the rules, or None where *regime* says nothing on the purpose: a gap."""
    law = regime.rules.get(activity.purpose)
    if law is None:
        return None
    return Case(
        activity=activity,
        law=law,
        said=said,
        signal_binds=signal and activity.purpose in regime.gpc.binding,
        signal_speaks=signal and activity.purpose in regime.gpc.honoured,
        restricted=restricted,
    )


def decide(
    activity: str,
    standing: Standing,
    policy: Policy,
    at: datetime,
    *,
    subject: SubjectId | None = None,
    region: str | None = None,
    signal: bool = False,
) -> Permit | Refusal | Gap:
    """
    Answer for *activity* with a permit, with the first rule that refuses it, or with a gap.

    Args:
        activity: The name of an entry of the activity register.
        standing: Everything the subject has said so far.
        policy: The running configuration.
        at: The moment of the decision.  Timezone-aware.
        subject: Whose standing it is; None for a visitor without a record.
        region: Where the visitor seems to be; a known residence outranks it.
        signal: Whether the request carries Global Privacy Control.

    Raises:
        ValueError: *at* is naive.

    Source:
        GDPR Art. 6, 7, 18 and 21; CCPA 1798.135.  ADR-0003 explains the order of the rules.
    """
    require_aware(at)
    entry = policy.activities.get(activity)
    if entry is None:
        return unknown(activity, at)
    facts = digest(standing, policy, at)
    regime = policy.regimes[regime_in_force(facts, region, policy)]
    case = case_of(
        entry,
        regime,
        said=said_at(facts, policy.purpose_order.index(entry.purpose), at),
        signal=signal,
        restricted=facts.restricted,
    )
    if case is None:
        return gap_in(activity, entry.purpose, regime.id, at)
    if refused := judge(case):
        return Refusal(activity=activity, rule=refused[0], reason=refused[1], decided_at=at)
    return permit_for(subject, entry, basis=case.law.basis.value, regime=regime.id, at=at)


def permit_for(
    subject: SubjectId | None, activity: Activity, *, basis: str, regime: str, at: datetime
) -> Permit:
    """Mint the permit of one subject, or of a visitor of whom nothing is stored."""
    return Permit(
        scope=subject,
        activity=activity.name,
        purpose=activity.purpose,
        basis=basis,
        regime=regime,
        decided_at=at,
        expires_at=at + PERMIT_LIFETIME,
    )


def require_aware(at: datetime) -> None:
    """Raise ValueError unless *at* is timezone-aware: naive time is a bug, not an answer."""
    if at.tzinfo is None:
        raise ValueError("at must be timezone-aware")


def said_at(facts: Digest, purpose: int, at: datetime) -> Said:
    """Return what was said on purpose number *purpose*, as it counts at *at*."""
    said = Said(facts.said[purpose])
    if said is Said.GRANTED and at.timestamp() >= facts.until[purpose]:
        return Said.EXPIRED
    return said


def unknown(activity: str, at: datetime) -> Gap:
    """Name an activity that is not in the register."""
    return Gap(activity=activity, missing=f"activity {activity}", decided_at=at)


def gap_in(activity: str, purpose: str, regime: str, at: datetime) -> Gap:
    """Name a purpose on which a regime is silent."""
    return Gap(activity=activity, missing=f"purpose {purpose} in regime {regime}", decided_at=at)

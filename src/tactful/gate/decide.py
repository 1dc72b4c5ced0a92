"""
Decide whether one activity may touch one subject, now.

Pure: no clock, no store, no configuration of its own.  `tactful.gate.door` gathers the facts, looks
the answer up in a table made from these rules, counts the use, and only then opens the data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tactful.gate.ages import asked_of
from tactful.gate.facts import (
    RUN_OUT,
    Digest,
    Facts,
    Signal,
    digest,
    regime_in_force,
    signal_on,
)
from tactful.gate.permit import Gap, Permit, Refusal
from tactful.terms import (
    Activity,
    LegalBasis,
    Minor,
    Mode,
    Policy,
    Regime,
    RegimeRule,
    Said,
    Standing,
    SubjectId,
)

PERMIT_LIFETIME = timedelta(minutes=1)
"""How long a permit for one subject holds; longer work asks again.  ADR-0004."""

AUDIENCE_LIFETIME = timedelta(minutes=15)
"""How long one batch of work on an audience may take before it must ask again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """How an activity stands under a regime, whoever it is about: what law and register say."""

    mode: Mode
    gpc_binds: bool
    gpc_speaks: bool
    survives_restriction: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a rule may look at: the footing of the activity, and the facts on the subject."""

    footing: Footing
    facts: Facts

    @property
    def necessary(self) -> bool:
        """Tell whether the purpose needs nobody's leave (GDPR Art. 6(1)(b)-(c))."""
        return self.footing.mode is Mode.NECESSARY

    @property
    def asks(self) -> bool:
        """Tell whether an explicit yes is needed: by the mode, or for the age of the subject."""
        if self.necessary:
            return False
        return self.footing.mode is Mode.OPT_IN or self.facts.minor > Minor.NO


Rule = Callable[[Case], str | None]
"""Returns the reason to refuse, or None to let the next rule speak."""


def not_forbidden(case: Case) -> str | None:
    """Refuse what the law of the region closes altogether."""
    return "the law of this region forbids it" if case.footing.mode is Mode.FORBIDDEN else None


def not_closed_to_minors(case: Case) -> str | None:
    """Refuse what no consent opens below an age (DPDP Act s. 9(3), CTDPA 42-529a)."""
    if case.facts.minor is Minor.CLOSED and not case.necessary:
        return "the law of this region closes it to minors of this age"
    return None


def not_restricted(case: Case) -> str | None:
    """Refuse everything but keeping while processing is restricted (GDPR Art. 18(2))."""
    if case.facts.restricted and not case.footing.survives_restriction:
        return "processing is restricted: data is only kept"
    return None


def no_objection(case: Case) -> str | None:
    """
    Refuse while an objection stands, on every ground but contract and law (Art. 21(1)-(3)).

    Art. 21 does not reach processing under Art. 6(1)(b)-(c), so `necessary` passes.
    """
    if case.facts.said is Said.OBJECTED and not case.necessary:
        return "objected to this purpose"
    return None


def no_denying_signal(case: Case) -> str | None:
    """Refuse on a no in a consent string, also against a grant: the more restrictive wins."""
    if case.facts.signal is Signal.DENIED and not case.necessary:
        return "the consent string that the browser sends says no to this purpose"
    return None


def no_binding_signal(case: Case) -> str | None:
    """Refuse on a browser signal that binds here, even against a grant (11 CCR 7025)."""
    if case.facts.signal is Signal.GPC and case.footing.gpc_binds and not case.necessary:
        return "the browser sends Global Privacy Control, which is binding here"
    return None


def no_denial(case: Case) -> str | None:
    """Refuse after a no: never consented (Art. 7(4)), withdrawn (7(3)), or opted out."""
    if case.necessary:
        return None
    return {
        Said.DENIED: "said no to this purpose",
        Said.WITHDRAWN: "withdrew consent to this purpose",
    }.get(case.facts.said)


def no_honoured_signal(case: Case) -> str | None:
    """Take a signal for a no, by the shop's choice, unless this very purpose was granted."""
    speaks = case.facts.signal is Signal.GPC and case.footing.gpc_speaks
    if speaks and case.facts.said is not Said.GRANTED and not case.necessary:
        return "the browser sends Global Privacy Control, which is honoured here"
    return None


def consent_when_needed(case: Case) -> str | None:
    """Refuse without consent to the notice in force where the law wants it (Art. 6(1)(a), 7)."""
    if not case.asks:
        return None
    never = case.facts.said in {Said.NOTHING, Said.IMPLIED}
    if never and case.facts.minor is Minor.PARENTAL_CONSENT:
        return "at this age a parent has to agree, and none did"
    return _NO_YES.get(case.facts.said)


def implied_when_needed(case: Case) -> str | None:
    """Refuse where no dealing implies a consent that was not given (CASL 10(9)-(10))."""
    if not case.footing.mode.by_dealing or case.facts.said is Said.IMPLIED:
        return None
    if case.facts.said is Said.NOTHING:
        return "no consent was given, and no purchase or inquiry implies one now"
    return _NO_YES.get(case.facts.said)


_NO_YES = {
    Said.NOTHING: "no consent was given",
    Said.IMPLIED: "consent is only implied, and has to be given here",
    Said.EXPIRED: "consent was given too long ago",
    Said.OUTDATED: "consent was given to an older notice",
}

RULES: tuple[Rule, ...] = (
    not_forbidden,
    not_closed_to_minors,
    not_restricted,
    no_objection,
    no_denying_signal,
    no_binding_signal,
    no_denial,
    no_honoured_signal,
    consent_when_needed,
    implied_when_needed,
)
"""In the order in which they speak; the first to refuse names the refusal.  ADR-0003."""


_ASK_FOR_A_YES = frozenset({consent_when_needed.__name__, implied_when_needed.__name__})


def a_yes_would_help(answer: Refusal | Gap | None) -> bool:
    """Tell whether *answer* refuses for want of a yes, so that giving one would count."""
    return answer is not None and answer.rule in _ASK_FOR_A_YES


def judge(case: Case) -> tuple[str, str] | None:
    """Return (rule, reason) of the first rule that refuses, or None where all are content."""
    for rule in RULES:
        if reason := rule(case):
            return rule.__name__, reason
    return None


def footing_of(activity: Activity, regime: Regime) -> Footing | None:
    """Return how *activity* stands under *regime*, or None where that is silent: a gap."""
    law = regime.rules.get(activity.purpose)
    if law is None:
        return None
    return Footing(
        mode=law.mode,
        gpc_binds=activity.purpose in regime.gpc.binding,
        gpc_speaks=activity.purpose in regime.gpc.honoured,
        survives_restriction=activity.survives_restriction,
    )


def decide(
    activity: str,
    standing: Standing,
    policy: Policy,
    at: datetime,
    *,
    subject: SubjectId | None = None,
    region: str | None = None,
    gpc: bool = False,
    denied: frozenset[str] = frozenset(),
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
        gpc: Whether the request carries Global Privacy Control.
        denied: The purposes that a consent string of the request says no to.

    Raises:
        ValueError: *at* is naive.

    Source:
        GDPR Art. 6, 7, 18 and 21; CCPA 1798.135.  ADR-0003 explains the order of the rules.
    """
    require_aware(at)
    entry = policy.activities.get(activity)
    if entry is None:
        return unknown(activity, at)
    signal = signal_on(entry.purpose, gpc=gpc, denied=denied)
    known = digest(standing, policy, at)
    facts = facts_at(known, entry.purpose, policy, at, region=region, signal=signal)
    regime = policy.regimes[facts.regime]
    footing = footing_of(entry, regime)
    if footing is None:
        return gap_in(activity, entry.purpose, regime.id, at)
    if refused := judge(Case(footing=footing, facts=facts)):
        return Refusal(activity=activity, rule=refused[0], reason=refused[1], decided_at=at)
    basis = basis_of(regime.rules[entry.purpose], facts.said)
    return permit_for(subject, entry, basis=basis, regime=regime.id, at=at)


def basis_of(law: RegimeRule, said: Said) -> str:
    """
    Return the ground that a permit rests on.

    That of the rule, but where the soft opt-in stands in for a yes: nobody consented, so it is the
    shop's interest in writing to its own customers (ePrivacy Art. 13(2); GDPR Art. 6(1)(f)).
    """
    if said is Said.IMPLIED and law.mode is Mode.SOFT_OPT_IN:
        return LegalBasis.LEGITIMATE_INTEREST.value
    return law.basis.value


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


def facts_at(
    known: Digest,
    purpose: str,
    policy: Policy,
    at: datetime,
    *,
    region: str | None,
    signal: Signal,
) -> Facts:
    """Return what the rules see of *purpose* at *at*, of somebody who is *known* as that."""
    place = policy.purpose_order.index(purpose)
    said = Said(known.said[place])
    if at.timestamp() >= known.until[place]:
        said = RUN_OUT[said]
    return Facts(
        regime=regime_in_force(known, region, policy),
        said=said,
        signal=signal,
        minor=asked_of(known.young[place], at) if known.young else Minor.NO,
        restricted=known.restricted,
    )


def unknown(activity: str, at: datetime) -> Gap:
    """Name an activity that is not in the register."""
    return Gap(activity=activity, missing=f"activity {activity}", decided_at=at)


def gap_in(activity: str, purpose: str, regime: str, at: datetime) -> Gap:
    """Name a purpose on which a regime is silent."""
    return Gap(activity=activity, missing=f"purpose {purpose} in regime {regime}", decided_at=at)

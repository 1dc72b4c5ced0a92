"""
Say to other tags on a page what a subject allows: Google Consent Mode, GPP and TC strings.

Made from what the gate answers, purpose by purpose; nothing is on that is not on here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from tactful.capabilities.consent.views import Answer
from tactful.gate import Permit
from tactful.mechanisms.consent_strings import (
    GppConsent,
    TcfConsent,
    UsCalifornia,
    UsNational,
    gpp,
    tcf,
)
from tactful.terms import Mode, Platform, Policy, Regime, StatementKind

NECESSARY: Final = ""
ADVERTISING: Final = "advertising"
GAP: Final = "gap"
REFUSED: Final = "no_denying_signal"
OPT_OUTS: Final = ("sale_opt_out", "sharing_opt_out", "targeted_advertising_opt_out")
STORAGE: Final = frozenset({1})
CONSENT_MODE: Final[Mapping[str, str]] = {
    "ad_storage": ADVERTISING,
    "ad_user_data": ADVERTISING,
    "ad_personalization": ADVERTISING,
    "analytics_storage": "measurement",
    "functionality_storage": NECESSARY,
    "personalization_storage": "individual_personalization",
    "security_storage": NECESSARY,
}
"""Which purpose each of Google's types of consent (version 2) hangs on."""

TCF_POLICY: Final = 5
CALIFORNIA: Final = "US-CA"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalsOut:
    """What to hand to a page: `tcf` is None unless the shop runs a registered platform."""

    consent_mode: Mapping[str, str]
    why_denied: Mapping[str, str]
    gpp: str | None
    tcf: str | None


def signals_out(
    permit: Permit,
    answered: Sequence[Answer],
    *,
    policy: Policy,
    gpc: bool,
    at: datetime,
    refused: AbstractSet[str] = frozenset(),
) -> SignalsOut:
    """
    Return the state that *answered* comes to under the regime of the permit.

    Args:
        permit: To tell the subject, or the shop, what stands.
        answered: How every purpose stands, as the gate answers.
        policy: The running configuration.
        gpc: Whether the browser sends Global Privacy Control.
        at: The time now.
        refused: Purposes that the browser knows to be refused: it remembers a no of who is a
            stranger here, and knows of one before it is recorded.
    """
    answered = [_without(answer, refused) for answer in answered]
    on = {answer.purpose: answer.on for answer in answered}
    regime = next(r for r in policy.regimes if r.id == permit.regime)
    return SignalsOut(
        consent_mode=consent_mode(on),
        why_denied=_why_denied({answer.purpose: answer.why_not for answer in answered}),
        gpp=_gpp(on, regime, policy, gpc=gpc),
        tcf=_tcf(answered, policy, policy.signals.platform, at),
    )


def _without(answer: Answer, refused: AbstractSet[str]) -> Answer:
    """Return *answer*, off where its purpose is one of *refused*; what is necessary stays on."""
    if answer.purpose not in refused or answer.mode == Mode.NECESSARY or not answer.on:
        return answer
    return replace(answer, on=False, why_not=REFUSED)


def consent_mode(on: Mapping[str, bool]) -> dict[str, str]:
    """Return Google Consent Mode's state: `denied` for whatever is not known to be on."""
    return {
        kind: "granted" if purpose == NECESSARY or on.get(purpose) else "denied"
        for kind, purpose in CONSENT_MODE.items()
    }


def _why_denied(rules: Mapping[str, str]) -> dict[str, str]:
    """Return which rule of the gate denies each type that is denied."""
    kinds = ((kind, rules.get(purpose, GAP)) for kind, purpose in CONSENT_MODE.items() if purpose)
    return {kind: rule for kind, rule in kinds if rule}


def _gpp(on: Mapping[str, bool], regime: Regime, policy: Policy, *, gpc: bool) -> str | None:
    """Return the US sections, where a law of the United States holds."""
    if not any(region.partition("-")[0] == "US" for region in regime.regions):
        return None
    sale, sharing, targeted = (_opted_out(on, policy, field) for field in OPT_OUTS)
    national = UsNational(
        sharing_notice=True,
        sale_opt_out_notice=True,
        sharing_opt_out_notice=True,
        targeted_advertising_opt_out_notice=True,
        sale_opt_out=sale,
        sharing_opt_out=sharing,
        targeted_advertising_opt_out=targeted,
        mspa_covered_transaction=False,
        gpc=gpc,
    )
    california = UsCalifornia(
        sale_opt_out_notice=True,
        sharing_opt_out_notice=True,
        sale_opt_out=sale,
        sharing_opt_out=sharing,
        mspa_covered_transaction=False,
        gpc=gpc,
    )
    return gpp.encode(
        GppConsent(usnat=national, usca=california if CALIFORNIA in regime.regions else None)
    )


def _opted_out(on: Mapping[str, bool], policy: Policy, field: str) -> bool:
    """Tell whether anything is off that a yes in *field* would say no to; advertising at least."""
    said_no_to = policy.signals.opt_outs.get(field) or (ADVERTISING,)
    return not all(on.get(purpose) for purpose in said_no_to)


def _tcf(
    answered: Sequence[Answer], policy: Policy, platform: Platform | None, at: datetime
) -> str | None:
    """Return what was agreed to: what is on without a yes is no consent that could be told."""
    if platform is None:
        return None
    on = {answer.purpose: answer.on and answer.said == StatementKind.GRANT for answer in answered}
    day = _day(max((answer.at for answer in answered if answer.at), default=at))
    vendors = frozenset(platform.vendors)
    return tcf.encode(
        TcfConsent(
            created=day,
            updated=day,
            cmp_id=platform.cmp_id,
            cmp_version=platform.cmp_version,
            consent_screen=1,
            language="EN",
            vendor_list_version=platform.vendor_list_version,
            policy_version=TCF_POLICY,
            service_specific=True,
            non_standard_texts=False,
            special_feature_opt_ins=frozenset(),
            purpose_consents=_consents(on, policy),
            purpose_legitimate_interests=frozenset(),
            purpose_one_treatment=False,
            publisher_country=platform.publisher_country,
            vendor_consents=vendors if on.get(ADVERTISING) else frozenset(),
            vendor_legitimate_interests=frozenset(),
            disclosed_vendors=vendors,
        )
    )


def _consents(on: Mapping[str, bool], policy: Policy) -> frozenset[int]:
    """Return the TCF purposes that no purpose which is off would need."""
    needs = policy.signals.tcf_purposes
    wanted = {n for purpose, numbers in needs.items() if on.get(purpose) for n in numbers}
    closed = {n for purpose, numbers in needs.items() if not on.get(purpose) for n in numbers}
    if not any(set(numbers) <= STORAGE for p, numbers in needs.items() if not on.get(p)):
        closed -= STORAGE  # what is on stores something on the device, whatever else is off
    return frozenset(wanted - closed)


def _day(at: datetime) -> datetime:
    """Return the day of *at*: a TC string tells no time of the day (TCF 2.2)."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)

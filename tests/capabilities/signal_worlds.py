"""A small policy whose consent platform shows a notice, and strings that say what a test needs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tactful.capabilities.consent import Circumstances
from tactful.gate import Permit
from tactful.mechanisms.consent_strings import GppConsent, TcfConsent, UsNational, gpp, tcf
from tactful.terms import Policy, Signals, SignalSources, Speaker, SubjectId
from tactful.testing.policies import CURRENT_NOTICE, small_policy

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
AGREED = NOW - timedelta(hours=2)
NEEDS = {"recommendations": (1, 5), "advertising": (1, 3)}
VENDOR = 755
VECTORS = Path(__file__).parents[1] / "mechanisms" / "consent_strings" / "vectors"


def policy(*, notice: str = CURRENT_NOTICE, vendor: int | None = None) -> Policy:
    """Return the small policy with meanings for every kind of signal."""
    sources = SignalSources(
        tcf_notice=notice,
        tcf_purposes=NEEDS,
        vendor=vendor,
        opt_outs={"sale_opt_out": ("advertising",), "known_child_consents": ("advertising",)},
        categories_notice=notice,
        categories={"ads": ("advertising",), "numbers": ("measurement",), "needed": ()},
    )
    return replace(small_policy(), signals=sources)


def consent(
    purposes: Iterable[int], *, at: datetime = AGREED, disclosed: Iterable[int] | None = (VENDOR,)
) -> TcfConsent:
    """Return what somebody agreed to at a consent platform."""
    return TcfConsent(
        created=at,
        updated=at,
        cmp_id=31,
        cmp_version=1,
        consent_screen=1,
        language="EN",
        vendor_list_version=142,
        policy_version=5,
        service_specific=True,
        non_standard_texts=False,
        special_feature_opt_ins=frozenset(),
        purpose_consents=frozenset(purposes),
        purpose_legitimate_interests=frozenset(),
        purpose_one_treatment=False,
        publisher_country="DE",
        vendor_consents=frozenset({VENDOR}),
        vendor_legitimate_interests=frozenset(),
        disclosed_vendors=None if disclosed is None else frozenset(disclosed),
    )


def tc(purposes: Iterable[int], *, at: datetime = AGREED) -> Signals:
    """Return the TC string that agrees to *purposes*."""
    return Signals(tcf=tcf.encode(consent(purposes, at=at)))


def us(*, sale: bool | None, gpc: bool | None = None) -> Signals:
    """Return a GPP string with the national section of the United States."""
    return Signals(gpp=gpp.encode(GppConsent(usnat=UsNational(sale_opt_out=sale, gpc=gpc))))


def vector(file: str, name: str) -> str:
    """Return a string of the reference implementations: `tcf` or `gpp`, by its name."""
    told = json.loads((VECTORS / f"{file}.json").read_text("utf-8"))["vectors"]
    return next(str(one["string"]) for one in told if one["name"] == name)


def circumstances() -> Circumstances:
    """Return how somebody chooses now at the shop's consent platform."""
    return Circumstances(
        notice="",
        regime="asking",
        locale="en",
        source="signal",
        ui="platform 7",
        by=Speaker.SUBJECT,
        record="r",
        at=NOW,
    )


def permit() -> Permit:
    """Return a permit to record what subject 7 says, under the regime that asks."""
    return Permit(
        scope=SubjectId(7),
        activity="record-statement",
        purpose="necessary",
        basis="contract",
        regime="asking",
        decided_at=NOW,
        expires_at=NOW + timedelta(minutes=1),
    )

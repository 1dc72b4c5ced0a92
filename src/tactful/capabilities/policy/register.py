"""
Draw up the record of processing activities (GDPR Art. 30(1)) from the running configuration.

What the configuration does not say is said to be missing: nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tactful.terms import STRICTEST, Activity, Policy

SUBJECTS = "visitors and shoppers of the shop, registered or not"
"""Whose data it is (Art. 30(1)(c)): this product knows nobody else."""

OUTSIDE = "measures outside tactful: TLS, backups, who has access (Art. 30(1)(g))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """On what a purpose rests under one regime: the basis, how it is asked, where that stands."""

    regime: str
    basis: str
    mode: str
    citation: str
    checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    One activity, with everything that Art. 30(1)(b)-(f) asks to record about it.

    `retention_days` is None where nothing is stored.  `without` names the regimes in which it has
    no basis, and is therefore refused.
    """

    activity: str
    title: str
    purpose: str
    purpose_title: str
    uses: tuple[str, ...]
    subjects: str
    categories: tuple[str, ...]
    recipients: tuple[str, ...]
    transfers: str
    retention_days: int | None
    profiling: bool
    dpia: str | None
    grounds: tuple[Ground, ...]
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The record of one controller.  `missing` is what has to be added by hand."""

    controller: str
    contact: str
    entries: tuple[Entry, ...]
    measures: tuple[str, ...]
    missing: tuple[str, ...]


def register(
    policy: Policy, *, controller: str = "", contact: str = "", measures: Sequence[str] = ()
) -> Register:
    """
    Return the record of processing activities of *policy*.

    Args:
        policy: The running configuration.
        controller: The shop's name.
        contact: Where the controller, and their data protection officer, can be reached.
        measures: What protects the data, as the store really does it (Art. 32(1)).
    """
    missing = [
        *([] if controller else ["the name of the controller (Art. 30(1)(a))"]),
        *([] if contact else ["contact details of the controller (Art. 30(1)(a))"]),
        *_transfers_missing(policy),
        OUTSIDE,
    ]
    return Register(
        controller=controller,
        contact=contact,
        entries=tuple(_entry(policy, activity) for activity in policy.activities.values()),
        measures=tuple(measures),
        missing=tuple(missing),
    )


def _transfers_missing(policy: Policy) -> list[str]:
    handing = [a.name for a in policy.activities.values() if a.recipients]
    return [f"where the recipients of {name} keep data (Art. 30(1)(e))" for name in handing]


def _entry(policy: Policy, activity: Activity) -> Entry:
    purpose = policy.purposes[activity.purpose]
    grounds = _grounds(policy, activity.purpose)
    based = {ground.regime for ground in grounds}
    return Entry(
        activity=activity.name,
        title=activity.title,
        purpose=purpose.name,
        purpose_title=purpose.title,
        uses=purpose.uses,
        subjects=SUBJECTS,
        categories=purpose.categories,
        recipients=activity.recipients,
        transfers="not recorded" if activity.recipients else "none: nobody outside receives data",
        retention_days=purpose.retention.days if purpose.retention else None,
        profiling=activity.profiling,
        dpia=activity.dpia,
        grounds=grounds,
        without=tuple(r.id for r in policy.regimes if r.id not in based),
    )


def _grounds(policy: Policy, purpose: str) -> tuple[Ground, ...]:
    """Return the ground under each regime that has one; the strictest is last: it is no law."""
    written = sorted(policy.regimes, key=lambda regime: regime.id == STRICTEST)
    found = ((regime.id, regime.rules.get(purpose)) for regime in written)
    return tuple(
        Ground(
            regime=regime,
            basis=rule.basis.value,
            mode=rule.mode.value,
            citation=rule.citation,
            checked=rule.confidence != "check",
        )
        for regime, rule in found
        if rule is not None
    )

"""
Draw up the record of processing activities (GDPR Art. 30(1)) from the running configuration.

What the configuration does not say is said to be missing: nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tactful.capabilities.policy.laws import follows
from tactful.terms import STRICTEST, Activity, Policy, Regime, RegimeRule

SUBJECTS = "visitors and shoppers of the shop, registered or not"
"""Whose data it is (Art. 30(1)(c)): this product knows nobody else."""

MINORS = "minors among them are asked for more, or left alone, where the law says so"

OUTSIDE = "measures outside tactful: TLS, backups, who has access (Art. 30(1)(g))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """
    On what a purpose rests under one regime: the basis, how it is asked, where that stands.

    `lifetime_days` is how long a yes counts, None without end or where none is asked.
    """

    regime: str
    basis: str
    mode: str
    citation: str
    checked: bool
    lifetime_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A regime of the register; `follows` tells that it is the strictest of others."""

    regime: str
    law: str
    regions: tuple[str, ...]
    follows: bool
    review: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    One activity, with everything that Art. 30(1)(b)-(f) asks to record about it.

    `retention_days` is None where nothing is stored.  `without` names the regimes in which it has
    no basis, and is therefore refused.  `reviews` says what is looked at again, and when.
    """

    activity: str
    title: str
    purpose: str
    purpose_title: str
    uses: tuple[str, ...]
    subjects: str
    categories: tuple[str, ...]
    recipients: tuple[str, ...]
    transfers: tuple[str, ...]
    retention_days: int | None
    profiling: bool
    dpia: str | None
    reviews: tuple[tuple[str, date], ...]
    grounds: tuple[Ground, ...]
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The record of one controller.  `missing` is what has to be added by hand."""

    controller: str
    contact: str
    entries: tuple[Entry, ...]
    laws: tuple[Law, ...]
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
        laws=tuple(_law(regime) for regime in _in_order(policy)),
        measures=tuple(measures),
        missing=tuple(missing),
    )


def _transfers_missing(policy: Policy) -> list[str]:
    unsaid = [a.name for a in policy.activities.values() if a.recipients and not a.transfers]
    return [f"where the recipients of {name} keep data (Art. 30(1)(e))" for name in unsaid]


def _entry(policy: Policy, activity: Activity) -> Entry:
    purpose = policy.purposes[activity.purpose]
    grounds = tuple(_grounds(policy, activity.purpose))
    based = {ground.regime for ground in grounds}
    return Entry(
        activity=activity.name,
        title=activity.title,
        purpose=purpose.name,
        purpose_title=purpose.title,
        uses=purpose.uses,
        subjects=_subjects(policy, purpose.name),
        categories=purpose.categories,
        recipients=activity.recipients,
        transfers=activity.transfers,
        retention_days=purpose.retention.days if purpose.retention else None,
        profiling=activity.profiling,
        dpia=activity.dpia,
        reviews=tuple(_reviews(activity=activity.review, purpose=purpose.review)),
        grounds=grounds,
        without=tuple(r.id for r in _in_order(policy) if r.id not in based),
    )


def _subjects(policy: Policy, purpose: str) -> str:
    """Return the categories of subjects; minors where any law looks at their age."""
    aged = any(age.purpose == purpose for regime in policy.regimes for age in regime.ages)
    return f"{SUBJECTS}; {MINORS}" if aged else SUBJECTS


def _reviews(**dated: date | None) -> Iterator[tuple[str, date]]:
    yield from ((what, due) for what, due in dated.items() if due is not None)


def _in_order(policy: Policy) -> list[Regime]:
    """Return all regimes; what follows from others comes last, the strictest of all at the end."""
    return sorted(policy.regimes, key=lambda r: (follows(r), r.id == STRICTEST))


def _law(regime: Regime) -> Law:
    return Law(
        regime=regime.id,
        law=regime.law,
        regions=regime.regions,
        follows=follows(regime),
        review=regime.review,
    )


def _grounds(policy: Policy, purpose: str) -> Iterator[Ground]:
    for regime in _in_order(policy):
        if rule := regime.rules.get(purpose):
            yield _ground(regime.id, rule)


def _ground(regime: str, rule: RegimeRule) -> Ground:
    return Ground(
        regime=regime,
        basis=rule.basis.value,
        mode=rule.mode.value,
        citation=rule.citation,
        checked=rule.confidence != "check",
        lifetime_days=rule.consent_lifetime.days if rule.consent_lifetime else None,
    )

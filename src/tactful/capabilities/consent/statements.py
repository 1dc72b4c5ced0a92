"""
Turn what a subject answered into statements, and say back what was recorded.

Whether a statement counts is the gate's business; here it is made whole and provable (Art. 7(1)).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tactful.capabilities.consent.ports import Statements
from tactful.gate import Permit
from tactful.terms import (
    Mistake,
    Policy,
    Speaker,
    Standing,
    Statement,
    StatementKind,
)

ANSWERS = frozenset({"grant", "deny", "withdraw", "object"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How the statements of one act were made: what a record of consent must prove (Art. 7(1))."""

    notice: str
    regime: str
    locale: str
    source: str
    ui: str
    by: Speaker
    record: str
    at: datetime


def statements_from(
    answers: Mapping[str, str], how: Circumstances, *, policy: Policy
) -> tuple[Statement, ...]:
    """
    Make one statement per answered purpose.

    A grant must name the notice that was shown, `id@version`; a no needs none (Art. 7(3)).

    Raises:
        Mistake: an unknown purpose, answer or notice, a grant without a notice, or to one that
            does not tell of the purpose.
    """
    if not answers:
        raise Mistake("statements is empty: name at least one purpose and its answer")
    for purpose, answer in answers.items():
        _check(purpose, answer, policy)
    _check_notice(how.notice, policy, granted=[p for p, said in answers.items() if said == "grant"])
    shown = policy.notice(how.notice, how.locale or "en")
    return tuple(
        Statement(
            purpose=purpose,
            kind=StatementKind(answer),
            at=how.at,
            notice=how.notice,
            notice_hash=shown.hash if shown else "",
            regime=how.regime,
            locale=how.locale,
            source=how.source,
            ui=how.ui,
            by=how.by,
            record=how.record,
        )
        for purpose, answer in answers.items()
    )


def record(permit: Permit, statements: tuple[Statement, ...], store: Statements) -> None:
    """Write *statements* of the permit's subject into the append-only record."""
    store.append(permit, statements)


def objections_by_signal(
    permit: Permit, standing: Standing, *, policy: Policy, record: str, at: datetime
) -> tuple[Statement, ...]:
    """
    Return what Global Privacy Control says of a known subject, where they have not said it yet.

    A browser's signal holds for the person it belongs to once they are known (11 CCR 7025(c)(1)),
    and its later absence takes nothing back (4 CCR 904-3, 5.09).  Where it is only honoured by the
    shop's choice an explicit grant stands.
    """
    regime = next(r for r in policy.regimes if r.id == permit.regime)
    covered = [(p, True) for p in regime.gpc.binding] + [(p, False) for p in regime.gpc.honoured]
    return tuple(
        Statement(
            purpose=purpose,
            kind=StatementKind.OBJECT,
            at=at,
            regime=regime.id,
            source="signal:gpc",
            record=record,
        )
        for purpose, binding in sorted(covered)
        if _signal_is_news(standing, purpose, binding=binding, at=at)
    )


def _signal_is_news(standing: Standing, purpose: str, *, binding: bool, at: datetime) -> bool:
    latest = standing.latest(purpose, at)
    if latest is None:
        return True
    return binding and latest.kind is StatementKind.GRANT


def _check(purpose: str, answer: str, policy: Policy) -> None:
    if purpose not in policy.purposes:
        known = ", ".join(policy.purposes)
        raise Mistake(f"unknown purpose {purpose[:64]!r}: it must be one of {known}")
    if answer not in ANSWERS:
        raise Mistake(
            f"unknown answer {answer[:64]!r}: it must be one of {', '.join(sorted(ANSWERS))}"
        )
    if policy.is_necessary(purpose):
        raise Mistake(f"{purpose} is necessary for the shop to work: there is nothing to answer")


def _check_notice(notice: str, policy: Policy, *, granted: Sequence[str]) -> None:
    if not notice and not granted:
        return
    shown = policy.notice(notice)
    if shown is None:
        known = ", ".join(sorted({n.name for n in policy.notices}))
        told = f"unknown notice {notice[:64]!r}" if notice else "a grant must name the notice shown"
        raise Mistake(f'{told}: give "notice" as one of {known}')
    for purpose in granted:
        if purpose not in shown.texts:
            raise Mistake(f"{notice} says nothing about {purpose}: a yes to it would not count")

"""
Turn what a subject answered into statements, and say back what was recorded.

Whether a statement counts is the gate's business; here it is made whole and provable (Art. 7(1)).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tactful.capabilities.consent.ports import Statements
from tactful.gate import Permit
from tactful.terms import Mistake, Mode, Policy, Standing, Statement, StatementKind

ANSWERS = frozenset({"grant", "deny", "withdraw", "object"})


def statements_from(
    answers: Mapping[str, str],
    *,
    policy: Policy,
    notice: str,
    regime: str,
    locale: str,
    source: str,
    at: datetime,
) -> tuple[Statement, ...]:
    """
    Make one statement per answered purpose.

    A grant must name the notice that was shown, `id@version`; a no needs none (Art. 7(3)).

    Raises:
        Mistake: an unknown purpose, answer or notice, or a grant without a notice.
    """
    if not answers:
        raise Mistake("statements is empty: name at least one purpose and its answer")
    for purpose, answer in answers.items():
        _check(purpose, answer, policy)
    _check_notice(notice, policy, needed="grant" in answers.values())
    return tuple(
        Statement(
            purpose=purpose,
            kind=StatementKind(answer),
            at=at,
            notice=notice,
            regime=regime,
            locale=locale,
            source=source,
        )
        for purpose, answer in answers.items()
    )


def record(permit: Permit, statements: tuple[Statement, ...], store: Statements) -> None:
    """Write *statements* of the permit's subject into the append-only record."""
    store.append(permit, statements)


def objections_by_signal(
    permit: Permit, standing: Standing, *, policy: Policy, at: datetime
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
    if all(_mode(policy, i, purpose) is Mode.NECESSARY for i in range(len(policy.regimes))):
        raise Mistake(f"{purpose} is necessary for the shop to work: there is nothing to answer")


def _mode(policy: Policy, regime: int, purpose: str) -> Mode | None:
    rule = policy.regimes[regime].rules.get(purpose)
    return rule.mode if rule else None


def _check_notice(notice: str, policy: Policy, *, needed: bool) -> None:
    if not notice and not needed:
        return
    if policy.notice(notice) is None:
        known = ", ".join(sorted({n.name for n in policy.notices}))
        told = f"unknown notice {notice[:64]!r}" if notice else "a grant must name the notice shown"
        raise Mistake(f'{told}: give "notice" as one of {known}')

"""How consent is shown: the notice before a choice, the standing after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tactful.gate import Permit
from tactful.terms import Mode, Notice, Policy, Purpose, Regime, RegimeRule, Standing, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeOffered:
    """One purpose as a notice offers it.  `default` is `off` unless the law lets it be on."""

    purpose: str
    title: str
    default: str
    basis: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeShown:
    """The notice for one region and locale, with every purpose it covers."""

    notice: Notice
    regime: Regime
    purposes: tuple[PurposeOffered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What stands on one purpose: the last word, and whether the purpose is on because of it."""

    purpose: str
    title: str
    said: str | None
    at: datetime | None
    notice: str
    source: str
    mode: str
    basis: str


_DEFAULTS = {Mode.NECESSARY: "always", Mode.OPT_OUT: "on"}


def notice_shown(policy: Policy, *, region: str | None, locale: str) -> NoticeShown:
    """Return what to show before a choice (Art. 13): nothing is on where consent is asked."""
    notice = policy.current_notice(locale)
    regime = policy.regimes[policy.regime_index(region)]
    offered = (
        PurposeOffered(
            purpose=name,
            title=notice.titles.get(name, policy.purposes[name].title),
            default=_DEFAULTS.get(rule.mode, "off"),
            basis=rule.basis.value,
            text=notice.texts.get(name, ""),
        )
        for name, rule in regime.rules.items()
    )
    return NoticeShown(notice=notice, regime=regime, purposes=tuple(offered))


def answers(
    permit: Permit, standing: Standing, *, policy: Policy, at: datetime
) -> tuple[Answer, ...]:
    """Return the last word on every purpose, as it counts for the permit's subject at *at*."""
    regime = next(r for r in policy.regimes if r.id == permit.regime)
    return tuple(
        _answer(standing.latest(purpose, at), policy.purposes[purpose], regime.rules[purpose])
        for purpose in policy.purposes
        if purpose in regime.rules
    )


def _answer(latest: Statement | None, purpose: Purpose, rule: RegimeRule) -> Answer:
    return Answer(
        purpose=purpose.name,
        title=purpose.title,
        said=latest.kind.value if latest else None,
        at=latest.at if latest else None,
        notice=latest.notice if latest else "",
        source=latest.source if latest else "",
        mode=rule.mode.value,
        basis=rule.basis.value,
    )

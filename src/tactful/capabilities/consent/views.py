"""How consent is shown: the notice before a choice, the standing after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tactful.capabilities.consent.asking import ask_from, may_ask
from tactful.gate import Gap, Permit, Refusal
from tactful.terms import Mode, Notice, Policy, Purpose, Regime, Standing, Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeOffered:
    """
    One purpose as a notice offers it.  `default` is `off` unless the law lets it be on.

    `gpc` says what Global Privacy Control is to it: `binding` outranks even a grant, `honoured` is
    a no until one is given, and empty leaves it alone.
    """

    purpose: str
    title: str
    default: str
    basis: str
    text: str
    gpc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeShown:
    """The notice for one region and locale, with every purpose it covers."""

    notice: Notice
    regime: Regime
    purposes: tuple[PurposeOffered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """
    How one purpose stands for a subject.

    `said` is the last word, None where nothing was said; `on` tells whether the purpose may be
    served now, and `why_not` which rule refuses it if not.  `ask` tells whether they may be asked,
    and `ask_from` from when, where the law makes the shop wait after a no.
    """

    purpose: str
    title: str
    said: str | None
    at: datetime | None
    notice: str
    source: str
    mode: str
    basis: str
    on: bool
    why_not: str
    ask: bool
    ask_from: datetime | None


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
            gpc=_heard(regime, name),
        )
        for name, rule in regime.rules.items()
    )
    return NoticeShown(notice=notice, regime=regime, purposes=tuple(offered))


def _heard(regime: Regime, purpose: str) -> str:
    if purpose in regime.gpc.binding:
        return "binding"
    return "honoured" if purpose in regime.gpc.honoured else ""


def answers(
    permit: Permit,
    standing: Standing,
    *,
    policy: Policy,
    at: datetime,
    refused: Callable[[str], Refusal | Gap | None],
) -> tuple[Answer, ...]:
    """
    Return how every purpose stands for the permit's subject at *at*.

    Args:
        permit: To tell the subject, or the shop, what was said.
        standing: What was said.
        policy: The running configuration.
        at: The moment of the question.
        refused: Asks the gate who would refuse a purpose.
    """
    regime = next(r for r in policy.regimes if r.id == permit.regime)
    return tuple(
        _answer(
            standing.latest(purpose, at),
            policy.purposes[purpose],
            regime,
            refusal=refused(purpose),
            at=at,
        )
        for purpose in policy.purposes
        if purpose in regime.rules
    )


def _answer(
    latest: Statement | None,
    purpose: Purpose,
    regime: Regime,
    *,
    refusal: Refusal | Gap | None,
    at: datetime,
) -> Answer:
    rule = regime.rules[purpose.name]
    return Answer(
        purpose=purpose.name,
        title=purpose.title,
        said=latest.kind.value if latest else None,
        at=latest.at if latest else None,
        notice=latest.notice if latest else "",
        source=latest.source if latest else "",
        mode=rule.mode.value,
        basis=rule.basis.value,
        on=refusal is None,
        why_not=refusal.rule if refusal else "",
        ask=may_ask(latest, regime, refusal, at),
        ask_from=ask_from(latest, regime),
    )

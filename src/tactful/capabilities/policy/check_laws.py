"""What may be wrong with regimes, and what has to be known of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from tactful.capabilities.policy.findings import Finding, Looked, error, listed, note, warning
from tactful.capabilities.policy.laws import ages_together, written
from tactful.gate import verdict_table
from tactful.gate.verdicts import PERMITTED
from tactful.terms import Activity, AgeRule, Policy, Regime

SOON = timedelta(days=60)
"""How long before it happens a change of the law is announced."""

_NAMED = 3
"""So many figures are named in the finding itself; more are counted there."""


def _gaps(looked: Looked) -> Iterator[Finding]:
    """A purpose on which a regime is silent is refused there, and where no region is known."""
    for purpose in looked.policy.purposes:
        silent = [r.id for r in written(looked.policy) if purpose not in r.rules]
        if silent:
            yield _gap(silent, purpose, looked.used.get(purpose, []))


def _gap(regimes: list[str], purpose: str, activities: list[str]) -> Finding:
    where = f"regime{'s' if len(regimes) > 1 else ''} {listed(regimes)}"
    instead = (
        f"write [rules.{purpose}] with mode and basis, or in purposes.toml the purpose that it is "
        f'like; mode = "forbidden" says no on purpose'
    )
    if not activities:
        what = f"no rule on {purpose}: a gap once something is done for it"
        return warning(where, what, instead)
    what = f"no basis for {listed(activities)}, refused here and where no region is known"
    return error(where, what, instead)


def _never(looked: Looked) -> Iterator[Finding]:
    """What nobody can ever be permitted is known to be so, not found out by waiting."""
    closed = {purpose: _closed(looked.policy, purpose) for purpose in looked.policy.purposes}
    for regime in looked.policy.regimes:
        never = [p for p in regime.rules if p in closed and regime.id in closed[p]]
        if never:
            yield note(
                f"regime {regime.id}",
                f"{listed(never)} can never be permitted, whatever anybody says",
                "nothing, if that is meant",
            )


def _closed(policy: Policy, purpose: str) -> set[str]:
    """Return the regimes that permit nothing for *purpose*, as the rules themselves answer."""
    table = verdict_table(Activity(name=purpose, purpose=purpose, title=purpose), policy)
    permitted = table.numbers.reshape(len(policy.regimes), -1) == PERMITTED
    return {
        regime.id
        for regime, some in zip(policy.regimes, permitted.any(axis=1), strict=True)
        if not some
    }


def _figures(looked: Looked) -> Iterator[Finding]:
    """What nobody has looked up yet is not relied on without saying so."""
    for regime in written(looked.policy):
        figures = list(_cited(regime))
        unread = tuple(what for what, confidence in figures if confidence == "check")
        if unread:
            yield warning(
                f"regime {regime.id}",
                f"nobody has checked {_some(unread, len(figures))}",
                'write confidence = "read", once somebody who may say so has read the source',
                details=unread,
            )


def _some(unread: tuple[str, ...], of: int) -> str:
    if len(unread) > _NAMED:
        return f"the source of {len(unread)} of {of} figures"
    return f"the source of {listed([what.partition(': ')[0] for what in unread])}"


def _cited(regime: Regime) -> Iterator[tuple[str, str]]:
    """Yield each figure of *regime* with where it is written, and how sure it is."""
    for rule in regime.rules.values():
        yield f"{rule.purpose}: {rule.citation}", rule.confidence
    yield from _ages(regime.ages)
    for deadline in regime.deadlines.values():
        yield f"deadline {deadline.name}: {deadline.citation}", deadline.confidence
    if regime.gpc.binding or regime.gpc.honoured:
        yield f"Global Privacy Control: {regime.gpc.citation}", regime.gpc.confidence


def _ages(rules: Iterable[AgeRule]) -> Iterator[tuple[str, str]]:
    """Yield each age once, whatever it is for, and those of single regions."""
    for rule, purposes in ages_together(rules):
        yield f"age below {rule.below} for {listed(purposes)}: {rule.citation}", rule.confidence
        for region, below in rule.below_in.items():
            read = "read" if region in rule.read_in else "check"
            yield f"age below {below} in {region}: {rule.citation}", read


def _soon(looked: Looked) -> Iterator[Finding]:
    """A change of the law that is dated is announced before it happens."""
    day = looked.policy.changes_on
    if day is not None and looked.today <= day <= looked.today + SOON:
        yield note(
            "regimes/",
            f"another rule begins, or ceases, to hold on {day}",
            "look for that day in the files there; it happens by itself",
        )


CHECKS: tuple[Callable[[Looked], Iterator[Finding]], ...] = (_gaps, _never, _figures, _soon)

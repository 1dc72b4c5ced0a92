# ruff: noqa: INP001 - a script, not a package
"""
Write docs/reference/regimes.md from the policy pack.

    .venv/bin/python docs/reference/make_regimes.py

A test compares the page with the pack, so that neither changes without the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from tactful.adapters.policy_files import load_policy
from tactful.terms import STRICTEST, AgeRule, Policy, Regime, RegimeRule

AS_OF = date(2026, 11, 23)
OPTIONAL = 9
PAGE = Path(__file__).with_name("regimes.md")

HEAD = f"""# Regimes

What the policy pack says of fourteen jurisdictions, as it holds on {AS_OF}, and after each what
is known to change. Engineering input, not legal advice: what is marked *check* was not read in its
source, and `tactful policy check` says so. The files are in `src/tactful/pack/regimes/`; [Policy
files](policy.md#regimestoml) explains the keys, and [Change the
policy](../how-to/change-the-policy.md#change-a-laws-reading) how a shop says otherwise.

This page is made by `docs/reference/make_regimes.py`.
"""


def page(policy: Policy) -> str:
    """Return the page about all regimes of *policy* that are a law."""
    lines = (line for regime in _laws(policy) for line in _with_changes(regime, policy.changes_on))
    return HEAD + "".join(f"\n{line}\n" for line in lines)


def _laws(policy: Policy) -> Iterator[Regime]:
    """Yield the regimes that are a law, not a set made of several."""
    yield from (r for r in policy.regimes if r.id != STRICTEST and not r.country_alone)


def _with_changes(regime: Regime, day: date | None) -> Iterator[str]:
    """Yield *regime* as it is, and once more for each day on which it becomes another."""
    yield from _regime(regime, regime.id)
    while day is not None:
        policy = load_policy(None, on=day)
        (later,) = (law for law in _laws(policy) if law.id == regime.id)
        if later != regime:
            yield from _regime(later, f"{regime.id} from {day}")
        regime, day = later, policy.changes_on


def _regime(regime: Regime, title: str) -> Iterator[str]:
    yield f"## {title}"
    yield f"{regime.law.rstrip('.')}. In {', '.join(f'`{region}`' for region in regime.regions)}."
    yield _table(
        ("purpose", "mode", "basis", "where", ""), _merged(map(_rule, regime.rules.values()))
    )
    gpc = regime.gpc
    yield (
        f"Global Privacy Control: binding for {_names(sorted(gpc.binding))}, honoured for "
        f"{_names(sorted(gpc.honoured))} ({gpc.citation}; {gpc.confidence})."
    )
    if regime.ages:
        yield _table(("age", "asks for", "for", "where", ""), _ages(regime))
    if regime.deadlines:
        yield _table(
            ("deadline", "", "where", ""),
            (
                (f"`{d.name}`", d.period, d.citation, d.confidence)
                for d in regime.deadlines.values()
            ),
        )


def _rule(rule: RegimeRule) -> tuple[str, ...]:
    terms = [f"{kind} {days.days} days" for kind, days in rule.implied_by.items() if days]
    if rule.consent_lifetime:
        terms.append(f"a yes {rule.consent_lifetime.days} days")
    mode = f"`{rule.mode}`" + (f", {', '.join(terms)}" if terms else "")
    basis = rule.basis.replace("_", " ")
    return rule.purpose, mode, basis, rule.citation, rule.confidence


def _ages(regime: Regime) -> Iterator[tuple[str, ...]]:
    """Yield what age asks for, the age first and then the purposes."""
    for purposes, age, asks, *rest in _merged(map(_age, regime.ages)):
        yield age, asks, purposes, *rest


def _age(rule: AgeRule) -> tuple[str, ...]:
    own = ", ".join(f"{region} {age}" for region, age in rule.below_in.items())
    read = f"check; read: {', '.join(sorted(rule.read_in))}" if rule.read_in else rule.confidence
    age = f"below {rule.below}" + (f" ({own})" if own else "")
    return rule.purpose, age, rule.needs.name.lower().replace("_", " "), rule.citation, read


def _merged(rows: Iterable[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Yield one row for all purposes, which stand first, of which the law says the same."""
    same: dict[tuple[str, ...], list[str]] = {}
    for purpose, *rest in rows:
        same.setdefault(tuple(rest), []).append(purpose)
    yield from ((_names(purposes), *rest) for rest, purposes in same.items())


def _names(names: Iterable[str]) -> str:
    shown = [f"`{name}`" for name in names]
    return "all but `necessary`" if len(shown) == OPTIONAL else ", ".join(shown) or "nothing"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines)


if __name__ == "__main__":
    PAGE.write_text(page(load_policy(None, on=AS_OF)), encoding="utf-8")

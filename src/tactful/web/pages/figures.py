"""
The figures of the console: counts, bars, and the register of activities.

Only totals are read here.  No page of the console can name a person, or list one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from tactful.gate import Permit
from tactful.shop import Shop
from tactful.terms import STRICTEST, Level, Policy, RegimeRule
from tactful.web.pages.charts import Part, bar, stack
from tactful.web.pages.words import LEVELS, RULES, LevelWords

EVALUATION_FILE: Final = "evaluation.json"

Totals = Mapping[tuple[str, str], int]

_SAID: Final = {
    "grant": "bar-yes",
    "deny": "bar-no",
    "withdraw": "bar-back-taken",
    "object": "bar-object",
}


class Measured(msgspec.Struct, frozen=True):
    """How one level did on held-out visits."""

    hr: float
    mrr: float
    ndcg: float


class Evaluation(msgspec.Struct, frozen=True):
    """The last evaluation, as it was written down."""

    levels: dict[str, Measured]
    cases: int
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table that is a chart: a name, figures as text, and a bar."""

    name: str
    figures: tuple[str, ...]
    bar: tuple[Part, ...]


def read_evaluation(folder: Path) -> Evaluation | None:
    """Return the last evaluation, or None where none was written down."""
    try:
        found = (folder / EVALUATION_FILE).read_bytes()
        return msgspec.json.decode(found, type=Evaluation)
    except (OSError, msgspec.DecodeError):
        return None


def levels_measured(evaluation: Evaluation) -> tuple[Row, ...]:
    """Return the hit rate of each level, with a bar."""
    found = [(LEVELS[level], evaluation.levels.get(level.value)) for level in Level]
    most = max((m.hr for _, m in found if m), default=0.0)
    return tuple(_level_row(words, m, most) for words, m in found if m)


def counted(totals: Totals, name: str, words: Mapping[str, str] | None = None) -> tuple[Row, ...]:
    """Return the counters of *name*, called by their *words*, the largest first, with bars."""
    found = {label: n for (counter, label), n in totals.items() if counter == name}
    return rows(((words or {}).get(label, label), n) for label, n in found.items())


def refusals_by_rule(totals: Totals) -> tuple[Row, ...]:
    """Return how often each rule of the gate said no, whatever was asked."""
    found: Counter[str] = Counter()
    for (counter, label), n in totals.items():
        if counter == "refusal":
            found[label.rpartition(": ")[2]] += n
    return rows((RULES.get(rule, rule), n) for rule, n in found.items())


def statements_by_purpose(totals: Totals, titles: Mapping[str, str]) -> tuple[Row, ...]:
    """Return how often each purpose was granted, refused, withdrawn and objected to."""
    said: dict[str, Counter[str]] = {}
    for (counter, label), n in totals.items():
        kind, _, purpose = label.partition(":")
        if counter == "statement" and purpose:
            said.setdefault(purpose, Counter())[kind] += n
    most = max((counts.total() for counts in said.values()), default=0)
    return tuple(
        Row(
            name=title,
            figures=tuple(f"{said[purpose][kind]:,}" for kind in _SAID),
            bar=stack([(colour, said[purpose][kind]) for kind, colour in _SAID.items()], most),
        )
        for purpose, title in titles.items()
        if purpose in said
    )


def decisions_by_level(totals: Totals) -> tuple[Row, ...]:
    """Return how many answers were given at each level, in the order of the dial."""
    return rows(
        ((LEVELS[level].name, totals.get(("decisions", level.value), 0)) for level in Level),
        ordered=True,
    )


def rows(found: Iterable[tuple[str, int]], *, ordered: bool = False) -> tuple[Row, ...]:
    """Return one row for each name and count; the largest first, unless they are *ordered*."""
    pairs = list(found) if ordered else sorted(found, key=lambda pair: (-pair[1], pair[0]))
    most = max((n for _, n in pairs), default=0)
    return tuple(Row(name=name, figures=(f"{n:,}",), bar=bar(n, most)) for name, n in pairs)


def kept_and_refused(totals: Totals) -> Row:
    """Return how many events were kept and refused, as one bar of two parts."""
    kept, refused = totals.get(("events", "kept"), 0), totals.get(("events", "refused"), 0)
    return _two(name="Events", yes=kept, no=refused)


def subjects_by_activity(shop: Shop) -> tuple[Row, ...]:
    """Return of how many subjects each activity may use data, and of how many it may not."""
    return tuple(
        row
        for activity in shop.policy.activities.values()
        if not activity.survives_restriction
        and (row := _subjects_row(shop, activity.name, activity.title))
    )


def _subjects_row(shop: Shop, activity: str, title: str) -> Row | None:
    answer = shop.door.ask_audience(activity, shop.now())
    if not isinstance(answer, Permit):
        return None
    audience = answer.audience
    return _two(name=title, yes=len(audience.members), no=sum(audience.refused.values()))


def _two(*, name: str, yes: int, no: int) -> Row:
    return Row(
        name=name,
        figures=(f"{yes:,}", f"{no:,}"),
        bar=stack([("bar-yes", yes), ("bar-no", no)], yes + no),
    )


def _level_row(words: LevelWords, measured: Measured, most: float) -> Row:
    figures = (measured.hr, measured.mrr, measured.ndcg)
    return Row(
        name=words.name,
        figures=tuple(f"{figure:.3f}" for figure in figures),
        bar=bar(measured.hr, most, kind=f"bar-{words.level}"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One activity of the register; `grounds` holds each ground with the regimes that share it."""

    name: str
    title: str
    purpose: str
    recipients: str
    dpia: str
    grounds: tuple[tuple[str, tuple[str, ...]], ...]


def register(shop: Shop) -> tuple[Entry, ...]:
    """Return every activity with its grounds."""
    policy = shop.policy
    return tuple(
        Entry(
            name=activity.name,
            title=activity.title,
            purpose=policy.purposes[activity.purpose].title,
            recipients=", ".join(activity.recipients) or "nobody",
            dpia=activity.dpia or "",
            grounds=_grounds(policy, activity.purpose),
        )
        for activity in policy.activities.values()
    )


def _grounds(policy: Policy, purpose: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each ground once, with the regimes that share it; the strictest set is no law."""
    found: dict[str, list[str]] = {}
    for regime in policy.regimes:
        if regime.id != STRICTEST and not regime.country_alone:
            found.setdefault(_ground(regime.rules.get(purpose)), []).append(regime.id)
    return tuple((ground, tuple(regimes)) for ground, regimes in found.items())


def _ground(rule: RegimeRule | None) -> str:
    if rule is None:
        return "gap"
    return f"{rule.basis}, {rule.mode}".replace("_", " ")

"""The closing figures of the demonstration, each measured on the shop that was just filled."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from tactful.demo.narration import Narration
from tactful.shop import Question, Shop, Who
from tactful.shop.evaluating import Evaluation

DECISIONS = 1_000
QUESTIONS = 20_000


def summarise(shop: Shop, evaluation: Evaluation, people: Sequence[Who], voice: Narration) -> None:
    """Show what was kept, how well each level foresees, and how fast the answers come."""
    voice.heading("Summary")
    _kept(shop.totals(), voice)
    _levels(evaluation, voice)
    _speed(shop, people, voice)


def _kept(totals: Mapping[tuple[str, str], int], voice: Narration) -> None:
    kept = totals.get(("events", "kept"), 0)
    refused = totals.get(("events", "refused"), 0)
    rows = [("all events", f"{kept:,}", f"{refused:,}")]
    rows += [
        (f"kept for {label}", f"{n:,}", "")
        for (name, label), n in sorted(totals.items())
        if name == "kept"
    ]
    rows += [
        (f"refused: {label}", "", f"{n:,}")
        for (name, label), n in sorted(totals.items())
        if name == "refused"
    ]
    voice.table("Events", ("", "kept", "refused"), rows)


def _levels(evaluation: Evaluation, voice: Narration) -> None:
    rows = [
        (
            level.value,
            f"{found.hit_rate:.3f}",
            f"{found.reciprocal_rank:.3f}",
            f"{found.ndcg:.3f}",
        )
        for level, found in evaluation.levels.items()
    ]
    title = f"What each level foresees: {evaluation.cases:,} visits since {evaluation.since:%F}"
    voice.table(title, ("level", "HR@20", "MRR@20", "NDCG@20"), rows)


def _speed(shop: Shop, people: Sequence[Who], voice: Narration) -> None:
    visits = [shop.visit(who) for who in people]
    now = shop.now()
    decide = _timed(
        "a decision",
        lambda n: shop.decide(Question(slot="for-you", who=people[n % len(people)])),
        DECISIONS,
    )
    ask = _timed(
        "the gate alone",
        lambda n: shop.door.ask("recommend-individual", visits[n % len(visits)], now),
        QUESTIONS,
    )
    rows = [(name, f"{p50:,.1f}", f"{p99:,.1f}") for name, (p50, p99) in (decide, ask)]
    voice.table("Time to answer, in microseconds", ("", "p50", "p99"), rows)


def _timed(name: str, act: Callable[[int], object], times: int) -> tuple[str, tuple[float, float]]:
    """Return the median and the 99th percentile of *act*, in microseconds of this process."""
    act(0)
    spent = []
    for number in range(times):
        started = time.perf_counter_ns()
        act(number)
        spent.append((time.perf_counter_ns() - started) / 1_000)
    spent.sort()
    return name, (spent[times // 2], spent[times * 99 // 100])

"""
Replay the shop's own last weeks: how well does each level foresee what people chose?

Trained on what came before, asked about what came after; only history that may teach the models is
looked at.  Each visit is cut in half: the first half is the visit so far, the second is foreseen.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean
from typing import Protocol

from tactful.capabilities.recommend import (
    SLOTS,
    Known,
    Shelf,
    Visit,
    lessons,
    slate,
    visits,
)
from tactful.gate import Permitted
from tactful.mechanisms.ranking_metrics import hit_rate, ndcg, reciprocal_rank
from tactful.shop.parts import Parts
from tactful.shop.training import Progress, Training
from tactful.terms import Event, Level, Mistake, SubjectId

CUTOFF = 20
"""Ranks past this one count for nothing: HR@20, MRR@20, NDCG@20."""


class Metric(Protocol):
    """One of `tactful.mechanisms.ranking_metrics`."""

    def __call__(self, ranked: Sequence[str], targets: Collection[str], *, cutoff: int) -> float:
        """Measure one ranked list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """How one level did, averaged over the cases; latencies in microseconds of CPU time."""

    hit_rate: float
    reciprocal_rank: float
    ndcg: float
    p50_us: float
    p99_us: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """How every level did on the visits since `since`."""

    since: datetime
    cases: int
    levels: Mapping[Level, Foresight]

    def plain(self) -> dict[str, object]:
        """Return the evaluation as plain data, for JSON."""
        return {
            "since": self.since.isoformat(),
            "cases": self.cases,
            "levels": {
                level.value: {
                    "hr": round(f.hit_rate, 4),
                    "mrr": round(f.reciprocal_rank, 4),
                    "ndcg": round(f.ndcg, 4),
                    "p50_us": round(f.p50_us, 1),
                    "p99_us": round(f.p99_us, 1),
                }
                for level, f in self.levels.items()
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One visit to foresee: what was known before it, and what it turned out to be."""

    past: Permitted[tuple[Event, ...]]
    seen: Permitted[tuple[str, ...]]
    group: Permitted[str | None]
    targets: frozenset[str]

    def known(self, level: Level) -> Known:
        """Return what *level* would have been allowed to know."""
        return Known(
            session=self.seen if level.height >= Level.SESSION.height else None,
            group=self.group if level.height >= Level.SEGMENT.height else None,
            history=self.past if level.height >= Level.INDIVIDUAL.height else None,
        )


class Evaluating:
    """Splits the shop's history in time, trains on the first part, and asks about the second."""

    def __init__(self, parts: Parts, training: Training) -> None:
        self._parts = parts
        self._training = training

    def evaluate(
        self,
        *,
        weeks: int = 2,
        most_cases: int = 2_000,
        progress: Progress = lambda _step, _done: None,
    ) -> Evaluation:
        """
        Measure every level on the last *weeks* weeks.

        Raises:
            Mistake: there is not enough history on either side of the split.
        """
        opened = self._training.open_history().map(tuple)
        since = _since(opened.value, weeks)
        before = opened.map(lambda events: tuple(e for e in events if e.at < since))
        grouped = self._training.groups()
        groups = {
            s: g
            for s, own in _by_subject(before.value).items()
            if s in grouped and (g := self._group(own))
        }
        models = self._training.build(list(lessons(before)), groups, progress)
        cases = self._cases(opened, since, most_cases)
        if not cases or not len(models.log):
            raise Mistake("too little history to evaluate: collect for longer, or lower --weeks")
        shelf = Shelf(models=models, catalogue=self._parts.store.catalogue)
        levels = {level: _foresight(level, cases, shelf, progress) for level in Level}
        return Evaluation(since=since, cases=len(cases), levels=levels)

    def _cases(
        self, opened: Permitted[tuple[Event, ...]], since: datetime, most: int
    ) -> list[_Case]:
        grouped, own = self._training.groups(), _by_subject(opened.value)
        # A visit that began before the cut was partly learned from.
        late = [v for v in visits(opened) if v.began >= since and len(v.items) > 1]
        count = min(most, len(late))
        spread = [late[number * len(late) // count] for number in range(count)]
        return [self._case(opened, visit, own, grouped) for visit in spread]

    def _case(
        self,
        opened: Permitted[tuple[Event, ...]],
        visit: Visit,
        own: Mapping[SubjectId, Sequence[Event]],
        grouped: Mapping[SubjectId, str],
    ) -> _Case:
        subject, items = visit.subject, visit.items
        half = len(items) // 2
        past = tuple(event for event in own[subject] if event.at < visit.began)
        group = self._group(past) if subject in grouped else None
        return _Case(
            past=opened.map(lambda _: past),
            seen=opened.map(lambda _: items[:half]),
            group=opened.map(lambda _: group),
            targets=frozenset(items[half:]),
        )

    def _group(self, past: Sequence[Event]) -> str | None:
        """Return the group that *past* had led to: no later one, which would look ahead."""
        for event in reversed(past):
            line = self._parts.store.catalogue.get(event.items[0]) if event.items else None
            if line and line.category:
                return line.category
        return None


def _by_subject(events: Sequence[Event]) -> Mapping[SubjectId, list[Event]]:
    own: dict[SubjectId, list[Event]] = defaultdict(list)
    for event in events:
        own[event.subject].append(event)
    return own


def _foresight(level: Level, cases: Sequence[_Case], shelf: Shelf, progress: Progress) -> Foresight:
    found: list[tuple[list[str], frozenset[str]]] = []
    spent: list[float] = []
    for number, case in enumerate(cases, start=1):
        known = case.known(level)
        started = time.thread_time_ns()
        answer = slate(known, SLOTS["for-you"], shelf, limit=CUTOFF)
        spent.append((time.thread_time_ns() - started) / 1_000)
        found.append(([candidate.item for candidate in answer], case.targets))
        progress(f"evaluate {level}", number)
    return Foresight(
        hit_rate=_mean(hit_rate, found),
        reciprocal_rank=_mean(reciprocal_rank, found),
        ndcg=_mean(ndcg, found),
        p50_us=_percentile(spent, 0.50),
        p99_us=_percentile(spent, 0.99),
    )


def _since(events: Sequence[Event], weeks: int) -> datetime:
    if not events:
        raise Mistake("there is no history that may teach the models: nothing to evaluate")
    return max(event.at for event in events) - timedelta(weeks=weeks)


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _mean(metric: Metric, found: Sequence[tuple[list[str], frozenset[str]]]) -> float:
    return fmean(metric(ranked, targets, cutoff=CUTOFF) for ranked, targets in found)

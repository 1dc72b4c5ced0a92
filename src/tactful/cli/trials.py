"""
The public data sets as trials: what is learned, what is asked, and the ways to ask it.

Full catalogue ranking, no negative sampling.  The protocols stand in docs/reference/commands.md;
the data is not part of tactful.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tactful.assembly import public_data
from tactful.cli.screen import Told
from tactful.mechanisms.interactions import Interactions
from tactful.mechanisms.models import Candidate, Models, Settings
from tactful.mechanisms.popularity import PopularitySettings
from tactful.mechanisms.protocols import (
    Ask,
    Case,
    Metrics,
    basket_completion,
    every_prefix,
    later_choices,
    measure,
    next_item,
)

CUT = public_data.epoch("2011-11-11")
"""Where Online Retail is cut into before and after."""

EVERYBODY = Settings(popularity=PopularitySettings(least_owners=1))
"""Public data needs no threshold of owners."""

Visits = Sequence[public_data.Visit]
Counting = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A protocol made ready: models, questions, and the ways to ask."""

    models: Models
    cases: Sequence[Case]
    asks: Mapping[str, Ask]


def run(protocol: str, data: Path, told: Told) -> dict[str, Metrics]:
    """
    Measure each way to ask *protocol* of the data sets in the folder *data*.

    Raises:
        Mistake: a file is missing.
    """
    trial = PROTOCOLS[protocol](data, lambda lines: told("read lines", lines))
    return {name: _measured(name, ask, trial, told) for name, ask in trial.asks.items()}


def _measured(name: str, ask: Ask, trial: Trial, told: Told) -> Metrics:
    return measure(
        ask,
        trial.cases,
        clock_ns=time.thread_time_ns,
        on_progress=lambda done: told(f"ask {name}", done),
    )


def _diginetica(data: Path, on_lines: Counting, *, filter_seen: bool) -> Trial:
    models = _built(public_data.diginetica_visits(data / "diginetica", on_lines=on_lines))
    questions = public_data.diginetica_questions(data / "diginetica", on_lines=on_lines)
    prefixes = ((question.prefix, question.target) for question in questions)
    cases = list(next_item(prefixes, filter_seen=filter_seen))
    return Trial(models=models, cases=cases, asks=_ways(models, "nearest", "fused", "popular"))


def _yoochoose(data: Path, on_lines: Counting) -> Trial:
    folder = data / "yoochoose"
    models = _built(
        public_data.yoochoose_visits(folder / "clicks_train_full.tsv.gz", on_lines=on_lines)
    )
    held_out = public_data.yoochoose_visits(folder / "clicks_test.tsv.gz", on_lines=on_lines)
    prefixes = every_prefix((visit.items for visit in held_out), known=models.log.vocabulary.codes)
    cases = list(next_item(prefixes))
    return Trial(models=models, cases=cases, asks=_ways(models, "nearest", "fused", "popular"))


def _known_subjects(data: Path, on_lines: Counting, *, filter_seen: bool) -> Trial:
    before, after = _online_retail(data, on_lines, known_only=True)
    models = _built(before)
    cases = later_choices(
        _histories(before),
        _histories(after),
        known=models.log.vocabulary.codes,
        filter_seen=filter_seen,
    )
    ways = ("discover",) if filter_seen else ("again", "again, then discover")
    asks = _ways(models, *ways, "beside", "popular")
    return Trial(models=models, cases=list(cases), asks=asks)


def _baskets(data: Path, on_lines: Counting) -> Trial:
    before, after = _online_retail(data, on_lines, known_only=False)
    models = _built(before)
    cases = basket_completion(
        (visit.items for visit in after),
        known=models.log.vocabulary.codes,
        choose=np.random.RandomState(42).randint,
    )
    return Trial(
        models=models, cases=list(cases), asks=_ways(models, "beside", "nearest", "popular")
    )


PROTOCOLS: Mapping[str, Callable[[Path, Counting], Trial]] = {
    "A": lambda data, on_lines: _diginetica(data, on_lines, filter_seen=False),
    "A'": lambda data, on_lines: _diginetica(data, on_lines, filter_seen=True),
    "B": _yoochoose,
    "C": lambda data, on_lines: _known_subjects(data, on_lines, filter_seen=True),
    "C1": lambda data, on_lines: _known_subjects(data, on_lines, filter_seen=False),
    "D": _baskets,
}


def _ways(models: Models, *names: str) -> Mapping[str, Ask]:
    def popular(
        _asked: Sequence[str], /, *, limit: int, exclude: frozenset[str]
    ) -> Sequence[Candidate]:
        return models.popular(limit=limit, exclude=exclude)

    def again_then_discover(
        asked: Sequence[str], /, *, limit: int, exclude: frozenset[str]
    ) -> Sequence[Candidate]:
        own = models.again(asked, limit=limit, exclude=exclude)
        return (*own, *models.discover(asked, limit=limit - len(own), exclude=exclude))

    ways: Mapping[str, Ask] = {
        "discover": models.discover,
        "again": models.again,
        "again, then discover": again_then_discover,
        "nearest": models.nearest,
        "beside": models.beside,
        "fused": models.fused,
        "popular": popular,
    }
    return {name: ways[name] for name in names}


def _built(visits: Visits) -> Models:
    rows: Iterator[tuple[int, int, Sequence[str]]] = (
        (v.owner, v.ended_at, v.items) for v in visits
    )
    models = Models.build(Interactions.of(rows), EVERYBODY)
    models.warm()
    return models


def _online_retail(data: Path, on_lines: Counting, *, known_only: bool) -> tuple[Visits, Visits]:
    path = data / "online-retail" / "online_retail.csv.gz"
    visits = public_data.online_retail_visits(path, on_lines=on_lines)
    used = [visit for visit in visits if visit.owner or not known_only]
    before = [visit for visit in used if visit.ended_at < CUT]
    return before, [visit for visit in used if visit.ended_at >= CUT]


def _histories(visits: Visits) -> Mapping[int, Sequence[str]]:
    """Return each owner's items, oldest first, with repetition."""
    histories: dict[int, list[str]] = {}
    for visit in sorted(visits, key=lambda visit: visit.ended_at):
        histories.setdefault(visit.owner, []).extend(visit.items)
    return histories

"""
Measure the recommendation models on public data, by the protocols A to D.

    python benchmarks/protocols.py --data FOLDER [--only A,D] [--json FILE]

Full catalogue ranking, no negative sampling; one thread, latency in process as CPU time.  The rows
of reference were measured on the same protocols with other software, not by this program.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from tactful.adapters import datasets
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
from tactful.terms import Mistake

CUT = datasets.epoch("2011-11-11")
"""Where Online Retail is cut into before and after."""

EVERYBODY = Settings(popularity=PopularitySettings(least_owners=1))
"""Public data needs no threshold of owners."""

SOURCE = "2-core machine, one thread; (n): neural, published on the same split"
REFERENCE: Mapping[str, Mapping[str, tuple[float | None, float, float | None]]] = {
    "A": {
        "popularity, recent": (0.0123, 0.0021, 0.0042),
        "implicit 0.7.3 ALS": (0.296, 0.080, 0.127),
        "implicit 0.7.3 BM25 item-item": (0.5006, 0.1762, 0.2482),
        "implicit 0.7.3 TF-IDF item-item": (0.5090, 0.1798, 0.2530),
        "VMIS-kNN": (0.5182, 0.1835, 0.2579),
        "VMIS-kNN + TF-IDF, fused": (0.5276, 0.1859, 0.2619),
        "SR-GNN (n)": (0.507, 0.176, None),
        "GCE-GNN (n)": (0.542, 0.190, None),
    },
    "A'": {
        "VMIS-kNN": (0.4418, 0.1376, 0.2044),
        "VMIS-kNN + TF-IDF, fused": (0.4452, 0.1391, 0.2064),
    },
    "B": {
        "popularity, recent": (0.168, 0.037, 0.065),
        "implicit 0.7.3 TF-IDF item-item": (0.664, 0.326, 0.404),
        "VMIS-kNN, tuned for B": (0.687, 0.360, 0.436),
        "VMIS-kNN + TF-IDF, fused": (0.687, 0.356, 0.432),
    },
    "C": {
        "popularity, recent": (0.558, 0.204, 0.087),
        "implicit 0.7.3 BM25 item-item": (0.508, 0.164, 0.082),
        "EASE": (0.601, 0.208, 0.102),
    },
    "C1": {"own purchase counts": (0.920, 0.565, 0.350)},
    "D": {
        "popularity, recent": (0.091, 0.025, 0.039),
        "implicit 0.7.3 BM25 item-item": (0.339, 0.126, 0.173),
        "EASE": (0.396, 0.155, 0.208),
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A protocol made ready: models, questions, and which ways to ask."""

    models: Models
    build_seconds: float
    cases: Sequence[Case]
    asks: Mapping[str, Ask]


Visits = Sequence[datasets.Visit]


def diginetica(data: Path, *, filter_seen: bool) -> Trial:
    """Prepare A or A'."""
    visits = datasets.diginetica_visits(data / "diginetica")
    questions = datasets.diginetica_questions(data / "diginetica")
    prefixes = ((question.prefix, question.target) for question in questions)
    models, seconds = _built(visits)
    asks = _ways(models, "nearest", "fused", "popular")
    cases = list(next_item(prefixes, filter_seen=filter_seen))
    return Trial(models=models, build_seconds=seconds, cases=cases, asks=asks)


def yoochoose(data: Path) -> Trial:
    """Prepare B."""
    models, seconds = _built(
        datasets.yoochoose_visits(data / "yoochoose" / "clicks_train_full.tsv.gz")
    )
    held_out = datasets.yoochoose_visits(data / "yoochoose" / "clicks_test.tsv.gz")
    prefixes = every_prefix((visit.items for visit in held_out), known=models.log.vocabulary.codes)
    asks = _ways(models, "nearest", "fused", "popular")
    return Trial(models=models, build_seconds=seconds, cases=list(next_item(prefixes)), asks=asks)


def known_customers(data: Path, *, filter_seen: bool) -> Trial:
    """Prepare C or C1."""
    visits = [visit for visit in _online_retail(data) if visit.owner]
    before, after = _split(visits)
    models, seconds = _built(before)
    cases = later_choices(
        _histories(before),
        _histories(after),
        known=models.log.vocabulary.codes,
        filter_seen=filter_seen,
    )
    own: Mapping[str, Ask] = {} if filter_seen else {"own purchases": own_purchases}
    asks = {**_ways(models, "beside", "fused", "popular"), **own}
    return Trial(models=models, build_seconds=seconds, cases=list(cases), asks=asks)


def baskets(data: Path) -> Trial:
    """Prepare D."""
    before, after = _split(_online_retail(data))
    models, seconds = _built(before)
    cases = basket_completion(
        (visit.items for visit in after),
        known=models.log.vocabulary.codes,
        choose=np.random.RandomState(42).randint,
    )
    asks = _ways(models, "beside", "nearest", "popular")
    return Trial(models=models, build_seconds=seconds, cases=list(cases), asks=asks)


PROTOCOLS: Mapping[str, Callable[[Path], Trial]] = {
    "A": lambda data: diginetica(data, filter_seen=False),
    "A'": lambda data: diginetica(data, filter_seen=True),
    "B": yoochoose,
    "C": lambda data: known_customers(data, filter_seen=True),
    "C1": lambda data: known_customers(data, filter_seen=False),
    "D": baskets,
}


def own_purchases(
    asked: Sequence[str], /, *, limit: int, exclude: frozenset[str]
) -> Sequence[Candidate]:
    """Answer with what was chosen most often, the later of equals first."""
    last = {item: place for place, item in enumerate(asked)}
    counts = Counter(item for item in asked if item not in exclude)
    best = sorted(counts, key=lambda item: (-counts[item], -last[item]))[:limit]
    return [Candidate(item, float(counts[item]), ()) for item in best]


def _ways(models: Models, *names: str) -> Mapping[str, Ask]:

    def popular(
        _asked: Sequence[str], /, *, limit: int, exclude: frozenset[str]
    ) -> Sequence[Candidate]:
        return models.popular(limit=limit, exclude=exclude)

    ways: Mapping[str, Ask] = {
        "nearest": models.nearest,
        "beside": models.beside,
        "fused": models.fused,
        "popular": popular,
    }
    return {name: ways[name] for name in names}


def _built(visits: Visits) -> tuple[Models, float]:
    """Build models, after a first small build that compiles the kernels."""
    Models.build(_log(visits[:100]), EVERYBODY).warm()
    started = time.perf_counter()
    models = Models.build(_log(visits), EVERYBODY)
    return models, time.perf_counter() - started


def _log(visits: Visits) -> Interactions:
    return Interactions.of((visit.owner, visit.ended_at, visit.items) for visit in visits)


def _online_retail(data: Path) -> Visits:
    return datasets.online_retail_visits(data / "online-retail" / "online_retail.csv.gz")


def _split(visits: Visits) -> tuple[Visits, Visits]:
    before = [visit for visit in visits if visit.ended_at < CUT]
    return before, [visit for visit in visits if visit.ended_at >= CUT]


def _histories(visits: Visits) -> Mapping[int, Sequence[str]]:
    """Return each owner's items, oldest first, with repetition."""
    histories: dict[int, list[str]] = {}
    for visit in sorted(visits, key=lambda visit: visit.ended_at):
        histories.setdefault(visit.owner, []).extend(visit.items)
    return histories


def run(trial: Trial, protocol: str, progress: Progress) -> Iterator[tuple[str, Metrics]]:
    """Measure each way to ask."""
    for name, ask in trial.asks.items():
        task = progress.add_task(f"{protocol} {name}", total=len(trial.cases))
        done = partial(_advance, progress, task)
        yield name, measure(ask, trial.cases, clock_ns=time.thread_time_ns, on_progress=done)


def _advance(progress: Progress, task: TaskID, done: int) -> None:
    """Move the bar now and then: moving it at every case would take longer than the case."""
    if done % 200 == 0:
        progress.update(task, completed=done)


def _bar(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console, transient=True)


def _show(protocol: str, report: Mapping[str, object], rows: Mapping[str, Metrics]) -> Table:
    title = f"{protocol}: {report['cases']:,} cases, built in {report['build_seconds']} s"
    table = Table("", "HR@20", "MRR@20", "NDCG@20", "p50 µs", "p99 µs", title=title)
    for name, found in rows.items():
        figures = (found.hit_rate, found.reciprocal_rank, found.ndcg)
        times = f"{found.p50_us:.0f}", f"{found.p99_us:.0f}"
        table.add_row(name, *(f"{figure:.4f}" for figure in figures), *times, style="bold")
    for name, known in REFERENCE[protocol].items():
        table.add_row(name, *("" if figure is None else f"{figure:.4f}" for figure in known))
    return table


def main() -> None:
    """Run the protocols asked for, show them, and write them down."""
    options = _options()
    console = Console()
    written: dict[str, object] = {"reference": REFERENCE, "reference_source": SOURCE}
    for protocol in options.only.split(","):
        with _bar(console) as progress:
            progress.add_task(f"{protocol} read and build", total=None)
            trial = PROTOCOLS[protocol](options.data)
            rows = dict(run(trial, protocol, progress))
        report = {"cases": len(trial.cases), "build_seconds": round(trial.build_seconds, 2)}
        console.print(_show(protocol, report, rows))
        written[protocol] = {**report, "models": {name: m.plain() for name, m in rows.items()}}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    results = Path(__file__).parent / "results" / "protocols.json"
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the data sets")
    parser.add_argument("--only", default=",".join(PROTOCOLS), help="protocols, as A,D")
    parser.add_argument("--json", type=Path, default=results, help="where to write the figures")
    options = parser.parse_args()
    if unknown := set(options.only.split(",")) - PROTOCOLS.keys():
        parser.error(f"no protocol {min(unknown)}: choose among {', '.join(PROTOCOLS)}")
    return options


if __name__ == "__main__":
    try:
        main()
    except Mistake as mistake:
        raise SystemExit(str(mistake)) from None

"""
Measure the recommendation models on public data, by the protocols A to D.

    python -m benchmarks.protocols --data FOLDER [--only A,D]

What `tactful evaluate --protocol` measures, beside rows of reference that were measured on the same
protocols with other software.  One thread; latency in process, as CPU time.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

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

from benchmarks.report import write_result
from tactful.cli.trials import PROTOCOLS, Trial
from tactful.mechanisms.models import Models
from tactful.mechanisms.protocols import Metrics, measure
from tactful.terms import Mistake

UPDATE_EVERY = 200
"""Cases between two moves of a bar: moving it at each would take longer than the case."""

SOURCE = "2-core machine, one thread; (n): neural, as published on the same split"
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


def measured(protocol: str, data: Path, console: Console) -> Mapping[str, object]:
    """Prepare and measure *protocol*, show it, and return its figures."""
    with _bars(console) as progress:
        reading = progress.add_task(f"{protocol} read and build", total=None)
        trial = PROTOCOLS[protocol](data, lambda n: progress.update(reading, completed=n))
        rows = dict(_run(trial, protocol, progress))
    seconds = _build_seconds(trial)
    title = f"{protocol}: {len(trial.cases):,} cases, built in {seconds} s"
    console.print(_table(title, rows, protocol))
    models = {name: row.plain() for name, row in rows.items()}
    return {"build_seconds": seconds, "models": models, "reference": REFERENCE[protocol]}


def _run(trial: Trial, protocol: str, progress: Progress) -> Iterator[tuple[str, Metrics]]:
    for name, ask in trial.asks.items():
        task = progress.add_task(f"{protocol} {name}", total=len(trial.cases))
        done = partial(_advance, progress, task)
        yield name, measure(ask, trial.cases, clock_ns=time.thread_time_ns, on_progress=done)


def _advance(progress: Progress, task: TaskID, done: int) -> None:
    if done % UPDATE_EVERY == 0:
        progress.update(task, completed=done)


def _build_seconds(trial: Trial) -> float:
    """Build the models again, now that the kernels are compiled."""
    started = time.perf_counter()
    Models.build(trial.models.log, trial.models.settings)
    return round(time.perf_counter() - started, 2)


def _bars(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=console, transient=True)


def _table(title: str, rows: Mapping[str, Metrics], protocol: str) -> Table:
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
    figures: dict[str, object] = {"reference_source": SOURCE}
    for protocol in options.only.split(","):
        figures[protocol] = measured(protocol, options.data, console)
    console.print(f"written to {write_result('protocols', figures)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the models on public data.")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the data sets")
    parser.add_argument("--only", default=",".join(PROTOCOLS), help="protocols, as A,D")
    options = parser.parse_args()
    if unknown := set(options.only.split(",")) - PROTOCOLS.keys():
        parser.error(f"no protocol {min(unknown)}: choose among {', '.join(PROTOCOLS)}")
    return options


if __name__ == "__main__":
    try:
        main()
    except Mistake as mistake:
        raise SystemExit(str(mistake)) from None

"""What all benchmarks share: percentiles, the machine, and a file for the figures."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def percentile(samples: Sequence[float], share: float) -> float:
    """Return the smallest sample that at least *share* (0..1) of *samples* do not exceed."""
    ordered = sorted(samples)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def median(samples: Sequence[float]) -> float:
    """Return the sample in the middle."""
    return percentile(samples, 0.5)


def timed(work: Callable[[], object], *, times: int) -> list[float]:
    """Return how many seconds each of *times* runs of *work* took."""
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return seconds


def machine() -> str:
    """Describe where the figures were taken, in a line."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def write_result(name: str, figures: Mapping[str, object]) -> Path:
    """Write *figures* to `benchmarks/results/NAME.json` and return where that is."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    whole = {"benchmark": name, "machine": machine(), "figures": figures}
    path.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")
    return path


def print_table(title: str, figures: Mapping[str, object]) -> None:
    """Print *figures*, one a line, under *title*."""
    print(f"\n{title} ({machine()})")
    width = max(map(len, figures))
    for name, value in figures.items():
        shown = f"{value:.3f}" if isinstance(value, float) else value
        print(f"  {name:<{width}}  {shown}")

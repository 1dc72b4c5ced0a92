"""How fast a store commits: what waits for its writer, and how long commits took."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
GROUPS: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0)


@dataclass(slots=True, eq=False)
class Spread:
    """How often a value fell below each of *bounds*, and the sum of all; one thread adds."""

    bounds: Sequence[float]
    counts: list[int] = field(init=False)
    total: float = 0.0

    def __post_init__(self) -> None:
        self.counts = [0] * (len(self.bounds) + 1)

    def add(self, value: float) -> None:
        """Count *value*."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def buckets(self) -> list[tuple[str, float]]:
        """Return how many values did not exceed each bound, as Prometheus has it."""
        names = [*map(str, self.bounds), "+Inf"]
        found, sum_so_far = [], 0
        for name, count in zip(names, self.counts, strict=True):
            sum_so_far += count
            found.append((name, float(sum_so_far)))
        return found


def _none() -> int:
    return 0


@dataclass(slots=True, kw_only=True, eq=False)
class Pace:
    """What the one who commits notes down, for whoever watches."""

    waiting: Callable[[], int] = _none
    seconds: Spread = field(default_factory=lambda: Spread(SECONDS))
    groups: Spread = field(default_factory=lambda: Spread(GROUPS))
    failed: int = 0
    stuck: bool = False

    def note(self, *, jobs: int, seconds: float, failed: bool, wrote: bool = True) -> None:
        """
        Note one commit of so many *jobs*, or one attempt that *failed*.

        The store is stuck from a failure until something is written again.
        """
        self.stuck = failed or (self.stuck and not wrote)
        self.seconds.add(seconds)
        self.groups.add(float(jobs))
        self.failed += failed

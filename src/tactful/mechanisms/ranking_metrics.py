"""
Measure one ranked list against what was really chosen.

Every metric is 0 for a list without a hit, and looks no further than `cutoff`.  Averaging over
questions is the caller's.

Source:
    Järvelin & Kekäläinen 2002 (NDCG, binary gains).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import log2

CUTOFF = 20


def hit_rate(ranked: Sequence[str], targets: Collection[str], *, cutoff: int = CUTOFF) -> float:
    """Return 1 if any of *targets* stands in the first *cutoff*, else 0."""
    return float(any(item in targets for item in ranked[:cutoff]))


def reciprocal_rank(
    ranked: Sequence[str], targets: Collection[str], *, cutoff: int = CUTOFF
) -> float:
    """Return 1 / rank of the first hit."""
    ranks = (rank for rank, item in enumerate(ranked[:cutoff], 1) if item in targets)
    return next((1 / rank for rank in ranks), 0.0)


def ndcg(ranked: Sequence[str], targets: Collection[str], *, cutoff: int = CUTOFF) -> float:
    """Return the discounted gain of all hits, divided by that of min(*cutoff*, n) first ranks."""
    gained = sum(_gain(rank) for rank, item in enumerate(ranked[:cutoff], 1) if item in targets)
    best = sum(_gain(rank) for rank in range(1, min(cutoff, len(targets)) + 1))
    return gained / best if best else 0.0


def _gain(rank: int) -> float:
    return 1 / log2(rank + 1)

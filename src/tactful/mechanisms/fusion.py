"""
Join two ranked lists into one by reciprocal ranks, keeping what each list had in it.

Does not look at scores, which two models do not share.

Source:
    Cormack, Clarke & Buettcher, "Reciprocal rank fusion outperforms Condorcet and individual rank
    learning methods", SIGIR 2009.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from tactful.mechanisms.arrays import Numbers, Offsets
from tactful.mechanisms.best import Heap, offer, order


@dataclass(frozen=True, slots=True, kw_only=True)
class FusionSettings:
    """
    The first list counts 1 / (`offset` + rank), the second `second_weight` times that.

    Chosen on the last 14,000 training sessions of Diginetica; `depth` ranks are looked at.
    """

    offset: float = 10.0
    second_weight: float = 0.6
    depth: int = 100


@njit(cache=True, nogil=True)
def _rank_of(item: int, ranked: Offsets) -> int:
    """Return the rank of *item*, counted from 1; 0 where it is not ranked."""
    for place in range(len(ranked)):
        if ranked[place] == item:
            return place + 1
    return 0


@njit(cache=True, nogil=True)
def _part(rank: int, offset: float, weight: float) -> float:
    """Return what a list gives to the item at *rank*."""
    return weight / (offset + rank) if rank > 0 else 0.0


@njit(cache=True, nogil=True)
def fuse(
    first: Offsets, second: Offsets, weighting: tuple[float, float], limit: int
) -> tuple[Offsets, Numbers]:
    """Return the best *limit* items, and (items, 2) what each list gave to each of them."""
    offset, second_weight = weighting
    heap, size = Heap(np.zeros(limit), np.zeros(limit, np.int64)), 0
    for place in range(len(first)):
        rank = _rank_of(first[place], second)
        score = _part(place + 1, offset, 1.0) + _part(rank, offset, second_weight)
        size = offer(heap, size, score, -first[place])
    for place in range(len(second)):
        if _rank_of(second[place], first) == 0:
            score = _part(place + 1, offset, second_weight)
            size = offer(heap, size, score, -second[place])
    order(heap, size)
    items, parts = -heap.names[:size], np.zeros((size, 2))
    for place in range(size):
        parts[place, 0] = _part(_rank_of(items[place], first), offset, 1.0)
        parts[place, 1] = _part(_rank_of(items[place], second), offset, second_weight)
    return items, parts


@njit(cache=True, nogil=True)
def add_shares(first: Numbers, second: Numbers, parts: Numbers) -> Numbers:
    """
    Return (items, query): the shares in both lists, scaled so that they add up to the fused score.

    Args:
        first: (items, query) shares in the scores of the first list.
        second: The same of the second list.
        parts: (items, 2) what each list gave to each item; 0 where it did not rank the item.
    """
    shares = np.zeros(first.shape)
    for row in range(len(parts)):
        if parts[row, 0] > 0.0:
            shares[row] += first[row] * (parts[row, 0] / first[row].sum())
        if parts[row, 1] > 0.0:
            shares[row] += second[row] * (parts[row, 1] / second[row].sum())
    return shares

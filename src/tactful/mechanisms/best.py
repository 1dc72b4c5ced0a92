"""
Keep the best few of many, in a heap whose worst stands first.

Called from other kernels; knows only scores and names.  Of equal scores the greater name wins.
"""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

from tactful.mechanisms.arrays import Numbers, Offsets


class Heap(NamedTuple):
    """Room for as many entries as shall be kept; how many there are, the caller counts."""

    scores: Numbers
    names: Offsets


@njit(cache=True, nogil=True)
def worse(score: float, name: int, other_score: float, other_name: int) -> bool:
    """Tell whether (*score*, *name*) stands behind the other."""
    return score < other_score or (score == other_score and name < other_name)


@njit(cache=True, nogil=True)
def _sink(heap: Heap, place: int, size: int) -> None:
    """Let the entry at *place* sink to where both its children are better."""
    scores, names = heap.scores, heap.names
    score, name, child = scores[place], names[place], 2 * place + 1
    while child < size:
        right = child + 1
        if right < size and worse(scores[right], names[right], scores[child], names[child]):
            child = right
        if worse(score, name, scores[child], names[child]):
            break
        scores[place], names[place] = scores[child], names[child]
        place, child = child, 2 * child + 1
    scores[place], names[place] = score, name


@njit(cache=True, nogil=True)
def _rise(heap: Heap, place: int) -> None:
    """Let the entry at *place* rise to where its parent is worse."""
    scores, names = heap.scores, heap.names
    score, name = scores[place], names[place]
    while place > 0:
        parent = (place - 1) // 2
        if worse(scores[parent], names[parent], score, name):
            break
        scores[place], names[place] = scores[parent], names[parent]
        place = parent
    scores[place], names[place] = score, name


@njit(cache=True, nogil=True)
def offer(heap: Heap, size: int, score: float, name: int) -> int:
    """Keep (*score*, *name*) if it is among the best that fit; return how many are kept now."""
    if size < len(heap.scores):
        heap.scores[size], heap.names[size] = score, name
        _rise(heap, size)
        return size + 1
    if size > 0 and worse(heap.scores[0], heap.names[0], score, name):
        heap.scores[0], heap.names[0] = score, name
        _sink(heap, 0, size)
    return size


@njit(cache=True, nogil=True)
def order(heap: Heap, size: int) -> None:
    """Turn the heap into a list, best first."""
    scores, names = heap.scores, heap.names
    for last in range(size - 1, 0, -1):
        scores[0], scores[last] = scores[last], scores[0]
        names[0], names[last] = names[last], names[0]
        _sink(heap, 0, last)

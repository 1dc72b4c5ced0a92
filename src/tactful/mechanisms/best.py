"""
Keep the best few of many, in a heap whose worst stands first.

Inlined into other kernels; knows only scores and names.  Of equal scores the greater name wins.
"""

from __future__ import annotations

from numba import njit

from tactful.mechanisms.arrays import Numbers, Offsets


@njit(cache=True, nogil=True)
def worse(score: float, name: int, other_score: float, other_name: int) -> bool:
    """Tell whether (*score*, *name*) stands behind the other."""
    return score < other_score or (score == other_score and name < other_name)


@njit(cache=True, nogil=True)
def _sink(scores: Numbers, names: Offsets, place: int, size: int) -> None:
    """Let the entry at *place* sink to where both its children are better."""
    score, name = scores[place], names[place]
    child = 2 * place + 1
    while child < size:
        if child + 1 < size and worse(
            scores[child + 1], names[child + 1], scores[child], names[child]
        ):
            child += 1
        if worse(score, name, scores[child], names[child]):
            break
        scores[place], names[place] = scores[child], names[child]
        place, child = child, 2 * child + 1
    scores[place], names[place] = score, name


@njit(cache=True, nogil=True)
def _rise(scores: Numbers, names: Offsets, place: int) -> None:
    """Let the entry at *place* rise to where its parent is worse."""
    score, name = scores[place], names[place]
    while place > 0:
        parent = (place - 1) // 2
        if worse(scores[parent], names[parent], score, name):
            break
        scores[place], names[place] = scores[parent], names[parent]
        place = parent
    scores[place], names[place] = score, name


@njit(cache=True, nogil=True)
def offer(scores: Numbers, names: Offsets, size: int, score: float, name: int) -> int:
    """Keep (*score*, *name*) if it is among the best `len(scores)`; return how many are kept."""
    if size < len(scores):
        scores[size], names[size] = score, name
        _rise(scores, names, size)
        return size + 1
    if size > 0 and worse(scores[0], names[0], score, name):
        scores[0], names[0] = score, name
        _sink(scores, names, 0, size)
    return size


@njit(cache=True, nogil=True)
def order(scores: Numbers, names: Offsets, size: int) -> None:
    """Turn the heap into a list, best first."""
    for last in range(size - 1, 0, -1):
        scores[0], scores[last] = scores[last], scores[0]
        names[0], names[last] = names[last], names[0]
        _sink(scores, names, 0, last)

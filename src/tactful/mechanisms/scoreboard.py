"""
Scratch space in which kernels add up scores, kept between queries so that none is allocated.

A board belongs to one query at a time.  Every kernel leaves it as clean as it found it, apart from
the lists `best_scores` and `best_items`, which are answers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from tactful.mechanisms.arrays import Codes, Numbers, Offsets
from tactful.mechanisms.best import Heap, offer, order


class Scoreboard(NamedTuple):
    """One place per item, and the best found so far."""

    score: Numbers
    touched: Codes
    banned: npt.NDArray[np.bool_]
    slot: Codes
    best_scores: Numbers
    best_items: Offsets


def scoreboard(items: int) -> Scoreboard:
    """Return a clean board for that many *items*."""
    return Scoreboard(
        score=np.zeros(items),
        touched=np.zeros(items, np.int32),
        banned=np.zeros(items, np.bool_),
        slot=np.zeros(items, np.int32),
        best_scores=np.zeros(items),
        best_items=np.zeros(items, np.int64),
    )


@njit(cache=True, nogil=True)
def add(board: Scoreboard, touched: int, item: int, score: float) -> int:
    """Add *score* > 0 to *item*; return how many items are touched now."""
    if board.score[item] == 0.0:
        board.touched[touched] = item
        touched += 1
    board.score[item] += score
    return touched


@njit(cache=True, nogil=True)
def pick(board: Scoreboard, touched: int, limit: int, banned: Codes) -> int:
    """Leave the best *limit* touched items, none of them *banned*; return how many there are."""
    for item in banned:
        board.banned[item] = True
    heap, size = Heap(board.best_scores[:limit], board.best_items[:limit]), 0
    for place in range(touched):
        item = board.touched[place]
        if not board.banned[item]:
            # Of equal scores the smaller code goes first, hence the sign.
            size = offer(heap, size, board.score[item], -item)
        board.score[item] = 0.0
    order(heap, size)
    for item in banned:
        board.banned[item] = False
    for place in range(size):
        heap.names[place] = -heap.names[place]
    return size


@njit(cache=True, nogil=True)
def set_places(places: Codes, items: Offsets, step: int) -> None:
    """Note at which place each of *items* stands, counted from 1; with *step* 0 wipe it out."""
    for place in range(len(items)):
        places[items[place]] = step * (place + 1)

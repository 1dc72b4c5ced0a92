"""
Ask both models for the next items in one compiled call.

Crossing into compiled code, with all the arrays of a model, costs about as much as a model itself;
so ranking, fusing and sharing out happen on the far side.
"""

from __future__ import annotations

from numba import njit

from tactful.mechanisms.arrays import Numbers, Offsets
from tactful.mechanisms.co_occurrence import Neighbours, rank_beside, share_beside
from tactful.mechanisms.fusion import add_shares, fuse
from tactful.mechanisms.nearest_sessions import Scratch, Sessions, rank_nearest, share_nearest
from tactful.mechanisms.query import Query


@njit(cache=True, nogil=True)
def next_items(
    sessions: Sessions,
    neighbours: Neighbours,
    query: Query,
    scratch: Scratch,
    weighting: tuple[float, float],
    depth: int,
    limit: int,
) -> tuple[Offsets, Numbers]:
    """
    Return the best *limit* items after *query*, and (items, query) what each item of it gave.

    Args:
        sessions: The index of nearest sessions.
        neighbours: The lists of co-occurring items.
        query: The items at hand.
        scratch: Clean, and left clean.
        weighting: Offset and weight of the second list, as `fuse` takes them.
        depth: How many ranks of each list are looked at.
        limit: How many items to return.
    """
    board = scratch.board
    size = rank_nearest(sessions, query, scratch, depth)
    first = board.best_items[:size].copy()
    size = rank_beside(neighbours, query, board, depth)
    second = board.best_items[:size].copy()
    wanted, parts = fuse(first, second, board.slot, weighting, limit)
    nearest = share_nearest(sessions, query, scratch, wanted)
    beside = share_beside(neighbours, query, board, wanted)
    return wanted, add_shares(nearest, beside, parts)

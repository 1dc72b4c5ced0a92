"""
Find the items that stand in the same sessions, by counts that add up.

Each session adds one whole number to every pair of its items, less the longer the session is.
Sums of whole numbers do not depend on their order, so forgetting a session is exact.  The lists of
neighbours that serve queries are cut only after counting everything.

Source:
    Item-based top-N: Deshpande & Karypis 2004; damping of long sessions and of popular items as
    in TF-IDF and cosine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from tactful.mechanisms.arrays import Arrays, Codes, Numbers, Offsets, frozen, offsets_of
from tactful.mechanisms.best import Heap, offer, order
from tactful.mechanisms.interactions import Interactions
from tactful.mechanisms.nearest_sessions import Scratch, Sessions
from tactful.mechanisms.query import Query
from tactful.mechanisms.scoreboard import Scoreboard, add, pick, set_places

UNIT = 1 << 20
"""What a pair in the shortest session counts: fine enough for sessions of thousands of items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoOccurrenceSettings:
    """
    How counts become likeness: (count / (own**from_popularity * other**to_popularity))**sharpness.

    The defaults were chosen on training data only: on Online Retail before 2011-11-11, its last
    four weeks held out (protocol D), and checked on the last 14,000 training sessions of
    Diginetica (protocol A), where they matter less.

    Attributes:
        neighbours: How many are kept per item.
        length_damping: A session of n items counts (n / 2) ** -length_damping.
        from_popularity: How much the count of the item asked with is damped.
        to_popularity: How much the count of the item found is damped.
        sharpness: Above 1, few strong neighbours outweigh many weak ones.
        again: How like an item is to itself, next to the item most like it.
    """

    neighbours: int = 100
    length_damping: float = 0.75
    from_popularity: float = 0.5
    to_popularity: float = 0.5
    sharpness: float = 2.5
    again: float = 3.0


class Neighbours(NamedTuple):
    """For each item: itself, then the items most like it, best first."""

    items: Codes
    likeness: Numbers
    offsets: Offsets


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CoOccurrence:
    """The lists of a log, ready to be asked."""

    neighbours: Neighbours

    @classmethod
    def of(
        cls, log: Interactions, settings: CoOccurrenceSettings, *, sessions: Sessions
    ) -> CoOccurrence:
        """Count the pairs of *log*, whose index *sessions* is, and keep each item's best."""
        worth = pair_worth(log, settings.length_damping)
        total = np.bincount(log.items, np.repeat(worth, np.diff(log.offsets)), len(log.vocabulary))
        powers = np.array([[settings.from_popularity], [settings.to_popularity]])
        damping = (total / UNIT) ** powers
        items, likeness, sizes = _count(sessions, worth, damping, settings.neighbours + 1)
        likeness = (likeness / UNIT) ** settings.sharpness
        likeness[:, 0] = settings.again * np.where(sizes > 1, likeness[:, 1], 1.0)
        return cls(neighbours=_cut(items, likeness, sizes))

    def arrays(self) -> Arrays:
        """Return the lists as arrays, for `from_arrays`."""
        return dict(zip(_NAMES, self.neighbours, strict=True))

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> CoOccurrence:
        """Return the lists that `arrays` wrote down."""
        items, likeness, offsets = (arrays[name] for name in _NAMES)
        return cls(
            neighbours=Neighbours(
                items=frozen(items, np.int32),
                likeness=frozen(likeness, np.float64),
                offsets=frozen(offsets, np.int64),
            )
        )

    def rank(self, query: Query, scratch: Scratch, *, limit: int) -> Offsets:
        """Return the best *limit* items beside those of the query."""
        size = rank_beside(self.neighbours, query, scratch.board, limit)
        return scratch.board.best_items[:size].copy()

    def share(self, query: Query, scratch: Scratch, wanted: Offsets) -> Numbers:
        """Return (wanted, query): what each query item has in the score that `rank` gave."""
        shares: Numbers = share_beside(self.neighbours, query, scratch.board, wanted)
        return shares


_NAMES = ("beside", "likeness", "beside_offsets")


def pair_worth(log: Interactions, length_damping: float) -> npt.NDArray[np.int64]:
    """Return what a pair in each session counts, in `UNIT`: (items / 2) ** -length_damping."""
    lengths = np.maximum(np.diff(log.offsets), 2).astype(np.float64)
    damped = UNIT * (lengths / 2) ** -length_damping
    return np.maximum(np.rint(damped), 1).astype(np.int64)


def _cut(items: Codes, likeness: Numbers, sizes: Codes) -> Neighbours:
    """Pack the filled beginnings of rows into ragged arrays."""
    filled = np.arange(items.shape[1]) < sizes[:, None]
    return Neighbours(
        items=frozen(items[filled], np.int32),
        likeness=frozen(likeness[filled], np.float64),
        offsets=frozen(offsets_of(sizes), np.int64),
    )


class Tally(NamedTuple):
    """Scratch space for one row of counts."""

    counts: npt.NDArray[np.int64]
    met: Codes


@njit(cache=True, nogil=True)
def _count_row(sessions: Sessions, worth: npt.NDArray[np.int64], item: int, tally: Tally) -> int:
    """Add up what *item* has in common with others; return how many it met."""
    met = 0
    for place in range(sessions.posting_offsets[item], sessions.posting_offsets[item + 1]):
        session = sessions.postings[place]
        for at in range(sessions.offsets[session], sessions.offsets[session + 1]):
            other = sessions.items[at]
            if other == item:
                continue
            if tally.counts[other] == 0:
                tally.met[met] = other
                met += 1
            tally.counts[other] += worth[session]
    return met


@njit(cache=True, nogil=True)
def _keep_best(tally: Tally, met: int, damping: Numbers, heap: Heap) -> int:
    """Leave the items met most in *heap*, best first, and a clean tally; return how many."""
    kept = 0
    for place in range(met):
        other = tally.met[place]
        kept = offer(heap, kept, tally.counts[other] / damping[other], -other)
        tally.counts[other] = 0
    order(heap, kept)
    return kept


@njit(cache=True, nogil=True)
def _count(
    sessions: Sessions, worth: npt.NDArray[np.int64], damping: Numbers, limit: int
) -> tuple[Codes, Numbers, Codes]:
    """Return (items, limit) each item and those most like it, their counts, damped, and sizes."""
    size = damping.shape[1]
    items, likeness = np.zeros((size, limit), np.int32), np.zeros((size, limit))
    sizes, names = np.zeros(size, np.int32), np.zeros(limit - 1, np.int64)
    tally = Tally(np.zeros(size, np.int64), np.zeros(size, np.int32))
    for item in range(size):
        met = _count_row(sessions, worth, item, tally)
        kept = _keep_best(tally, met, damping[1], Heap(likeness[item, 1:], names))
        likeness[item] /= damping[0, item]
        items[item, 0] = item
        items[item, 1 : kept + 1] = -names[:kept]
        sizes[item] = kept + 1
    return items, likeness, sizes


@njit(cache=True, nogil=True)
def rank_beside(neighbours: Neighbours, query: Query, board: Scoreboard, limit: int) -> int:
    """Leave the best *limit* items beside the query's on the board; return how many."""
    touched = 0
    for place in range(len(query.items)):
        item, weight = query.items[place], query.weights[place]
        for at in range(neighbours.offsets[item], neighbours.offsets[item + 1]):
            touched = add(board, touched, neighbours.items[at], weight * neighbours.likeness[at])
    size: int = pick(board, touched, limit, query.banned)
    return size


@njit(cache=True, nogil=True)
def share_beside(
    neighbours: Neighbours, query: Query, board: Scoreboard, wanted: Offsets
) -> Numbers:
    """Return (wanted, query): what each query item has in the score of each item."""
    shares = np.zeros((len(wanted), len(query.items)))
    set_places(board.slot, wanted, 1)
    for place in range(len(query.items)):
        item, weight = query.items[place], query.weights[place]
        for at in range(neighbours.offsets[item], neighbours.offsets[item + 1]):
            slot = board.slot[neighbours.items[at]]
            if slot > 0:
                shares[slot - 1, place] += weight * neighbours.likeness[at]
    set_places(board.slot, wanted, 0)
    return shares

"""
Find what many owners chose lately.

Each owner counts once per item, by the last time they chose it, and less the longer ago that was.
An item that fewer than `least_owners` different owners chose is never shown, so that a list of
popular items says nothing about one of them.  Sessions of nobody add to a score one by one, but all
together they are one owner: nobody can tell them apart.  Adds no noise.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tactful.mechanisms.arrays import Arrays, Codes, Numbers, Offsets, frozen, offsets_of
from tactful.mechanisms.interactions import NOBODY, Interactions

DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class PopularitySettings:
    """After `half_life_seconds` a choice counts half; `least_owners` >= 1."""

    half_life_seconds: float = 14 * DAY_SECONDS
    least_owners: int = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Popularity:
    """Items by score, best first: row 0 over everybody, row g + 1 within group g."""

    items: Codes
    scores: Numbers
    offsets: Offsets

    @classmethod
    def of(cls, log: Interactions, settings: PopularitySettings) -> Popularity:
        """Rank the items of *log*, over everybody and within each group."""
        session = np.repeat(np.arange(len(log)), np.diff(log.offsets))
        group = log.group[session]
        everywhere = [np.arange(len(session)), *_by_group(group, len(log.groups))]
        rows = [_rank(log, places, session, settings) for places in everywhere]
        return cls(
            items=frozen(np.concatenate([items for items, _ in rows]), np.int32),
            scores=frozen(np.concatenate([scores for _, scores in rows]), np.float64),
            offsets=frozen(offsets_of(np.array([len(items) for items, _ in rows])), np.int64),
        )

    def best(self, row: int, limit: int) -> tuple[list[int], list[float]]:
        """Return the best *limit* items of *row*, and their scores."""
        begin, end = self.offsets[row : row + 2].tolist()
        best = slice(begin, min(end, begin + limit))
        return self.items[best].tolist(), self.scores[best].tolist()

    def by_code(self, items: int) -> Numbers:
        """Return the score over everybody of each of *items*, and one place more that is 0."""
        scores = np.zeros(items + 1)
        end = self.offsets[1]
        scores[self.items[:end]] = self.scores[:end]
        return scores

    def arrays(self) -> Arrays:
        """Return the lists as arrays, for `from_arrays`."""
        return {
            "popular": self.items,
            "popular_scores": self.scores,
            "popular_offsets": self.offsets,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Popularity:
        """Return the lists that `arrays` wrote down."""
        return cls(
            items=frozen(arrays["popular"], np.int32),
            scores=frozen(arrays["popular_scores"], np.float64),
            offsets=frozen(arrays["popular_offsets"], np.int64),
        )


Places = npt.NDArray[np.int64]


def _by_group(group: Codes, groups: int) -> list[Places]:
    """Return for each group where it stands, in order."""
    grouped = np.argsort(group, kind="stable")
    begins = np.searchsorted(group[grouped], np.arange(groups + 1))
    return [grouped[begin:end] for begin, end in pairwise(begins.tolist())]


def _rank(
    log: Interactions, places: Places, session: Places, settings: PopularitySettings
) -> tuple[Codes, Numbers]:
    """Rank the items at *places* of the log that enough owners chose."""
    size = len(log.vocabulary)
    last = _last_of_each_owner(log, places, session)
    items, owners = log.items[last], log.owner[session[last]]
    age = log.ended_at[-1:] - log.ended_at[session[last]]
    weights = np.exp2(-age / settings.half_life_seconds)
    scores = np.bincount(items, weights, size).astype(np.float64)
    known = np.bincount(items[owners != NOBODY], minlength=size)
    nobody = np.bincount(items[owners == NOBODY], minlength=size) > 0
    shown = np.flatnonzero(known + nobody >= settings.least_owners)
    best = shown[np.argsort(-scores[shown], kind="stable")]
    return best.astype(np.int32), scores[best]


def _last_of_each_owner(log: Interactions, places: Places, session: Places) -> Places:
    """Keep, of all times that an owner chose an item, the last; and every time of nobody."""
    owners, items = log.owner[session[places]], log.items[places]
    ranked = np.lexsort((owners, items))  # stable: the last time stays last
    owners, items = owners[ranked], items[ranked]
    last = np.ones(len(ranked), np.bool_)
    last[:-1] = (items[1:] != items[:-1]) | (owners[1:] != owners[:-1])
    kept: Places = places[ranked[last | (owners == NOBODY)]]
    return kept

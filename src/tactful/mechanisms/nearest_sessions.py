"""
Find what came next in the sessions nearest to the one at hand (VMIS-kNN).

The sessions that share items with the query are found through posting lists, newest first; the
nearest of them vote for their items, rare items more.  Each vote is the sum of the parts that the
query's items have in it, so an answer can say which of them led to it.  Learns nothing and keeps
nothing but the log, so forgetting a session is leaving it out.

Source:
    Kersbergen, Sprangers & Schelter, "Serenade: Low-Latency Session-Based Recommendation in
    e-Commerce at Scale", SIGMOD 2022; Ludewig & Jannach 2018 (V-SKNN).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from tactful.mechanisms.arrays import Arrays, Codes, Numbers, Offsets, frozen, offsets_of
from tactful.mechanisms.best import offer, order
from tactful.mechanisms.interactions import Interactions
from tactful.mechanisms.query import Query
from tactful.mechanisms.scoreboard import Scoreboard, add, pick, set_slots


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestSettings:
    """`recent` sessions per item are looked at, the `nearest` of them vote."""

    recent: int = 1000
    nearest: int = 100


class Sessions(NamedTuple):
    """The log by session and by item; sessions of an item stand oldest first."""

    items: Codes
    offsets: Offsets
    postings: Codes
    posting_offsets: Offsets
    rarity: Numbers


class Matches(NamedTuple):
    """Scratch space for the sessions met, and the nearest of them with their weights."""

    similarity: Numbers
    met: Codes
    position: Codes
    near_scores: Numbers
    near: Offsets


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NearestSessions:
    """The index of a log, ready to be asked."""

    sessions: Sessions
    settings: NearestSettings

    @classmethod
    def of(cls, log: Interactions, settings: NearestSettings) -> NearestSessions:
        """Index *log*."""
        counts = np.bincount(log.items, minlength=len(log.vocabulary))
        lengths = np.diff(log.offsets)
        session_of = np.repeat(np.arange(len(log), dtype=np.int32), lengths)
        postings = session_of[np.argsort(log.items, kind="stable")]
        rarity = np.log(max(len(log), 1) / np.maximum(counts, 1)) + RARITY_FLOOR
        return cls(
            sessions=Sessions(
                items=log.items,
                offsets=log.offsets,
                postings=frozen(postings, np.int32),
                posting_offsets=frozen(offsets_of(counts), np.int64),
                rarity=frozen(rarity, np.float64),
            ),
            settings=settings,
        )

    def arrays(self) -> Arrays:
        """Return what is derived from the log, for `from_arrays`."""
        of = self.sessions
        return {
            "postings": of.postings,
            "posting_offsets": of.posting_offsets,
            "rarity": of.rarity,
        }

    @classmethod
    def from_arrays(
        cls, arrays: Arrays, *, log: Interactions, settings: NearestSettings
    ) -> NearestSessions:
        """Return the index that `arrays` wrote down, over the same *log*."""
        sessions = Sessions(
            items=log.items,
            offsets=log.offsets,
            postings=frozen(arrays["postings"], np.int32),
            posting_offsets=frozen(arrays["posting_offsets"], np.int64),
            rarity=frozen(arrays["rarity"], np.float64),
        )
        return cls(sessions=sessions, settings=settings)

    def matches(self) -> Matches:
        """Return scratch space for this index."""
        sessions, items = len(self.sessions.offsets) - 1, len(self.sessions.rarity)
        return Matches(
            similarity=np.zeros(sessions),
            met=np.zeros(sessions, np.int32),
            position=np.zeros(items, np.int32),
            near_scores=np.zeros(self.settings.nearest),
            near=np.zeros(self.settings.nearest, np.int64),
        )

    def rank(
        self, query: Query, board: Scoreboard, matches: Matches, *, limit: int, banned: Codes
    ) -> tuple[Offsets, int]:
        """Return the best *limit* items, and how many sessions in *matches* chose them."""
        size, near = rank_nearest(
            self.sessions, query, matches, board, self.settings.recent, limit, banned
        )
        return board.best_items[:size].copy(), near

    def share(
        self, query: Query, board: Scoreboard, matches: Matches, *, near: int, wanted: Offsets
    ) -> Numbers:
        """Return (wanted, query): what each query item has in the score that `rank` gave."""
        shares = np.zeros((len(wanted), len(query.items)))
        share_nearest(self.sessions, query, matches, board, near, wanted, shares)
        return shares


RARITY_FLOOR = 1e-9
"""So that an item in every session still has a place, behind all others."""


@njit(cache=True, nogil=True)
def _meet(sessions: Sessions, query: Query, matches: Matches, recent: int) -> int:
    """Add the weight of each query item to its recent sessions; return how many were met."""
    met = 0
    for place in range(len(query.items)):
        item, weight = query.items[place], query.weights[place]
        begin, end = sessions.posting_offsets[item], sessions.posting_offsets[item + 1]
        for at in range(max(begin, end - recent), end):
            session = sessions.postings[at]
            if matches.similarity[session] == 0.0:
                matches.met[met] = session
                met += 1
            matches.similarity[session] += weight
    return met


@njit(cache=True, nogil=True)
def _keep_nearest(matches: Matches, met: int) -> int:
    """Leave the nearest sessions, the newer of equals first; return how many there are."""
    size = 0
    for place in range(met):
        session = matches.met[place]
        similarity = matches.similarity[session]
        size = offer(matches.near_scores, matches.near, size, similarity, session)
        matches.similarity[session] = 0.0
    order(matches.near_scores, matches.near, size)
    return size


@njit(cache=True, nogil=True)
def _set_positions(query: Query, matches: Matches, step: int) -> None:
    """Note where each item stands in the query, counted from 1; with *step* 0 wipe it out."""
    for place in range(len(query.items)):
        matches.position[query.items[place]] = step * (place + 1)


@njit(cache=True, nogil=True)
def _vote(sessions: Sessions, query: Query, matches: Matches, session: int) -> tuple[float, float]:
    """Return the weight of all that *session* shares with the query, and the trust in it."""
    weight, newest = 0.0, len(query.items)
    for at in range(sessions.offsets[session], sessions.offsets[session + 1]):
        position = matches.position[sessions.items[at]]
        if position > 0:
            weight += query.weights[position - 1]
            newest = min(newest, position - 1)
    return weight, query.trust[newest]


@njit(cache=True, nogil=True)
def rank_nearest(
    sessions: Sessions,
    query: Query,
    matches: Matches,
    board: Scoreboard,
    recent: int,
    limit: int,
    banned: Codes,
) -> tuple[int, int]:
    """
    Leave the best *limit* items on the board, and the sessions that chose them in *matches*.

    Returns:
        How many items, and how many sessions, for `share_nearest`.
    """
    near = _keep_nearest(matches, _meet(sessions, query, matches, recent))
    _set_positions(query, matches, 1)
    touched = 0
    for place in range(near):
        session = matches.near[place]
        weight, trust = _vote(sessions, query, matches, session)
        for at in range(sessions.offsets[session], sessions.offsets[session + 1]):
            item = sessions.items[at]
            touched = add(board, touched, item, weight * trust * sessions.rarity[item])
    _set_positions(query, matches, 0)
    return pick(board, touched, limit, banned), near


@njit(cache=True, nogil=True)
def _share_vote(
    sessions: Sessions,
    board: Scoreboard,
    session: int,
    part: tuple[int, float],
    shares: Numbers,
) -> None:
    """Add one query item's part of the vote of *session* to every wanted item in it."""
    column, worth = part
    for at in range(sessions.offsets[session], sessions.offsets[session + 1]):
        item = sessions.items[at]
        if board.slot[item] > 0:
            shares[board.slot[item] - 1, column] += worth * sessions.rarity[item]


@njit(cache=True, nogil=True)
def share_nearest(
    sessions: Sessions,
    query: Query,
    matches: Matches,
    board: Scoreboard,
    near: int,
    wanted: Offsets,
    shares: Numbers,
) -> None:
    """Add to *shares* (wanted, query) what each query item has in the score of each item."""
    _set_positions(query, matches, 1)
    set_slots(board, wanted, 1)
    for place in range(near):
        session = matches.near[place]
        _, trust = _vote(sessions, query, matches, session)
        for at in range(sessions.offsets[session], sessions.offsets[session + 1]):
            position = matches.position[sessions.items[at]]
            if position > 0:
                part = (position - 1, query.weights[position - 1] * trust)
                _share_vote(sessions, board, session, part, shares)
    set_slots(board, wanted, 0)
    _set_positions(query, matches, 0)

"""
Find what came next in the sessions nearest to the one at hand (VMIS-kNN).

The sessions that share items with the query are found through posting lists, newest first; the
nearest of them vote for their items: more for rare ones, and for those close to where the session
met the query.  Each vote is the sum of the parts that the query's items have in it, so an answer
can say which of them led to it.  Learns nothing and keeps nothing but the log, so forgetting a
session is leaving it out.

Source:
    Kersbergen, Sprangers & Schelter, "Serenade: Low-Latency Session-Based Recommendation in
    e-Commerce at Scale", SIGMOD 2022 (VMIS-kNN); Ludewig & Jannach 2018 (V-SKNN); Garg et al.,
    "Sequence and Time Aware Neighborhood for Session-based Recommendations", SIGIR 2019 (fading
    with distance).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from tactful.mechanisms.arrays import Arrays, Codes, Numbers, Offsets, frozen, offsets_of
from tactful.mechanisms.best import Heap, offer, order
from tactful.mechanisms.interactions import Interactions
from tactful.mechanisms.query import Query
from tactful.mechanisms.scoreboard import Scoreboard, add, pick, scoreboard, set_places


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestSettings:
    """
    How the nearest sessions are found and what their votes count.

    The defaults were chosen on the last 14,000 training sessions of Diginetica (protocol A),
    trained on those before, and for speed among equals; its test file had no part in the choice.

    Attributes:
        recent: Sessions looked at per item, the newest.
        nearest: How many of them vote.
        fading: What a place further from the newest match makes of a vote, in 0..1.
        length_damping: A session of n items counts n ** -length_damping.
        ageing: The oldest session counts exp(-ageing), the newest 1.
    """

    recent: int = 300
    nearest: int = 100
    fading: float = 0.85
    length_damping: float = 0.25
    ageing: float = 1.0


class Sessions(NamedTuple):
    """
    The log by session and by item; sessions of an item stand oldest first.

    `worth` of each session, `rarity` of each item, `fading` by distance from the newest match.
    """

    items: Codes
    offsets: Offsets
    postings: Codes
    posting_offsets: Offsets
    rarity: Numbers
    worth: Numbers
    fading: Numbers
    recent: int


class Matches(NamedTuple):
    """Scratch space for the sessions met, the nearest of them, and how many those are."""

    similarity: Numbers
    met: Codes
    position: Codes
    nearest: Heap
    voters: Offsets
    parts: Numbers


class Scratch(NamedTuple):
    """What one query at a time writes on."""

    board: Scoreboard
    matches: Matches


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
        derived: Arrays = {
            "postings": postings,
            "posting_offsets": offsets_of(counts),
            "rarity": rarity,
            "worth": _worth(log, settings),
            "fading": settings.fading ** np.arange(lengths.max(initial=0)),
        }
        return cls.from_arrays(derived, log=log, settings=settings)

    def arrays(self) -> Arrays:
        """Return what is derived from the log, for `from_arrays`."""
        of = self.sessions
        return {
            "postings": of.postings,
            "posting_offsets": of.posting_offsets,
            "rarity": of.rarity,
            "worth": of.worth,
            "fading": of.fading,
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
            worth=frozen(arrays["worth"], np.float64),
            fading=frozen(arrays["fading"], np.float64),
            recent=settings.recent,
        )
        return cls(sessions=sessions, settings=settings)

    def scratch(self) -> Scratch:
        """Return scratch space for queries to models of this log."""
        sessions, items = len(self.sessions.offsets) - 1, len(self.sessions.rarity)
        nearest = self.settings.nearest
        matches = Matches(
            similarity=np.zeros(sessions),
            met=np.zeros(sessions, np.int32),
            position=np.zeros(items, np.int32),
            nearest=Heap(np.zeros(nearest), np.zeros(nearest, np.int64)),
            voters=np.zeros(1, np.int64),
            parts=np.zeros(items),
        )
        return Scratch(board=scoreboard(items), matches=matches)

    def rank(self, query: Query, scratch: Scratch, *, limit: int) -> Offsets:
        """Return the best *limit* items, and leave in *scratch* the sessions that chose them."""
        size = rank_nearest(self.sessions, query, scratch, limit)
        return scratch.board.best_items[:size].copy()

    def share(self, query: Query, scratch: Scratch, wanted: Offsets) -> Numbers:
        """Return (wanted, query): what each query item has in the score that `rank` just gave."""
        shares: Numbers = share_nearest(self.sessions, query, scratch, wanted)
        return shares


RARITY_FLOOR = 1e-9
"""So that an item in every session still has a place, behind all others."""


def _worth(log: Interactions, settings: NearestSettings) -> Numbers:
    """Return what each session counts, by its length and how much of the log is newer."""
    age = np.arange(len(log))[::-1] / max(len(log), 1)
    lengths: Numbers = np.diff(log.offsets).astype(np.float64)
    return lengths**-settings.length_damping * np.exp(-settings.ageing * age)


@njit(cache=True, nogil=True)
def _meet(sessions: Sessions, query: Query, matches: Matches) -> int:
    """Add the weight of each query item to its recent sessions; return how many were met."""
    met = 0
    for place in range(len(query.items)):
        item, weight = query.items[place], query.weights[place]
        begin, end = sessions.posting_offsets[item], sessions.posting_offsets[item + 1]
        for at in range(max(begin, end - sessions.recent), end):
            session = sessions.postings[at]
            if matches.similarity[session] == 0.0:
                matches.met[met] = session
                met += 1
            matches.similarity[session] += weight
    return met


@njit(cache=True, nogil=True)
def _keep_nearest(sessions: Sessions, matches: Matches, met: int) -> None:
    """Leave the nearest sessions as voters, the newer of equals first."""
    size = 0
    for place in range(met):
        session = matches.met[place]
        similarity = matches.similarity[session] * sessions.worth[session]
        size = offer(matches.nearest, size, similarity, session)
        matches.similarity[session] = 0.0
    order(matches.nearest, size)
    matches.voters[0] = size


@njit(cache=True, nogil=True)
def _share_out(sessions: Sessions, session: int, query: Query, matches: Matches) -> int:
    """Leave in `parts` what each query item has in the vote; return where the newest stands."""
    parts = matches.parts[: len(query.items)]
    parts[:] = 0.0
    newest, anchor = len(parts), 0
    for at in range(sessions.offsets[session], sessions.offsets[session + 1]):
        place = matches.position[sessions.items[at]] - 1
        if place >= 0:
            parts[place] = query.weights[place]
            if place < newest:
                newest, anchor = place, at
    parts *= sessions.worth[session] * query.trust[newest]
    return anchor


@njit(cache=True, nogil=True)
def rank_nearest(sessions: Sessions, query: Query, scratch: Scratch, limit: int) -> int:
    """Leave the best *limit* items on the board, and the voters; return how many items."""
    board, matches = scratch.board, scratch.matches
    _keep_nearest(sessions, matches, _meet(sessions, query, matches))
    set_places(matches.position, query.items, 1)
    touched = 0
    for voter in range(matches.voters[0]):
        session = matches.nearest.names[voter]
        anchor = _share_out(sessions, session, query, matches)
        vote = matches.parts[: len(query.items)].sum()
        for at in range(sessions.offsets[session], sessions.offsets[session + 1]):
            item = sessions.items[at]
            counts = sessions.rarity[item] * sessions.fading[abs(at - anchor)]
            touched = add(board, touched, item, vote * counts)
    set_places(matches.position, query.items, 0)
    size: int = pick(board, touched, limit, query.banned)
    return size


@njit(cache=True, nogil=True)
def share_nearest(sessions: Sessions, query: Query, scratch: Scratch, wanted: Offsets) -> Numbers:
    """Return (wanted, query): what each query item has in the votes for each item."""
    board, matches = scratch.board, scratch.matches
    shares = np.zeros((len(wanted), len(query.items)))
    set_places(matches.position, query.items, 1)
    set_places(board.slot, wanted, 1)
    for voter in range(matches.voters[0]):
        session = matches.nearest.names[voter]
        anchor = _share_out(sessions, session, query, matches)
        for at in range(sessions.offsets[session], sessions.offsets[session + 1]):
            item = sessions.items[at]
            if board.slot[item] > 0:
                counts = sessions.rarity[item] * sessions.fading[abs(at - anchor)]
                for place in range(len(query.items)):
                    shares[board.slot[item] - 1, place] += matches.parts[place] * counts
    set_places(board.slot, wanted, 0)
    set_places(matches.position, query.items, 0)
    return shares

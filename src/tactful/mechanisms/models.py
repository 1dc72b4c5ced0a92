"""
All models of one log, built together and forgotten together.

Immutable: taking an owner out gives new models, equal bit for bit to those built without the
owner, but for the inverse of EASE, which is equal to 1e-9.

Unknown items in a question are ignored; models of an empty log answer nothing.  Reads and writes no
files, and does not know which answer may be shown to whom.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tactful.mechanisms.arrays import Arrays, Codes, Numbers, Offsets
from tactful.mechanisms.co_occurrence import CoOccurrence, CoOccurrenceSettings
from tactful.mechanisms.ease import Ease, EaseSettings
from tactful.mechanisms.fusion import FusionSettings
from tactful.mechanisms.interactions import Interactions
from tactful.mechanisms.nearest_sessions import NearestSessions, NearestSettings, Scratch
from tactful.mechanisms.next_items import next_items
from tactful.mechanisms.popularity import Popularity, PopularitySettings
from tactful.mechanisms.query import Query, even, fading

NO_ITEMS: frozenset[str] = frozenset()

UNPOPULAR = 0.1
"""What an item that nobody chose lately counts beside popular ones, in choices."""


SOLVED_TO = 1e-9
"""How far two inverses of the same log may be from each other: one solved, one downdated."""


def equal(one: Arrays, other: Arrays) -> bool:
    """Tell whether two models wrote down the same: bit for bit, an inverse to `SOLVED_TO`."""
    if one.keys() != other.keys() or any(one[name].shape != other[name].shape for name in one):
        return False
    allowed = {"ease_inverse": SOLVED_TO}
    return all(
        np.allclose(one[name], other[name], rtol=0, atol=allowed.get(name, 0)) for name in one
    )


class Candidate(NamedTuple):
    """An item, its score, and what each item of the question has in it; the shares add up."""

    item: str
    score: float
    because: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    How models are built and asked.

    `window` newest items of a session are looked at, `basket` items of any other question.
    `discover_lately` and `again_lately` are the powers of its recent popularity by which an item
    counts more there: chosen on Online Retail before 2011-11-11, its last four weeks held out.
    """

    window: int = 6
    basket: int = 200
    nearest: NearestSettings = field(default_factory=NearestSettings)
    beside: CoOccurrenceSettings = field(default_factory=CoOccurrenceSettings)
    popularity: PopularitySettings = field(default_factory=PopularitySettings)
    fusion: FusionSettings = field(default_factory=FusionSettings)
    ease: EaseSettings = field(default_factory=EaseSettings)
    discover_lately: float = 0.5
    again_lately: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Models:
    """The models of `log`.  May be asked from many threads at once."""

    log: Interactions
    settings: Settings
    _nearest: NearestSessions
    _beside: CoOccurrence
    _popularity: Popularity
    _ease: Ease
    _idle: list[Scratch] = field(default_factory=list, repr=False)

    @classmethod
    def build(
        cls, log: Interactions, settings: Settings | None = None, *, ease: Ease | None = None
    ) -> Models:
        """Build every model of *log*; *ease*, where it is solved already."""
        settings = settings or Settings()
        nearest = NearestSessions.of(log, settings.nearest)
        return cls(
            log=log,
            settings=settings,
            _nearest=nearest,
            _beside=CoOccurrence.of(log, settings.beside, sessions=nearest.sessions),
            _popularity=Popularity.of(log, settings.popularity),
            _ease=ease or Ease.of(log, settings.ease),
        )

    def without(self, *owners: int) -> Models:
        """Return the models of the log without the sessions of *owners*."""
        log = self.log.without(*owners)
        if log is self.log:
            return self
        return Models.build(log, self.settings, ease=self._ease.without(self.log, log, *owners))

    def arrays(self) -> Arrays:
        """Return everything but the settings as arrays, for `from_arrays`."""
        parts = (self.log, self._nearest, self._beside, self._popularity, self._ease)
        return {name: array for part in parts for name, array in part.arrays().items()}

    @classmethod
    def from_arrays(cls, arrays: Arrays, settings: Settings | None = None) -> Models:
        """
        Return the models that `arrays` wrote down; the arrays may be memory-mapped.

        The *settings* are those that the models were built with: forgetting builds with them again.
        """
        settings = settings or Settings()
        log = Interactions.from_arrays(arrays)
        return cls(
            log=log,
            settings=settings,
            _nearest=NearestSessions.from_arrays(arrays, log=log, settings=settings.nearest),
            _beside=CoOccurrence.from_arrays(arrays),
            _popularity=Popularity.from_arrays(arrays),
            _ease=Ease.from_arrays(arrays, log=log, settings=settings.ease)
            if "ease_items" in arrays  # an artefact from before this model
            else Ease.of(log, settings.ease),
        )

    def warm(self) -> None:
        """Compile every kernel, so that the first question is as fast as the second."""
        # Not asked of these models: they may be empty, and then no kernel would run.
        small = Models.build(Interactions.of([(1, 1, ("a", "b")), (2, 2, ("b",))]), self.settings)
        for ask in (small.nearest, small.beside, small.fused):
            ask(("a",), limit=1)

    def nearest(
        self, session: Sequence[str], *, limit: int, exclude: frozenset[str] = NO_ITEMS
    ) -> tuple[Candidate, ...]:
        """Return what stood in the sessions nearest to *session* (oldest item first)."""
        query = fading(*self._codes(session, self.settings.window, exclude))
        return self._ask(self._nearest, query, limit)

    def beside(
        self, items: Sequence[str], *, limit: int, exclude: frozenset[str] = NO_ITEMS
    ) -> tuple[Candidate, ...]:
        """
        Return what completes *items*, in any order, but none of them.

        By EASE where it knows any of them, else by the sessions that they share.  Shares may be
        below 0: an item of the basket may speak against another.
        """
        query = even(*self._codes(items, self.settings.basket, exclude.union(items)))
        if limit > 0 and self._ease.knows(query.items):
            return self._completed(query, None, limit)
        return self._ask(self._beside, query, limit)

    def discover(
        self, chosen: Sequence[str], *, limit: int, exclude: frozenset[str] = NO_ITEMS
    ) -> tuple[Candidate, ...]:
        """Return what completes all that somebody chose, none of it, the popular ones first."""
        query = even(*self._codes(chosen, self.settings.basket, exclude.union(chosen)))
        if limit > 0 and self._ease.knows(query.items):
            factors = self._lately(self._ease.items, self.settings.discover_lately)
            return self._completed(query, factors, limit)
        return self._ask(self._beside, query, limit)

    def again(
        self, chosen: Sequence[str], *, limit: int, exclude: frozenset[str] = NO_ITEMS
    ) -> tuple[Candidate, ...]:
        """
        Return what somebody chose before, the most frequent and popular first.

        Args:
            chosen: All that they chose, oldest first; an item as often as it was chosen.
            limit: At most so many.
            exclude: Items that may not be answered.
        """
        last = {item: place for place, item in enumerate(chosen)}
        counts = Counter(item for item in chosen if item not in exclude)
        codes = [self.log.vocabulary.codes.get(item, -1) for item in counts]
        powers = self._lately(np.array(codes, np.int32), self.settings.again_lately).tolist()
        scores = {item: counts[item] * power for item, power in zip(counts, powers, strict=True)}
        best = sorted(scores, key=lambda item: (-scores[item], -last[item]))[: max(limit, 0)]
        return tuple(Candidate(item, scores[item], ((item, scores[item]),)) for item in best)

    def _completed(
        self, query: Query, factors: Numbers | None, limit: int
    ) -> tuple[Candidate, ...]:
        """Ask EASE."""
        wanted, shares = self._ease.rank(
            query.items, query.weights, factors=factors, banned=query.banned, limit=limit
        )
        return self._candidates(query, wanted, shares)

    def _lately(self, codes: Codes, power: float) -> Numbers:
        """Return how popular the items of *codes* are now, to that power; a code of -1 is not."""
        by_code = self._popularity.by_code(len(self.log.vocabulary))
        lately: Numbers = (by_code[codes] + UNPOPULAR) ** power
        return lately

    def fused(
        self, session: Sequence[str], *, limit: int, exclude: frozenset[str] = NO_ITEMS
    ) -> tuple[Candidate, ...]:
        """Return the best next items after *session*, by `nearest` and `beside` together."""
        query = fading(*self._codes(session, self.settings.window, exclude))
        if limit < 1 or not len(query.items):
            return ()
        fusion = self.settings.fusion
        with self._scratch() as scratch:
            wanted, shares = next_items(
                self._nearest.sessions,
                self._beside.neighbours,
                query,
                scratch,
                (fusion.offset, fusion.second_weight),
                max(limit, fusion.depth),
                limit,
            )
        return self._candidates(query, wanted, shares)

    def popular(self, *, limit: int, exclude: frozenset[str] = NO_ITEMS) -> tuple[Candidate, ...]:
        """Return what enough owners chose lately."""
        return self._row(0, limit, exclude)

    def popular_in(
        self, group: str, *, limit: int, exclude: frozenset[str] = NO_ITEMS
    ) -> tuple[Candidate, ...]:
        """Return what enough owners in *group* chose lately; nothing for an unknown group."""
        code = self.log.groups.codes.get(group)
        return () if code is None else self._row(code + 1, limit, exclude)

    def _row(self, row: int, limit: int, exclude: frozenset[str]) -> tuple[Candidate, ...]:
        if limit < 1:
            return ()
        ids = self.log.vocabulary.ids
        items, scores = self._popularity.best(row, limit + len(exclude))
        named = zip((ids[item] for item in items), scores, strict=True)
        shown = [Candidate(name, score, ()) for name, score in named if name not in exclude]
        return tuple(shown[:limit])

    def _codes(
        self, ids: Sequence[str], limit: int, exclude: frozenset[str]
    ) -> tuple[Codes, Codes]:
        vocabulary = self.log.vocabulary
        return vocabulary.newest(ids, limit=limit), vocabulary.known(exclude)

    def _ask(
        self, model: NearestSessions | CoOccurrence, query: Query, limit: int
    ) -> tuple[Candidate, ...]:
        if limit < 1 or not len(query.items):
            return ()
        with self._scratch() as scratch:
            wanted = model.rank(query, scratch, limit=limit)
            shares = model.share(query, scratch, wanted)
        return self._candidates(query, wanted, shares)

    @contextmanager
    def _scratch(self) -> Iterator[Scratch]:
        """Lend scratch space to one query; list operations are atomic between threads."""
        try:
            scratch = self._idle.pop()
        except IndexError:
            scratch = self._nearest.scratch()
        yield scratch
        # Not given back where the query broke off: it may be unclean.
        self._idle.append(scratch)

    def _candidates(self, query: Query, wanted: Offsets, shares: Numbers) -> tuple[Candidate, ...]:
        """Name everything, leaving out shares of 0."""
        ids = self.log.vocabulary.ids
        names = [ids[code] for code in query.items.tolist()]
        rows = zip(wanted.tolist(), shares.sum(axis=1).tolist(), shares.tolist(), strict=True)
        return tuple(
            [
                Candidate(
                    ids[code], score, tuple([p for p in zip(names, row, strict=True) if p[1]])
                )
                for code, score, row in rows
            ]
        )

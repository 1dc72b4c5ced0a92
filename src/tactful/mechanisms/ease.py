"""
Complete a basket by the linear model EASE, which has an exact solution and forgets exactly.

The model is the inverse of a matrix of counts, plus a constant on its diagonal: each session adds
one whole number to every pair of its items, less the longer it is.  A session that is taken out
changes the matrix by one product of a vector with itself, so the inverse follows without solving
anew (Woodbury); how far it has drifted from the log is measured each time, and past `DRIFT` it is
solved anew.  A score is a sum over the items of the question, so its reasons are exact; an item may
speak against another.

Dense, hence only for as many items as `most_items`; a log with more has no such model.

Source:
    Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from tactful.mechanisms.arrays import Arrays, Codes, Numbers, Offsets, frozen
from tactful.mechanisms.co_occurrence import UNIT, pair_worth
from tactful.mechanisms.interactions import Interactions

DRIFT = 1e-9
"""How far the inverse may be from one, at the entries looked at."""

LOOKED_AT = 8
"""How many columns of the inverse are checked after each removal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EaseSettings:
    """
    How the model is solved.

    The defaults were chosen on Online Retail before 2011-11-11, its last four weeks held out.

    Attributes:
        most_items: Above so many items there is no model: the inverse holds their square.
        least_sessions: An item of fewer sessions has no place in it.
        regularisation: The constant on the diagonal, in sessions of two items.
        length_damping: A session of n items counts (n / 2) ** -length_damping.
    """

    most_items: int = 4096
    least_sessions: int = 2
    regularisation: float = 20.0
    length_damping: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ease:
    """
    The inverse, (items, items), and which row is whose.

    `places[code]` is the row of the item of that code, or -1; `items` are the codes by row.
    """

    items: Codes
    places: Codes
    inverse: Numbers
    settings: EaseSettings

    @classmethod
    def of(cls, log: Interactions, settings: EaseSettings) -> Ease:
        """Solve the model of *log*; one without items where it has too many of them."""
        items = _covered(log, settings)
        if len(items) > settings.most_items:
            items = items[:0]
        places = _places(log, items)
        counts = np.zeros((len(items), len(items)), np.int64)
        _count(log.items, log.offsets, pair_worth(log, settings.length_damping), places, counts)
        matrix = counts / UNIT
        matrix[np.diag_indices_from(matrix)] += settings.regularisation
        return cls._with(items, places, np.linalg.inv(matrix).astype(np.float64), settings)

    @classmethod
    def _with(cls, items: Codes, places: Codes, inverse: Numbers, settings: EaseSettings) -> Ease:
        return cls(
            items=frozen(items, np.int32),
            places=frozen(places, np.int32),
            inverse=frozen(inverse, np.float64),
            settings=settings,
        )

    def without(self, before: Interactions, after: Interactions, *owners: int) -> Ease:
        """Return the model of *after*, which is *before* without the sessions of *owners*."""
        gone = self._baskets(before, owners)
        items = _covered(after, self.settings)
        if not len(self.items) or len(gone) > len(self.items) // 4:
            return Ease.of(after, self.settings)
        inverse = _downdated(self.inverse, gone)
        remaining = [after.vocabulary.ids[code] for code in items.tolist()]
        kept = self.places[[before.vocabulary.codes[name] for name in remaining]]
        model = Ease._with(items, _places(after, items), _left(inverse, kept), self.settings)
        return model if model.drift(after) <= DRIFT else Ease.of(after, self.settings)

    def _baskets(self, log: Interactions, owners: tuple[int, ...]) -> Numbers:
        """Return (sessions, items): the sessions of *owners*, by the root of what each counts."""
        sessions = np.flatnonzero(np.isin(log.owner, np.array(owners, np.int64)))
        roots = np.sqrt(pair_worth(log, self.settings.length_damping)[sessions] / UNIT)
        baskets = np.zeros((len(sessions), len(self.items)))
        for row, (session, root) in enumerate(zip(sessions.tolist(), roots.tolist(), strict=True)):
            at = self.places[log.items[log.offsets[session] : log.offsets[session + 1]]]
            baskets[row, at[at >= 0]] = root
        return baskets

    def drift(self, log: Interactions) -> float:
        """Return how far some columns of the inverse, times the matrix of *log*, are from one."""
        looked_at = np.linspace(0, max(len(self.items) - 1, 0), LOOKED_AT).astype(np.int64)
        columns = np.ascontiguousarray(self.inverse[:, looked_at]) if len(self.items) else None
        if columns is None:
            return 0.0
        product = columns * self.settings.regularisation
        worth = pair_worth(log, self.settings.length_damping) / UNIT
        _multiply(log.items, log.offsets, worth, self.places, columns, product)
        product[looked_at, np.arange(LOOKED_AT)] -= 1.0
        return float(np.abs(product).max())

    def knows(self, codes: Codes) -> bool:
        """Tell whether any of the items of these *codes* has a place in the model."""
        return bool((self.places[codes] >= 0).any())

    def rank(
        self, codes: Codes, weights: Numbers, *, factors: Numbers | None, banned: Codes, limit: int
    ) -> tuple[Offsets, Numbers]:
        """
        Return the best *limit* items with a score above 0, best first, and the reasons.

        Args:
            codes: The items of the question, each once.
            weights: What each of them counts.
            factors: What the score of each item, by row, is multiplied by; all by 1 if None.
            banned: Items that may not be answered.
            limit: At most so many, >= 1.

        Returns:
            Item codes, and (items, codes) what each item of the question has in each score.
        """
        at = self.places[codes]
        known = np.flatnonzero(at >= 0)
        own, weights = at[known], weights[known]
        scale = -1.0 / self.inverse.diagonal()
        scale = scale if factors is None else scale * factors
        scores = _sum_rows(self.inverse, own, weights) * scale
        scores[self.places[banned][self.places[banned] >= 0]] = 0.0
        best = _best(scores, limit)
        shares = np.zeros((len(best), len(codes)))
        # An item does not speak for itself.
        others = best[:, None] != own[None, :]
        parts = self.inverse[np.ix_(best, own)]  # symmetric
        shares[:, known] = parts * weights * scale[best][:, None] * others
        return self.items[best].astype(np.int64), shares

    def arrays(self) -> Arrays:
        """Return the model as arrays, for `from_arrays`."""
        return {"ease_items": self.items, "ease_inverse": self.inverse}

    @classmethod
    def from_arrays(cls, arrays: Arrays, *, log: Interactions, settings: EaseSettings) -> Ease:
        """Return the model that `arrays` wrote down, of the same *log*."""
        items = frozen(arrays["ease_items"], np.int32)
        return cls._with(items, _places(log, items), arrays["ease_inverse"], settings)


def _covered(log: Interactions, settings: EaseSettings) -> Codes:
    """Return the codes of the items with enough sessions, in ascending order."""
    counts = np.bincount(log.items, minlength=len(log.vocabulary))
    return np.flatnonzero(counts >= settings.least_sessions).astype(np.int32)


def _places(log: Interactions, items: Codes) -> Codes:
    places = np.full(len(log.vocabulary), -1, np.int32)
    places[items] = np.arange(len(items))
    return places


def _downdated(inverse: Numbers, gone: Numbers) -> Numbers:
    """Return the inverse once the rows of *gone* no longer count."""
    reach = inverse @ gone.T
    left = np.eye(len(gone)) - gone @ reach
    downdated: Numbers = inverse + reach @ np.linalg.solve(left, reach.T)
    return downdated


def _left(inverse: Numbers, kept: Codes) -> Numbers:
    """Return the inverse for the rows *kept* alone, the others no longer being in the matrix."""
    dropped = np.setdiff1d(np.arange(len(inverse)), kept)
    rest = inverse[np.ix_(kept, kept)]
    if not len(dropped):
        return rest
    across = inverse[np.ix_(kept, dropped)]
    among = inverse[np.ix_(dropped, dropped)]
    left: Numbers = rest - across @ np.linalg.solve(among, across.T)
    return left


def _best(scores: Numbers, limit: int) -> Offsets:
    """Return where the best *limit* scores above 0 stand, of equals the first first."""
    found = np.flatnonzero(scores > 0)
    if len(found) > limit:
        least = np.partition(scores[found], -limit)[-limit]
        found = found[scores[found] >= least]
    return found[np.argsort(-scores[found], kind="stable")][:limit]


@njit(cache=True, nogil=True)
def _sum_rows(inverse: Numbers, rows: Codes, weights: Numbers) -> Numbers:
    """Return the weighted sum of *rows*, each without its own entry; gathers no copy of them."""
    total = np.zeros(inverse.shape[1])
    for place in range(len(rows)):
        row = rows[place]
        total += weights[place] * inverse[row]
        total[row] -= weights[place] * inverse[row, row]
    return total


@njit(cache=True, nogil=True)
def _count(
    items: Codes,
    offsets: Offsets,
    worth: npt.NDArray[np.int64],
    places: Codes,
    counts: npt.NDArray[np.int64],
) -> None:
    """Add every session to (items, items) *counts*, each item with itself included."""
    for session in range(len(worth)):
        for at in range(offsets[session], offsets[session + 1]):
            row = places[items[at]]
            if row >= 0:
                for other in range(offsets[session], offsets[session + 1]):
                    column = places[items[other]]
                    if column >= 0:
                        counts[row, column] += worth[session]


@njit(cache=True, nogil=True)
def _multiply(
    items: Codes,
    offsets: Offsets,
    worth: Numbers,
    places: Codes,
    columns: Numbers,
    product: Numbers,
) -> None:
    """Add the matrix of counts, times *columns*, to *product*, session by session."""
    total = np.zeros(columns.shape[1])
    for session in range(len(worth)):
        total[:] = 0.0
        for at in range(offsets[session], offsets[session + 1]):
            row = places[items[at]]
            if row >= 0:
                total += columns[row]
        total *= worth[session]
        for at in range(offsets[session], offsets[session + 1]):
            row = places[items[at]]
            if row >= 0:
                product[row] += total

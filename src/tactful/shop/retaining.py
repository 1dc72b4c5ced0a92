"""
Let go of what was kept for as long as its purpose needs it, or as the plan gives it by itself.

Asks nothing of the gate: whatever people say, nothing is kept for longer than the policy tells them
(GDPR Art. 5(1)(e)).  Only who had processing restricted keeps their data, untouched (Art. 18).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tactful.shop.parts import Tallies
from tactful.terms import Policy


class Expiring(Protocol):
    """One place where events are kept."""

    def expire(
        self, cutoffs: Mapping[str, datetime], *, spared: Collection[int], now: datetime
    ) -> Mapping[str, int]:
        """
        Stop keeping events for a purpose that are of before its cutoff; return how many.

        Counted by purpose, under `events` those of which nothing was left, and under `properties`
        those that lost one whose own term, counted back from *now*, is over.  Those of the
        subjects *spared* stay as they are.
        """

    def overdue(
        self, cutoffs: Mapping[str, datetime], *, spared: Collection[int], now: datetime
    ) -> Mapping[str, int]:
        """Return what `expire` would, and remove nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo:
    """
    What one round of retention removed, or would; of nobody in particular.

    Attributes:
        at: From when the terms were counted back.
        cutoffs: By purpose before when nothing is kept for it.
        counts: Events by the purpose they lost; `events` that went whole, `properties` of events
            and `traits` that went by themselves.
        spared: How many subjects' data stayed untouched because it is restricted.
    """

    at: datetime
    cutoffs: Mapping[str, datetime]
    counts: Mapping[str, int]
    spared: int


class _Question(Protocol):
    """`Expiring.expire`, or what it would do."""

    def __call__(
        self, cutoffs: Mapping[str, datetime], /, *, spared: Collection[int], now: datetime
    ) -> Mapping[str, int]:
        """Return counts, as `Expiring.expire` does."""


class Retaining:
    """Applies the terms of the policy to every place where events are kept."""

    def __init__(
        self,
        policy: Policy,
        kept_in: Sequence[Expiring],
        *,
        restricted: Callable[[datetime], Collection[int]],
        tallies: Tallies,
    ) -> None:
        self._policy = policy
        self._kept_in = kept_in
        self._restricted = restricted
        self._tallies = tallies

    def expire(self, at: datetime) -> LetGo:
        """Remove what is past its term at *at*; return what was removed."""
        done = self._asked(at, lambda place: place.expire)
        for label, n in done.counts.items():
            self._tallies.add("expired", label, n)
        return done

    def overdue(self, at: datetime) -> LetGo:
        """Return what `expire` would remove at *at*, and remove nothing."""
        return self._asked(at, lambda place: place.overdue)

    def _asked(self, at: datetime, question: Callable[[Expiring], _Question]) -> LetGo:
        terms = self._policy.purposes.values()
        cutoffs = {term.name: at - term.retention for term in terms if term.retention}
        spared = self._restricted(at)
        counts: Counter[str] = Counter()
        for place in self._kept_in:
            counts.update(question(place)(cutoffs, spared=spared, now=at))
        return LetGo(at=at, cutoffs=cutoffs, counts=+counts, spared=len(spared))

"""
Let go of what was kept for as long as its purpose needs it.

Asks nothing of the gate: whatever people say, nothing is kept for longer than the policy tells them
(GDPR Art. 5(1)(e)).  Only who had processing restricted keeps their data, untouched (Art. 18).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from tactful.shop.parts import Tallies
from tactful.terms import Policy


class Expiring(Protocol):
    """One place where events are kept."""

    def expire(
        self, cutoffs: Mapping[str, datetime], *, spared: Collection[int]
    ) -> Mapping[str, int]:
        """
        Stop keeping events for a purpose that are of before its cutoff; return how many.

        Counted by purpose, and under `events` those of which nothing was left.  Those of the
        subjects *spared* stay as they are.
        """


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

    def expire(self, at: datetime) -> Mapping[str, int]:
        """Remove what is past its term at *at*; return what was removed, by purpose."""
        terms = self._policy.purposes.values()
        cutoffs = {term.name: at - term.retention for term in terms if term.retention}
        spared = self._restricted(at)
        removed: Counter[str] = Counter()
        for place in self._kept_in:
            removed.update(place.expire(cutoffs, spared=spared))
        for label, n in removed.items():
            if n:
                self._tallies.add("expired", label, n)
        return removed

"""What the calls of one request share: when and from where they came, and what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tactful.capabilities.collect import Call, Telling, happened_at
from tactful.capabilities.collect.strays import Stray
from tactful.terms import Identifier

Whence = Callable[[Call], str | None]
"""Tells the region of a call's sender, or None where it is not known."""


@dataclass(slots=True, kw_only=True)
class Delivery:
    """
    The circumstances that the calls of one request share, and the counts that come of it.

    `retention` is how long things may be kept, by purpose, where that ends.  `by_shop` tells that
    the shop itself brings them; `history` that they are of its own past.
    """

    received_at: datetime
    sent_at: datetime | None
    gpc: bool
    source: str
    whence: Whence
    by_shop: bool
    retention: Mapping[str, timedelta]
    history: bool
    refused: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    noted: Counter[tuple[str, str]] = field(default_factory=Counter)
    gaps: list[tuple[Stray, tuple[Identifier, ...]]] = field(default_factory=list)

    def drop(self, reason: str) -> None:
        """Count a property that is not kept."""
        self.dropped[reason] += 1

    def note(self, counter: str, label: str) -> None:
        """Count what the shop should know of how it collects: *label* of *counter*."""
        self.noted[counter, label] += 1

    def happened_at(self, call: Call) -> datetime:
        """Return when *call* happened by our clock."""
        return happened_at(call, sent_at=self.sent_at, received_at=self.received_at)

    def kept_since(self, at: datetime) -> Mapping[str, datetime]:
        """Return before when retention has run out, by purpose; nothing where *at* is recent."""
        if not self.retention or at >= self.received_at - min(self.retention.values()):
            return {}
        return {name: self.received_at - term for name, term in self.retention.items()}

    def said_at(self, call: Call) -> datetime | None:
        """Return when the signals of *call* were given, where it is of the past; else None: now."""
        return self.happened_at(call) if self.history else None

    def telling(self, who: tuple[Identifier, ...]) -> Telling:
        """Return where to tell what becomes of what *who* sent."""
        return Telling(self.drop, lambda missing: self.gaps.append((missing, who)), self.note)

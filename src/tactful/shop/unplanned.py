"""
Count what clients send outside of the tracking plan, without repeating what only few send.

Clients choose the names of events and properties, and may put anything there, somebody's name too.
A name that several different senders use is the page's own, and can be shown to the shop.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

LEAST_SENDERS = 5
"""How many different senders must use a name before it is counted by name."""

MOST_NAMES = 200
"""How many names are told apart: clients can think of any number."""


class Unplanned:
    """Remembers, for this process, by how many senders a name was used."""

    def __init__(self) -> None:
        self._senders: dict[str, set[int]] = {}

    def labels(self, found: Iterable[tuple[str, Hashable]]) -> Iterable[str]:
        """Yield what to count for each (name, sender): the name, or its kind alone."""
        for name, sender in found:
            kind = name.partition(" ")[0]
            yield name if self._is_common(name, hash(sender)) else f"{kind} outside of the plan"

    def _is_common(self, name: str, sender: int) -> bool:
        senders = self._senders.get(name)
        if senders is None:
            if len(self._senders) >= MOST_NAMES:
                return False
            senders = self._senders.setdefault(name, set())
        if len(senders) < LEAST_SENDERS:
            senders.add(sender)
        return len(senders) >= LEAST_SENDERS

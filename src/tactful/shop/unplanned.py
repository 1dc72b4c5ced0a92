"""
Count what clients send outside of the tracking plan, without repeating what only few send.

Clients choose the names of events and properties, and may put anything there, somebody's name too.
A name that several different senders use is the page's own, and can be shown to the shop, with the
types that it was seen with; values are looked at for their type alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

from tactful.capabilities.collect.strays import Stray
from tactful.terms import TactfulError

LEAST_SENDERS = 5
"""How many different senders must use a name before it is counted by name."""

MOST_NAMES = 200
"""How many names are told apart: clients can think of any number."""

SEEN = "seen"
"""The counter of what was seen and not kept: its labels are `kind|name|type|event`."""

RECEIVED = "received"
"""The counter of what arrived with leave to be kept, within and outside of the plan."""

Found = tuple[Stray, Hashable]
"""What is not declared, and who sent it."""


class Unplanned:
    """
    Remembers, for this process, by how many senders a name was used.

    Args:
        totals: Returns all counters: a name that was shown before is common for good.
    """

    def __init__(self, totals: Callable[[], Mapping[tuple[str, str], int]] = dict) -> None:
        self._totals = totals
        self._common: set[str] | None = None
        self._senders: dict[str, set[int]] = {}

    def labels(self, found: Iterable[tuple[str, Hashable]]) -> Iterator[str]:
        """Yield what to count for each (name, sender): the name, or its kind alone."""
        for name, sender in found:
            common = self._is_common(name, hash(sender))
            yield name if common else _outside(name.partition(" ")[0])

    def counts(self, found: Sequence[Found]) -> Iterator[tuple[str, str, int]]:
        """Yield what to count for *found*, as (counter, label, how often)."""
        counted: Counter[tuple[str, str]] = Counter()
        for stray, of_common, of_rare in self._told_apart(found):
            outside = _outside(stray.kind)
            counted["gap", outside] += of_rare
            counted[RECEIVED, outside] += of_common + of_rare
            counted["gap", stray.label] += of_common
            counted[SEEN, "|".join(stray)] += of_common
        yield from ((counter, label, n) for (counter, label), n in counted.items() if n)

    def _told_apart(self, found: Sequence[Found]) -> Iterator[tuple[Stray, int, int]]:
        """Yield each name with how often it came once common, and before: a batch repeats few."""
        senders: dict[Stray, list[Hashable]] = {}
        for stray, sender in found:
            senders.setdefault(stray, []).append(sender)
        for stray, each in senders.items():
            rare, label = 0, stray.label
            while rare < len(each) and not self._is_common(label, hash(each[rare])):
                rare += 1
            yield stray, len(each) - rare, rare

    def _is_common(self, name: str, sender: int) -> bool:
        if self._common is None:
            self._common = self._shown()
        if name in self._common:
            return True
        senders = self._senders.get(name)
        if senders is None:
            if len(self._senders) >= MOST_NAMES:
                return False
            senders = self._senders.setdefault(name, set())
        if len(senders) < LEAST_SENDERS:
            senders.add(sender)
        return len(senders) >= LEAST_SENDERS

    def _shown(self) -> set[str]:
        """Return the names that are shown already; a full disk must refuse no call for them."""
        try:
            totals = self._totals()
        except TactfulError:
            return set()
        return {_named(label) for counter, label in totals if counter == SEEN}


def _outside(kind: str) -> str:
    return f"{kind} outside of the plan"


def _named(label: str) -> str:
    kind, name, *_ = label.split("|", 3)
    return f"{kind} {name}"

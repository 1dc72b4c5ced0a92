"""What the models are taught: visits and baskets, from those who allow it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from tactful.gate import Permitted
from tactful.terms import Event, SubjectId

INTEREST = frozenset(
    {
        "Product Viewed",
        "Product Clicked",
        "Product Added",
        "Product Added to Wishlist",
        "Order Completed",
    }
)
"""Events that show a choice; an item on a list that was merely shown is none."""

PAUSE = timedelta(minutes=30)
"""After so long without an action a new visit begins (the analytics convention)."""

Lesson = tuple[int, int, list[str]]
"""(owner, when it ended in seconds since 1970, item ids in order)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What *subject* chose in one sitting: each item once, where it came up first."""

    subject: SubjectId
    began: datetime
    ended: datetime
    items: tuple[str, ...]


def visits(events: Permitted[Iterable[Event]]) -> Iterator[Visit]:
    """
    Yield every visit in which something was chosen, from events ordered by subject, then by time.

    A visit ends with its session id, or after a pause.
    """
    chosen = (event for event in events.value if event.name in INTEREST and event.items)
    for _, own in groupby(chosen, key=lambda event: event.subject):
        for visit in _visits(own):
            items = dict.fromkeys(item for event in visit for item in event.items)
            began, ended = visit[0].at, visit[-1].at
            yield Visit(subject=visit[0].subject, began=began, ended=ended, items=tuple(items))


def lessons(events: Permitted[Iterable[Event]]) -> Iterator[Lesson]:
    """Yield one lesson per visit, from events ordered by subject and then by time."""
    for visit in visits(events):
        yield int(visit.subject), int(visit.ended.timestamp()), list(visit.items)


def _visits(events: Iterable[Event]) -> Iterator[list[Event]]:
    visit: list[Event] = []
    for event in events:
        if visit and _apart(visit[-1], event):
            yield visit
            visit = []
        visit.append(event)
    if visit:
        yield visit


def _apart(before: Event, after: Event) -> bool:
    if before.session or after.session:
        return before.session != after.session
    return after.at - before.at > PAUSE

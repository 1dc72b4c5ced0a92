"""
Events in the store and in the lake, read as one history.

An event that is on its way from one to the other may be seen in both: the store is read first, so
that it is never missed, and the second sight of a message is dropped, so that it never counts
twice.  The lake is asked only for what the store does not hold any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from tactful.adapters.sqlite.days import to_ms
from tactful.adapters.sqlite.events import ANSWER_REQUEST
from tactful.adapters.sqlite.purposes import PurposeBits
from tactful.adapters.sqlite.rows import View, view_of, view_of_everything
from tactful.capabilities.collect import Events
from tactful.gate import Permit
from tactful.terms import Event, Policy, SubjectId, Trouble

if TYPE_CHECKING:
    from tactful.adapters.lake.behind import LakeBehind

_FIRST_SUBJECTS: Final = 1_000
_MOST_SUBJECTS: Final = 100_000
_EVENTS_AT_A_TIME: Final = 50_000


class LakeEvents:
    """Implements `tactful.capabilities.collect.ports.Events` on a store and the lake behind it."""

    def __init__(
        self, recent: Events, lake: LakeBehind, *, policy: Policy, bits: PurposeBits
    ) -> None:
        self._recent = recent
        self._lake = lake
        self._policy = policy
        self._bits = bits

    def append(self, events: Sequence[Event]) -> Future[frozenset[bytes]]:
        """Store *events* and resolve, once they are durable, to the messages that were new."""
        return self._recent.append(events)

    def history(self, permit: Permit, *, limit: int | None = None) -> tuple[Event, ...]:
        """
        Return the newest *limit* events of the permit's person, oldest first.

        A decision goes on with what the store holds where the lake is damaged.

        Raises:
            LakeTrouble: everything is asked for, and the lake cannot be read.
        """
        recent = self._recent.history(permit, limit=limit)
        held = self._lake.outflow.held()
        if not held.lake_alone:
            return recent
        members = self._lake.outflow.members(permit.subject)
        enough = limit is not None and len(recent) == limit
        if min(members) > held.last_subject or (
            enough and (not limit or to_ms(recent[0].at) >= held.newest)
        ):
            return recent
        try:
            older = self._older(permit, members)
        except Trouble:
            if limit is None:
                raise
            return recent
        together = _merged([*older, *recent])
        return together if limit is None else together[max(0, len(together) - limit) :]

    def of_audience(self, permit: Permit) -> Iterator[Event]:
        """Yield the events of the permit's audience, by person and then by time."""
        recent = iter(self._recent.of_audience(permit))
        return self._together(permit, recent)

    def _together(self, permit: Permit, recent: Iterator[Event]) -> Iterator[Event]:
        members, start, size = permit.audience.members, 0, _FIRST_SUBJECTS
        waiting: list[Event] = []
        while start < len(members):
            portion = members[start : start + size]
            found, waiting = _up_to(int(portion[-1]), chain(waiting, recent))
            if self._lake.outflow.held().lake_alone:
                found = self._with_older(permit, portion, found)
            yield from found
            start += size
            size = _next_size(size, events=len(found))

    def _with_older(
        self, permit: Permit, portion: NDArray[np.int64], recent: list[Event]
    ) -> list[Event]:
        outflow = self._lake.outflow
        held, goes_by = outflow.held(), outflow.goes_by(portion)
        numbers = np.union1d(portion, list(goes_by)) if goes_by else portion
        numbers = numbers[numbers <= held.last_subject]
        if not len(numbers):
            return recent
        view = self._view(permit)
        rows = self._lake.reading.rows_of_many(numbers, mask=view.mask, held=held)
        persons = (row._replace(subject=goes_by.get(row.subject, row.subject)) for row in rows)
        return sorted(_once([*map(view.event, persons), *recent]), key=_subject_and_time)

    def _older(self, permit: Permit, members: Sequence[SubjectId]) -> Iterator[Event]:
        view, held = self._view(permit), self._lake.outflow.held()
        return map(view.event, self._lake.reading.rows_of(members, mask=view.mask, held=held))

    def _view(self, permit: Permit) -> View:
        if (permit.purpose, permit.activity) == ANSWER_REQUEST:
            return view_of_everything(self._bits)
        return view_of(permit.purpose, self._policy.plan, self._bits)


def _merged(events: Sequence[Event]) -> tuple[Event, ...]:
    return tuple(sorted(_once(events), key=lambda event: event.at))


def _once(events: Sequence[Event]) -> list[Event]:
    """Return *events*, of each message the last only."""
    found: Mapping[bytes, Event] = {event.message: event for event in events}
    return list(found.values())


def _up_to(last: int, events: Iterator[Event]) -> tuple[list[Event], list[Event]]:
    """Return the events of subjects up to *last*, and the one that was read too many."""
    found: list[Event] = []
    for event in events:
        if event.subject > last:
            return found, [event]
        found.append(event)
    return found, []


def _next_size(size: int, *, events: int) -> int:
    if events > _EVENTS_AT_A_TIME:
        return max(1, size // 2)
    return min(size * 2, _MOST_SUBJECTS) if events * 2 < _EVENTS_AT_A_TIME else size


def _subject_and_time(event: Event) -> tuple[int, float]:
    return event.subject, event.at.timestamp()

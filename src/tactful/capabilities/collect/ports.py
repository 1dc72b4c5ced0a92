"""What collection needs of a store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from typing import Protocol

from tactful.gate import Permit
from tactful.terms import Event


class Events(Protocol):
    """
    The recent events of all subjects.

    Reads return only events kept for the permit's purpose, with only those properties that the
    tracking plan allows for it: a datum that a purpose may not use is not there to be used.
    """

    def append(self, events: Sequence[Event]) -> Future[frozenset[bytes]]:
        """
        Store *events* and resolve, once they are durable, to the messages that were new.

        An event whose `message` was stored before, or stands earlier in the same call, is not
        stored again.  Events of a subject that was erased meanwhile are dropped.
        """

    def history(self, permit: Permit, *, limit: int | None = None) -> tuple[Event, ...]:
        """Return the newest *limit* events of the permit's subject, oldest first."""

    def of_audience(self, permit: Permit) -> Iterator[Event]:
        """Yield the events of the permit's audience, by subject and then by time."""

"""
How much of what was sent may wait in memory: bounded in bytes, before a body is read.

A request holds room from its first byte to its answer, so that what waits for the disk is bounded
whatever is sent, by however many: who finds no room is answered 429, and sends again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, Self

from tactful.terms import Busy

BYTES_A_MEGABYTE: Final = 1_000_000


class Crowded(Busy):
    """There is no room for what was sent; in a moment there may be."""


class Backlog:
    """The room for what is being read, and for what was read and is not answered yet."""

    def __init__(self, *, most_bytes: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most_bytes
        self._clock = clock
        self._since: dict[Room, float] = {}
        self.size = 0
        self.turned_away: Counter[str] = Counter()

    def room(self, headers: Mapping[bytes, bytes], *, limit: int) -> Room:
        """
        Return room for the body that *headers* announce; for one of unknown length, for *limit*.

        Raises:
            Crowded: there is none (429).
        """
        said = headers.get(b"content-length")
        if said is None:
            size = limit if b"transfer-encoding" in headers else 0
        else:
            size = min(int(said), limit) if said.isdigit() else limit
        room = Room(self)
        room.hold(size)
        return room

    def __len__(self) -> int:
        """Return how many requests were read and are not answered yet."""
        return len(self._since)

    def oldest_seconds(self) -> float:
        """Return how long the request has waited that was read first and is not answered yet."""
        since = next(iter(list(self._since.values())[:1]), None)
        return 0.0 if since is None else self._clock() - since

    def take(self, size: int, *, held: int) -> None:
        """Let a request that held so many bytes hold *size*."""
        others = self.size - held
        if size > held and others and others + size > self._most:  # alone, anything is taken
            raise self.full("bytes")
        self.size += size - held

    def wait(self, room: Room) -> None:
        """Note that what *room* was taken for is read, and waits for its answer."""
        self._since[room] = self._clock()

    def leave(self, room: Room, *, held: int) -> None:
        """Note that it is answered."""
        self.size -= held
        self._since.pop(room, None)

    def full(self, why: str) -> Crowded:
        """Return what to tell who finds no room, counted by *why*."""
        self.turned_away[why] += 1
        return Crowded("too many calls are waiting to be stored: send again in a moment")


class Room:
    """What one request holds of the backlog; given back at the end of the block."""

    def __init__(self, backlog: Backlog) -> None:
        self._backlog = backlog
        self._held = 0

    def hold(self, size: int) -> None:
        """
        Hold *size* bytes, in place of what was held before.

        Raises:
            Crowded: there is no room for so many (429).
        """
        self._backlog.take(size, held=self._held)
        self._held = size

    def read(self, size: int) -> None:
        """Note that *size* bytes were read, and wait for an answer."""
        self.hold(size)
        self._backlog.wait(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._backlog.leave(self, held=self._held)
        self._held = 0

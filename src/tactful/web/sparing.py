"""
At most one line a second about what fails, however much of it does.

What fails comes in storms: a disk is full, a client is wrong, and every request says so.  A kind of
line that is held back is counted, and said in its turn with how many more there were.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Final

import structlog

Line = MutableMapping[str, Any]

PAUSE_SECONDS: Final = 1.0
_FAULT: Final = 400
AT_ONCE: Final = "at_once"
"""A line with this field is not held back."""


class Sparing:
    """
    A processor of structlog that lets one failure a second through.

    Kinds take turns, so that a storm of one cannot hide the only line of another.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._free_at = float("-inf")
        self._held: dict[tuple[object, ...], tuple[Line, int]] = {}
        self._lock = threading.Lock()

    def __call__(self, _logger: object, method: str, line: Line) -> Line:
        """Return *line* if it may be said now; else hold it back."""
        if line.pop(AT_ONCE, False) or not _is_failure(method, line):
            return line
        kind = (line.get("event"), line.get("kind"), line.get("route"), line.get("status"))
        with self._lock:
            if not self._held and self._free():
                return line
            _, count = self._held.get(kind, (line, 0))
            self._held[kind] = ({**line, "level": method}, count + 1)
        raise structlog.DropEvent

    def due(self, *, at_the_end: bool = False) -> Line | None:
        """Return the line that was held back longest, if one may be said now, or never."""
        with self._lock:
            if not self._held or not (self._free() or at_the_end):
                return None
            line, count = self._held.pop(next(iter(self._held)))
        return {**line, "more": count - 1, AT_ONCE: True}

    def _free(self) -> bool:
        now = self._clock()
        if now < self._free_at:
            return False
        self._free_at = now + PAUSE_SECONDS
        return True


def _is_failure(method: str, line: Line) -> bool:
    status = line.get("status", 0)
    return method in {"warning", "error", "critical"} or (
        isinstance(status, int) and status >= _FAULT
    )

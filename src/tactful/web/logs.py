"""
Structured logs: one JSON object a line, on stderr.

What is logged are routes by their template, statuses and kinds of errors: no query, no id, no
address, no message of an unexpected error.  What fails is said once a second at most.
"""

from __future__ import annotations

import logging
import sys
from contextlib import suppress
from typing import Final, TextIO, cast

import structlog

from tactful.web.sparing import Sparing

_sparing: Final = Sparing()
_log = structlog.get_logger("tactful.web")


class _Unfailing:
    """A stream whose disk may be full: what it cannot say fails no request."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._stream.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def unfailing(stream: TextIO) -> TextIO:
    """Return *stream*, but that what cannot be written to it is left out."""
    return cast("TextIO", _Unfailing(stream))


def configure_logging() -> None:
    """Write everything from `info` up as JSON lines to stderr."""
    structlog.configure(
        processors=[
            _sparing,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(unfailing(sys.stderr)),
        cache_logger_on_first_use=True,
    )


def say_held(*, all_of_it: bool = False) -> None:
    """Say the next of what was held back, if a second has passed since; or *all_of_it*, at last."""
    while line := _sparing.due(at_the_end=all_of_it):
        event, level = line.pop("event"), line.pop("level")
        getattr(_log, level)(event, **line)
        if not all_of_it:
            return

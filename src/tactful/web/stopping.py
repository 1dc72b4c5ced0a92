"""
Stop in an orderly way, and in any case.

Told to stop, a server first says at `/readyz` that it drains, for as long as balancers need to
hear of it; then it takes no new connections, answers what it has begun, and makes everything
durable.  Told twice, or past its time, it ends at once: what it acknowledged is on the disk anyway.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from typing import Final

import structlog

from tactful.web.exchange import Serving

CUT_SHORT: Final = 1
"""The exit status of a server that did not finish what it had begun."""

_log = structlog.get_logger("tactful.web")


class Stopping:
    """What a signal to stop sets going: *drain* seconds of draining, and *limit* to end in."""

    def __init__(self, *, drain: float, limit: float) -> None:
        self._drain = drain
        self._seconds = drain + limit
        self._timer: threading.Timer | None = None

    def ask(self, serving: Serving, interrupt: Callable[[], None]) -> None:
        """Let *serving* drain, then *interrupt* the listening; asked again, end at once."""
        if serving.stopping:
            _end("told to stop twice")
        serving.stopping = True
        _log.info("draining", seconds=self._drain)
        self._timer = threading.Timer(self._seconds, _end, ["not done in time"])
        self._timer.daemon = True
        self._timer.start()
        asyncio.get_running_loop().call_later(self._drain, interrupt)

    def done(self) -> None:
        """Note that everything is durable and let go of."""
        if self._timer is not None:
            self._timer.cancel()


def _end(why: str) -> None:
    _log.error("stopped at once", why=why, at_once=True)
    os._exit(CUT_SHORT)

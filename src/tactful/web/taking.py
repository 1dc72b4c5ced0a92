"""
Take the calls of many requests in together, so that threads change once for all of them.

A request hands its calls over and waits.  A thread takes all that waits, does one after the other,
waits for the disk, and tells the event loop of all at once; another may take the next meanwhile.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

Work = Callable[[], Future[Any]]
"""Takes calls in; the future that it returns resolves once they are durable."""

CALLS_TOGETHER: Final = 400
"""At how many calls a thread stops to gather: who came first should not wait for too many."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Errand:
    """The calls of one request on their way."""

    work: Work
    calls: int
    done: asyncio.Future[None]
    stored: Future[Any] | None = None
    error: BaseException | None = None

    def run(self) -> None:
        try:
            self.stored = self.work()
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to whoever waits
            self.error = error

    def wait(self) -> None:
        if self.stored is not None:
            self.error = self.stored.exception()

    def tell(self) -> None:
        if self.done.cancelled():
            return
        if self.error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(self.error)


class Taking:
    """Hands errands to at most *threads* threads of *executor*."""

    def __init__(self, executor: Executor, *, threads: int) -> None:
        self._executor = executor
        self._free = threads
        self._waiting: deque[_Errand] = deque()
        self._lock = threading.Lock()

    async def take(self, work: Work, *, calls: int) -> None:
        """Do *work*, which takes so many *calls* in, and wait until they are durable."""
        errand = _Errand(work=work, calls=calls, done=asyncio.get_running_loop().create_future())
        if self._queue(errand):
            self._executor.submit(self._run)
        await errand.done

    def _queue(self, errand: _Errand) -> bool:
        """Let *errand* wait for its turn; tell whether a thread is to be sent for it."""
        with self._lock:
            self._waiting.append(errand)
            if not self._free:
                return False
            self._free -= 1
            return True

    def _run(self) -> None:
        while group := self._next():
            for errand in group:
                errand.run()
            for errand in group:
                errand.wait()
            _tell(group)

    def _next(self) -> Sequence[_Errand]:
        """Return what waits, up to CALLS_TOGETHER; where nothing does, the thread is free."""
        group: list[_Errand] = []
        calls = 0
        with self._lock:
            while self._waiting and calls < CALLS_TOGETHER:
                group.append(self._waiting.popleft())
                calls += group[-1].calls
            self._free += not group
        return group


def _tell(group: Sequence[_Errand]) -> None:
    """Tell each loop that waits of all that is done for it; one that is closed waits no more."""
    for loop, errands in groupby(group, lambda errand: errand.done.get_loop()):
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_settle, tuple(errands))


def _settle(errands: Sequence[_Errand]) -> None:
    for errand in errands:
        errand.tell()

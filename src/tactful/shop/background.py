"""
Work that nobody waits for, done beside the serving: one thread, one chore at a time.

Of several processes on one store, one does a chore: whoever claims it first.  A chore that fails
is tried again after a while, longer each time; it is reported once, not at every try.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from tactful.shop.parts import Tallies

TICK_SECONDS: Final = 1.0
LEASE: Final = timedelta(minutes=30)
"""How long a claim holds: longer than any chore takes, so that none is done twice at once."""

FIRST_WAIT: Final = timedelta(seconds=15)
LONGEST_WAIT: Final = timedelta(hours=1)


class Work(Protocol):
    """Which chore is due, shared by all processes on a store."""

    def claim(self, name: str, at: datetime, *, lease: timedelta) -> bool:
        """Take the chore called *name* for as long as *lease*, if it is due and nobody has it."""

    def done(self, name: str, at: datetime, *, next_due: datetime) -> None:
        """Note that our chore was done at *at* and is due again at *next_due*."""

    def last_done(self) -> Mapping[str, datetime]:
        """Return when each chore was last done, by name; one that never was is not there."""

    def put_off(self, name: str, *, next_due: datetime) -> None:
        """Note that our chore was not done, and is due again at *next_due*."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """
    Something to do every now and then; `do` is told whether the process is being stopped.

    Args:
        lease: How long a process that died with it keeps it from the others.
        patience: After how long at most one that failed is tried again.
        when: Tells at a glance whether there is anything to do.
    """

    name: str
    every: timedelta
    do: Callable[[Callable[[], bool]], object]
    lease: timedelta = LEASE
    patience: timedelta = LONGEST_WAIT
    when: Callable[[], bool] = lambda: True


Report = Callable[[str, Exception | None], None]
"""Told the name of a chore and what it failed with, or None once it works again."""


class Background:
    """
    Does chores when they are due.

    Args:
        work: Tells what is due.
        chores: What there is to do.
        clock: Tells the time.
        tallies: Where chores are counted, done and failed.
        report: Told of a chore that begins to fail, or to work again.
    """

    def __init__(
        self,
        work: Work,
        chores: Sequence[Chore],
        *,
        clock: Callable[[], datetime],
        tallies: Tallies,
        report: Report,
    ) -> None:
        self._work = work
        self._chores = chores
        self._clock = clock
        self._tallies = tallies
        self._report = report
        self._failed: dict[str, int] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tactful-background", daemon=True)

    def start(self) -> None:
        """Begin to do chores."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the chore at hand, then do no more.  May be called twice, and without a start."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def do_due(self) -> int:
        """Do every chore that is due and nobody else has; return how many were done."""
        return sum(self._attempt(chore) for chore in self._chores if not self._stopping.is_set())

    def _run(self) -> None:
        while not self._stopping.wait(TICK_SECONDS):
            self.do_due()

    def _attempt(self, chore: Chore) -> bool:
        """Do *chore* if it is due.  Whatever it fails with, the thread goes on."""
        try:
            if not chore.when():
                return False
            if not self._work.claim(chore.name, self._clock(), lease=chore.lease):
                return False
            chore.do(self._stopping.is_set)
            now = self._clock()
            self._work.done(chore.name, now, next_due=now + chore.every)
        except Exception as error:  # noqa: BLE001 - a chore must not end the thread
            self._note_failure(chore, error)
            return False
        self._tallies.add("work", f"{chore.name} done")
        if self._failed.pop(chore.name, 0):
            self._report(chore.name, None)
        return True

    def _note_failure(self, chore: Chore, error: Exception) -> None:
        tries = self._failed[chore.name] = self._failed.get(chore.name, 0) + 1
        if tries == 1:
            self._report(chore.name, error)
        wait = min(FIRST_WAIT * 2 ** min(tries - 1, 16), chore.patience)
        try:
            self._tallies.add("work", f"{chore.name} failed")
            self._work.put_off(chore.name, next_due=self._clock() + wait)
        except Exception:  # noqa: BLE001, S110 - the store is what failed, and was reported: the lease runs out
            pass

"""
The one thread that writes, and commits for everybody who waits.

A commit costs a sync of the disk whatever it holds, so the writer takes all work that waits, runs
each piece in a savepoint of its own, and commits once.  A future resolves only after that.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any, Generic, TypeVar

from tactful.adapters.pace import Pace
from tactful.adapters.sqlite.connections import Connection, trouble_of
from tactful.terms import Busy, StoreFull, Trouble

T = TypeVar("T")

CAPACITY = 10_000
GROUP = 256
TICK_SECONDS = 0.5


def _nothing() -> None:
    """Do nothing: the default for what follows a commit or a rollback."""


def _no_work(_: sqlite3.Connection) -> None:
    """Write nothing."""


Together = Callable[[sqlite3.Connection, Sequence[Any]], Sequence[Any]]
"""Does at once what several jobs are about, and returns the result of each."""


@dataclass(slots=True, kw_only=True, eq=False)
class Job(Generic[T]):
    """
    A piece of writing.

    `kept` runs after the commit and before the future resolves, `lost` after a rollback; both on
    the writer's thread.  `bare` work runs after the group's commit, outside any transaction.

    Jobs of one kind that wait behind each other may be done at once, by `together`, told what each
    is `about`: it gives the result of each, and where it fails, has changed nothing in memory.
    """

    work: Callable[[sqlite3.Connection], T]
    about: object = None
    together: Together | None = None
    kept: Callable[[], None] = _nothing
    lost: Callable[[], None] = _nothing
    bare: bool = False
    future: Future[T] = field(default_factory=Future)
    result: list[T] = field(default_factory=list)
    error: Exception | None = None

    def attempt(self, db: sqlite3.Connection) -> None:
        """Run in a savepoint, so that a failure leaves the rest of the group alone."""
        db.execute("SAVEPOINT job")
        try:
            self.result.append(self.work(db))
        except Exception as error:
            if not db.in_transaction:  # SQLite gave the whole transaction up
                raise
            db.execute("ROLLBACK TO job")
            self.fail(error)
        db.execute("RELEASE job")

    def attempt_bare(self, db: sqlite3.Connection) -> None:
        """Run without a transaction."""
        try:
            self.result.append(self.work(db))
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to whoever waits
            self.fail(error)
        self.settle()

    def fail(self, error: Exception) -> None:
        """Note that nothing of this job stays."""
        if self.error is None:
            self.error = trouble_of(error)
            self.lost()

    def settle(self) -> None:
        """Tell whoever waits."""
        if self.error is not None:
            self.future.set_exception(self.error)
            return
        try:
            self.kept()
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to whoever waits
            self.future.set_exception(error)
        else:
            self.future.set_result(self.result[0])


class Writer:
    """
    Runs jobs in order, in groups, on a thread of its own.

    *watch* is called at the start of every group, inside its transaction, and when idle, at least
    every `TICK_SECONDS`.
    """

    def __init__(self, db: Connection, *, watch: Callable[[sqlite3.Connection], None]) -> None:
        self._db = db
        self._watch = watch
        self._chores: list[Callable[[], Job[Any] | None]] = []
        self._waiting: deque[Job[Any]] = deque()
        self._wake = threading.Condition()
        self.pace = Pace(waiting=self._waiting.__len__)
        self._closing = False
        self._due = 0.0
        self._thread = threading.Thread(target=self._run, name="tactful-writer", daemon=True)

    @property
    def closed(self) -> bool:
        """Tell whether no more work is taken."""
        return self._closing

    def start(self) -> None:
        """Begin to take work."""
        self._thread.start()

    def chore(self, make: Callable[[], Job[Any] | None]) -> None:
        """Run the job that *make* returns, if it returns one, at every tick and at the end."""
        self._chores.append(make)

    def submit(self, job: Job[T]) -> Future[T]:
        """
        Queue *job*; its future resolves when it is durable.

        Raises:
            Busy: too much is waiting already.
            Trouble: the store is closed.
        """
        with self._wake:
            if self._closing:
                raise Trouble("the store is closed")
            if len(self._waiting) >= CAPACITY:
                raise Busy("the store has too much to write: send again in a moment")
            self._waiting.append(job)
            self._wake.notify()
        return job.future

    def run(
        self, work: Callable[[sqlite3.Connection], T], *, kept: Callable[[], None] = _nothing
    ) -> T:
        """Run *work* and wait until it is durable."""
        return self.submit(Job(work=work, kept=kept)).result()

    def run_bare(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run *work* outside any transaction and wait for it."""
        return self.submit(Job(work=work, bare=True)).result()

    def flush(self) -> None:
        """Do all chores; durable on return."""
        for make in self._chores:
            while job := make():
                self.submit(job).result()
        self.run(_no_work)  # a tick may have taken some: it commits before this

    def settle(self) -> None:
        """Do all chores where the store can write: a read goes on where it cannot."""
        with suppress(StoreFull, Busy):
            self.flush()

    def close(self) -> None:
        """Finish what waits, then stop.  May be called twice."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while (jobs := self._take()) is not None:
            self._commit(jobs)
            if time.monotonic() >= self._due:
                self._due = time.monotonic() + TICK_SECONDS
                self._commit([job for make in self._chores if (job := make())])

    def _take(self) -> list[Job[Any]] | None:
        """Return what waits, nothing when it is time for a tick, None when all is done."""
        with self._wake:
            if not self._waiting and not self._closing:
                self._wake.wait(TICK_SECONDS)
            if self._closing and not self._waiting:
                return None
            size = min(len(self._waiting), GROUP)
            taken = [self._waiting.popleft() for _ in range(size)]
        return [job for job in taken if job.future.set_running_or_notify_cancel()]

    def _commit(self, jobs: Sequence[Job[Any]]) -> None:
        grouped = [job for job in jobs if not job.bare]
        failed, begun, before = False, time.perf_counter(), self._db.total_changes
        try:
            self._in_one_transaction(grouped)
        except Exception as error:  # noqa: BLE001 - the writer must outlive whatever befalls a group
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            for job in grouped:
                job.fail(error)
            failed = True
        if grouped or failed:
            self.pace.note(
                jobs=len(grouped),
                seconds=time.perf_counter() - begun,
                failed=failed,
                wrote=self._db.total_changes > before,
            )
        for job in grouped:
            job.settle()
        for job in jobs:
            if job.bare:
                job.attempt_bare(self._db)

    def _in_one_transaction(self, jobs: Sequence[Job[Any]]) -> None:
        if not jobs:
            self._watch(self._db)
            return
        self._db.execute("BEGIN IMMEDIATE")
        self._watch(self._db)
        for together, alike in groupby(jobs, key=attrgetter("together")):
            several = list(alike)
            if together is None or len(several) == 1 or not self._at_once(together, several):
                for job in several:
                    job.attempt(self._db)
        self._db.execute("COMMIT")

    def _at_once(self, together: Together, jobs: Sequence[Job[Any]]) -> bool:
        """Do *jobs* in one savepoint; where that fails, nothing is done, and each is on its own."""
        self._db.execute("SAVEPOINT together")
        try:
            results = together(self._db, [job.about for job in jobs])
        except Exception:
            if not self._db.in_transaction:
                raise
            self._db.execute("ROLLBACK TO together")
            self._db.execute("RELEASE together")
            return False
        self._db.execute("RELEASE together")
        for job, result in zip(jobs, results, strict=True):
            job.result.append(result)
        return True

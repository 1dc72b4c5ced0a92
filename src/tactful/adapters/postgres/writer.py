"""The one thread of a server that writes; of several servers, one at a time has the turn."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

from tactful.adapters.postgres.changes import PostgresChanges
from tactful.adapters.postgres.connections import WAIT_SECONDS, Connection, as_sqlite
from tactful.adapters.sqlite.writer import Job, Writer
from tactful.terms import Busy

_TRY_MS: Final = 250
"""How long to wait for the turn before looking again at what others changed."""


class PostgresWriter(Writer):
    """
    Runs jobs in groups, each group in a turn.

    While it waits for its turn it goes on hearing what others changed; where it cannot hear them,
    nothing is remembered that they may have changed.
    """

    def __init__(self, db: Connection, *, changes: PostgresChanges) -> None:
        super().__init__(as_sqlite(db), watch=changes.catch_up)
        self._own = db
        db.patience_ms = _TRY_MS
        self._changes = changes

    def _in_one_transaction(self, jobs: Sequence[Job[Any]]) -> None:
        try:
            if jobs:
                self._take_turn()
            self._watch(self._db)
            for job in jobs:
                job.attempt(self._db)
            if jobs:
                self._own.commit()
        except BaseException:
            if self._own.lost:
                self._own.roll_back()  # as the database has done
                self._changes.cut()
            raise

    def _take_turn(self) -> None:
        last = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                self._own.take_turn()
            except Busy:
                if time.monotonic() > last:
                    raise
                self._watch(self._db)
            else:
                return

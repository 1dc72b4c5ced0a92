"""What leaves a PostgreSQL store for a lake that servers on several machines may share."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tactful.adapters.postgres.connections import Connection
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.outflow import SqliteOutflow
from tactful.terms import Busy

LAKE: Final = 0x7AC7F03
"""The advisory lock of whoever changes the lake."""

WAIT_SECONDS: Final = 120.0

_TAKE: Final = f"SELECT pg_try_advisory_lock({LAKE})"


class PostgresOutflow(SqliteOutflow):
    """Implements `tactful.adapters.lake.ports.Outflow`."""

    def __init__(self, engine: Engine, *, url: str) -> None:
        super().__init__(engine)
        self._url = url

    @contextmanager
    def lake_held(self) -> Iterator[None]:
        """
        Hold the lock of the database on the lake: many a shared folder locks nothing.

        It belongs to a connection of its own, and goes with it.

        Raises:
            Busy: another server keeps it for minutes.
        """
        db = Connection(self._url)
        try:
            _take(db)
            yield
        finally:
            db.close()


def _take(db: Connection) -> None:
    last = time.monotonic() + WAIT_SECONDS
    while not db.execute(_TAKE).fetchone()[0]:  # type: ignore[index]
        if time.monotonic() > last:
            raise Busy("another server is changing the lake: try again in a minute")
        time.sleep(0.05)

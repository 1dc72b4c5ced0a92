"""The connections that read, one for each thread."""

from __future__ import annotations

import sqlite3
import threading
import weakref

from tactful.adapters.postgres.connections import Connection, as_sqlite
from tactful.adapters.postgres.sessions import READING
from tactful.adapters.sqlite.connections import Readers


class PostgresReaders(Readers):
    """A reading connection per thread; it sees a snapshot per query, or per transaction."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._ours: threading.local = threading.local()
        self._open_ones: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._closing = threading.Lock()

    def get(self) -> sqlite3.Connection:
        """Return this thread's connection."""
        db: Connection | None = getattr(self._ours, "db", None)
        if db is None:
            db = self._ours.db = Connection(self._url, settings=READING)
            with self._closing:
                self._open_ones.add(db)
        return as_sqlite(db)

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._closing:
            for db in list(self._open_ones):
                db.close()

"""
Erasure in PostgreSQL: rows are deleted, and their tables vacuumed at once.

What VACUUM frees is written over in time, not wiped; the log and its archives hold copies until
they are recycled.  docs/how-to/run-on-postgresql.md says what follows from that.
"""

from __future__ import annotations

import sqlite3
import threading
from typing import Final

from tactful.adapters.postgres.connections import Connection
from tactful.adapters.sqlite.changes import Change, ChangeKind
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.intake import Intake
from tactful.adapters.sqlite.records import Messages, SqliteRecords
from tactful.adapters.sqlite.subject_keys import SubjectKeys
from tactful.terms import SubjectId, Trouble

_ALWAYS: Final = (
    "keys",
    "digests",
    "young",
    "identifiers",
    "claims",
    "persons",
    "merges",
    "traits",
    "features",
    "statements",
    "requests",
    "request_steps",
    "subjects",
    "letters",
    "sessions",
    "sign_in_links",
)
_THERE: Final = "SELECT to_regclass(?) IS NOT NULL"
"""Days that the lake took over are dropped."""

_REMOVALS: Final = {ChangeKind.DROPPED, ChangeKind.ERASED}


class PostgresRecords(SqliteRecords):
    """Implements `tactful.capabilities.rights.ports.Records`."""

    def __init__(self, engine: Engine, intake: Intake, keys: SubjectKeys, *, url: str) -> None:
        super().__init__(engine, intake, keys)
        self._url = url
        self._touched: set[str] = set()
        self._due: set[str] = set()
        self._vacuuming = threading.Lock()
        engine.changes.heed(self._removed)

    def remove_events(
        self, db: sqlite3.Connection, table: str, condition: str, values: tuple[int, ...]
    ) -> Messages:
        """Delete the events of one day that meet *condition*, and return their messages."""
        query = f"DELETE FROM {table} WHERE {condition} RETURNING message"
        gone = [message for (message,) in db.execute(query, values).fetchall()]
        if gone:
            self._touched.add(table)
        return gone

    def remove_statements(self, db: sqlite3.Connection, subject: SubjectId) -> int:
        """Delete what *subject* said; return how many statements."""
        return db.execute("DELETE FROM statements WHERE subject = ?", (subject,)).rowcount

    def empty_log(self, _: Change) -> None:
        """Vacuum the tables that were touched; where that fails, the next removal does it."""
        with self._vacuuming:
            tables, self._due = self._due, set()
            try:
                db = Connection(self._url)
                try:
                    for table in sorted(tables):
                        if db.execute(_THERE, (table,)).fetchone()[0]:  # type: ignore[index]
                            db.execute(f"VACUUM (TRUNCATE FALSE) {table}")
                finally:
                    db.close()
            except Trouble:
                self._due |= tables

    def _removed(self, change: Change) -> None:
        """Note, after the commit and before whoever waits goes on, what is to be vacuumed."""
        if change.kind in _REMOVALS:
            self._due |= self._touched | set(_ALWAYS)
            self._touched = set()

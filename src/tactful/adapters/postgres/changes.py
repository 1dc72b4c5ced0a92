"""
What other servers of the database changed, looked up at every turn and at least twice a second.

The pulse is a number in a row of its own, which rises with every turn in which something was
written.  Less our own beats it stands still until somebody else writes.  Where a commit's answer
was lost its beat is not counted as ours: whether it happened we then learn as of another's.
"""

from __future__ import annotations

import sqlite3

from tactful.adapters.postgres.connections import Connection
from tactful.adapters.sqlite.changes import ANYBODY, Change, ChangeKind, Changes, new_origin


class PostgresChanges(Changes):
    """The feed of one open store, heard on the connection that it writes with."""

    def __init__(self, db: sqlite3.Connection, own: Connection) -> None:
        self._own = own
        super().__init__(db)

    def version(self, db: sqlite3.Connection) -> int:
        """Return a number that changes when, and only when, another connection committed."""
        del db  # it is our own
        return self._own.pulse() - self._own.beats

    def cut(self) -> None:
        """Tell that the others cannot be heard: what is remembered may be wrong by now."""
        self._origin = new_origin()  # what we wrote last may yet be committed, and is then news
        self.tell(Change(subject=ANYBODY, kind=ChangeKind.MISSED))

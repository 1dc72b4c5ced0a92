"""
Which chore is due, and which process does it.

A claim is one statement, so that of all processes on a store one gets it; a process that dies with
a claim keeps it no longer than the lease.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from tactful.adapters.sqlite.days import from_ms, to_ms
from tactful.adapters.sqlite.engine import Engine

_ENTER: Final = (
    "INSERT INTO work (name, due_at, claimed_until, claimed_by, done_at) VALUES (?, 0, 0, '', 0)"
    " ON CONFLICT (name) DO NOTHING"
)
_CLAIM: Final = (
    "UPDATE work SET claimed_until = ?, claimed_by = ?"
    " WHERE name = ? AND due_at <= ? AND claimed_until <= ? RETURNING name"
)
_OPEN: Final = "SELECT 1 FROM work WHERE name = ? AND (due_at > ? OR claimed_until > ?)"
_PUT_OFF: Final = (
    "UPDATE work SET due_at = ?, claimed_until = 0, claimed_by = ''"
    " WHERE name = ? AND claimed_by = ?"
)


class SqliteWork:
    """Implements `tactful.shop.background.Work`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._worker = secrets.token_hex(8)

    def claim(self, name: str, at: datetime, *, lease: timedelta) -> bool:
        """Take the chore called *name* for as long as *lease*, if it is due and nobody has it."""
        now = to_ms(at)
        if self._engine.read().execute(_OPEN, (name, now, now)).fetchone():
            return False

        def work(db: sqlite3.Connection) -> bool:
            db.execute(_ENTER, (name,))
            asked = (to_ms(at + lease), self._worker, name, now, now)
            return bool(db.execute(_CLAIM, asked).fetchall())

        return self._engine.writer.run(work)

    def done(self, name: str, at: datetime, *, next_due: datetime) -> None:
        """Note that our chore was done at *at* and is due again at *next_due*."""
        query = "UPDATE work SET done_at = ? WHERE name = ? AND claimed_by = ?"

        def work(db: sqlite3.Connection) -> None:
            db.execute(query, (to_ms(at), name, self._worker))
            db.execute(_PUT_OFF, (to_ms(next_due), name, self._worker))

        self._engine.writer.run(work)

    def put_off(self, name: str, *, next_due: datetime) -> None:
        """Note that our chore was not done, and is due again at *next_due*."""
        self._engine.writer.run(
            lambda db: db.execute(_PUT_OFF, (to_ms(next_due), name, self._worker))
        )

    def last_done(self) -> Mapping[str, datetime]:
        """Return when each chore was last done, by name; one that never was is not there."""
        query = "SELECT name, done_at FROM work WHERE done_at > 0 ORDER BY name"
        return {name: from_ms(at) for name, at in self._engine.read().execute(query).fetchall()}

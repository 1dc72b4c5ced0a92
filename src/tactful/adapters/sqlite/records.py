"""
Everything stored about one subject: show its uses, stop keeping for a purpose, erase it.

`secure_delete` wipes a deleted row, but not the copies that SQLite leaves in the slack of pages
when it moves neighbours together to fill the gap (seen with 3.40).  So rows that hold readable
data, events and statements, are only ever appended and then blanked where they stand: nothing is
moved, and nothing is left.  Identifiers and traits do move; they are sealed, and the key does not.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, TypeVar

from tactful.adapters.sqlite.changes import Change, ChangeKind
from tactful.adapters.sqlite.connections import BUSY_SECONDS
from tactful.adapters.sqlite.days import read_days
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.histories import blank_statements
from tactful.adapters.sqlite.intake import Intake
from tactful.adapters.sqlite.profiles import GROUP_PURPOSE, Kept, read_traits, write_traits
from tactful.adapters.sqlite.rows import allowed_for, reduce_body
from tactful.adapters.sqlite.subject_keys import SubjectKeys, destroy_key
from tactful.gate import Permit
from tactful.terms import Busy, SubjectId

T = TypeVar("T")

LOG_HELD_SECONDS = 5.0

_OF_SUBJECT: Final = ("identifiers", "traits", "relationships", "uses")

Messages = list[bytes]
"""The message ids of events that were deleted."""


class SqliteRecords:
    """Implements `tactful.capabilities.rights.ports.Records`."""

    def __init__(self, engine: Engine, intake: Intake, keys: SubjectKeys) -> None:
        self._engine = engine
        self._intake = intake
        self._keys = keys

    def uses(self, permit: Permit) -> Mapping[tuple[str, date], int]:
        """Return how often each activity used the subject's data, by (activity, day)."""
        subject = self._engine.covered(permit)
        self._engine.writer.settle()
        query = "SELECT activity, day, n FROM uses WHERE subject = ? ORDER BY day, activity"
        rows = self._engine.read().execute(query, (subject,)).fetchall()
        return {(activity, date.fromisoformat(day)): n for activity, day, n in rows}

    def drop_purposes(self, permit: Permit, purposes: frozenset[str]) -> int:
        """Stop keeping the subject's events, traits and group for *purposes*."""
        subject = self._engine.covered(permit)
        mask = self._engine.bits.mask(purposes)

        def work(db: sqlite3.Connection, gone: Messages) -> int:
            self._drop_traits(db, subject, mask)
            if GROUP_PURPOSE in purposes:
                db.execute("UPDATE subjects SET group_name = NULL WHERE id = ?", (subject,))
            tables = [day.table for day in read_days(db)]
            return sum(self._drop_events(db, t, (subject, mask), gone) for t in tables)

        return self._destroy(work, Change(subject=subject, kind=ChangeKind.DROPPED))

    def erase(self, permit: Permit) -> Mapping[str, int]:
        """Destroy the subject's key, then every row; return the rows removed by kind."""
        subject = self._engine.covered(permit)

        def work(db: sqlite3.Connection, gone: Messages) -> Mapping[str, int]:
            self._intake.shut_out(subject)
            destroy_key(db, subject)
            for day in read_days(db):
                gone += _blank(db, day.table, "subject = ?1", (subject,))
            removed = {"events": len(gone)}
            removed["statements"] = blank_statements(db, subject)
            removed["digests"] = self._engine.digests.forget(db, subject)
            removed |= {table: _delete(db, table, subject) for table in _OF_SUBJECT}
            cursor = db.execute("DELETE FROM subjects WHERE id = ?", (subject,))
            return removed | {"subjects": cursor.rowcount}

        return self._destroy(work, Change(subject=subject, kind=ChangeKind.ERASED))

    def _destroy(self, work: Callable[[sqlite3.Connection, Messages], T], change: Change) -> T:
        """Run *work* durably, tell of it, and empty the log, which still holds what it removed."""
        gone: Messages = []

        def whole(db: sqlite3.Connection) -> T:
            result = work(db, gone)
            db.executemany("DELETE FROM imported WHERE message = ?", ((m,) for m in gone))
            self._engine.changes.note(db, change)
            return result

        def kept() -> None:
            self._intake.seen.take_out(gone)
            self._engine.changes.tell(change)

        result = self._engine.writer.run(whole, kept=kept)
        self._empty_log()
        return result

    def _empty_log(self) -> None:
        """
        Leave nothing in the log, waiting for reads that are under way.

        Raises:
            Busy: another process keeps a read open.
        """
        last = time.monotonic() + LOG_HELD_SECONDS
        while not self._engine.writer.run_bare(cut_log):
            if time.monotonic() > last:
                raise Busy(
                    "removed, but another process reads the store, and its log holds copies until "
                    "that ends: end it and erase again"
                )
            time.sleep(0.02)

    def _drop_traits(self, db: sqlite3.Connection, subject: SubjectId, mask: int) -> None:
        before = read_traits(db, subject, self._keys)
        after: Kept = {
            name: (kept_for & ~mask, value)
            for name, (kept_for, value) in before.items()
            if kept_for & ~mask
        }
        if after != before:
            write_traits(db, subject, after, keys=self._keys)

    def _drop_events(
        self, db: sqlite3.Connection, table: str, which: tuple[int, int], gone: Messages
    ) -> int:
        """Reduce or delete *which* (subject, mask) events of one day; return how many."""
        nothing_left = "subject = ?1 AND purposes & ?2 AND purposes & ~?2 = 0"
        blanked = _blank(db, table, nothing_left, which)
        gone += blanked
        query = (
            f"SELECT rowid, name, purposes, body FROM {table} WHERE subject = ? AND purposes & ?"
        )
        reduced = []
        for place, name, purposes, body in db.execute(query, which).fetchall():
            left = purposes & ~which[1]
            reduced.append((left, reduce_body(body, self._allowed(name, left)), place))
        db.executemany(f"UPDATE {table} SET purposes = ?, body = ? WHERE rowid = ?", reduced)
        return len(blanked) + len(reduced)

    def _allowed(self, event: str, mask: int) -> frozenset[str]:
        purposes = self._engine.bits.names(mask)
        return allowed_for(purposes, self._engine.policy.plan).get(event, frozenset())


def cut_log(db: sqlite3.Connection) -> bool:
    """Move the write-ahead log into the database and cut it to nothing, unless somebody reads."""
    db.execute("PRAGMA busy_timeout = 50")  # everybody else's writing waits meanwhile
    try:
        held = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        db.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")
    return not held


def _blank(db: sqlite3.Connection, table: str, condition: str, values: tuple[int, ...]) -> Messages:
    """Blank the events of one day that meet *condition*, and return their messages."""
    found = db.execute(f"SELECT message FROM {table} WHERE {condition}", values).fetchall()
    if found:
        db.execute(
            f"UPDATE {table} SET subject = 0, at = 0, name = '', purposes = 0, message = x'',"
            f" body = x'' WHERE {condition}",
            values,
        )
    return [message for (message,) in found]


def _delete(db: sqlite3.Connection, table: str, subject: SubjectId) -> int:
    return db.execute(f"DELETE FROM {table} WHERE subject = ?", (subject,)).rowcount

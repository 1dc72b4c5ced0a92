"""Everything stored about one subject: show its uses, stop keeping for a purpose, erase it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, TypeVar

from tactful.adapters.sqlite.changes import Change, ChangeKind
from tactful.adapters.sqlite.days import read_days
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.intake import Intake
from tactful.adapters.sqlite.profiles import GROUP_PURPOSE, Kept, read_traits, write_traits
from tactful.adapters.sqlite.rows import allowed_for, reduce_body
from tactful.adapters.sqlite.subject_keys import SubjectKeys
from tactful.gate import Permit
from tactful.terms import Busy, SubjectId

T = TypeVar("T")

_OF_SUBJECT: Final = ("identifiers", "traits", "statements", "digests", "uses")

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
        self._engine.writer.flush()
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
            db.execute("UPDATE subjects SET key = zeroblob(length(key)) WHERE id = ?", (subject,))
            for day in read_days(db):
                rows = db.execute(
                    f"DELETE FROM {day.table} WHERE subject = ? RETURNING message",  # noqa: S608 - our own table name
                    (subject,),
                )
                gone += [message for (message,) in rows]
            removed = {"events": len(gone)}
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
        self._engine.writer.run_bare(empty_log)
        return result

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
        _, mask = which
        query = (
            f"SELECT rowid, name, purposes, message, body FROM {table}"  # noqa: S608 - our own table name
            " WHERE subject = ? AND purposes & ?"
        )
        rows = db.execute(query, which).fetchall()
        reduced = []
        for place, name, purposes, message, body in rows:
            if left := purposes & ~mask:
                reduced.append((left, reduce_body(body, self._allowed(name, left)), place))
            else:
                gone.append(message)
        db.executemany(f"UPDATE {table} SET purposes = ?, body = ? WHERE rowid = ?", reduced)  # noqa: S608 - our own table name
        db.execute(
            f"DELETE FROM {table} WHERE subject = ?1 AND purposes & ?2 AND purposes & ~?2 = 0",  # noqa: S608 - our own table name
            which,
        )
        return len(rows)

    def _allowed(self, event: str, mask: int) -> frozenset[str]:
        purposes = self._engine.bits.names(mask)
        return allowed_for(purposes, self._engine.policy.plan).get(event, frozenset())


def empty_log(db: sqlite3.Connection) -> None:
    """
    Move everything from the write-ahead log into the database and cut the log to nothing.

    Raises:
        Busy: another process keeps a read open.
    """
    if db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
        raise Busy(
            "removed, but another process reads the store, and until it ends its log holds copies: "
            "end it and erase again"
        )


def _delete(db: sqlite3.Connection, table: str, subject: SubjectId) -> int:
    return db.execute(f"DELETE FROM {table} WHERE subject = ?", (subject,)).rowcount  # noqa: S608 - our own table name

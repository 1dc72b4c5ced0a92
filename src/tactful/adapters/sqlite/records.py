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
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final, TypeVar

from tactful.adapters.sqlite.changes import Change, ChangeKind
from tactful.adapters.sqlite.connections import BUSY_SECONDS
from tactful.adapters.sqlite.days import read_days
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.histories import blank_statements
from tactful.adapters.sqlite.intake import Intake
from tactful.adapters.sqlite.outflow import ALL_OF_IT, owe_lake
from tactful.adapters.sqlite.persons import blank_person, person_in, places
from tactful.adapters.sqlite.profiles import GROUP_PURPOSE
from tactful.adapters.sqlite.requests import blank_requests
from tactful.adapters.sqlite.rows import allowed_for, reduce_body
from tactful.adapters.sqlite.snapshots import drop_snapshots
from tactful.adapters.sqlite.subject_keys import SubjectKeys, destroy_key
from tactful.adapters.sqlite.traits import read_traits, write_traits
from tactful.capabilities.profile.traits import without
from tactful.gate import Permit
from tactful.terms import Busy, SubjectId

T = TypeVar("T")

LOG_HELD_SECONDS = 5.0

_OF_SUBJECT: Final = (
    "identifiers",
    "traits",
    "features",
    "relationships",
    "uses",
    "letters",
    "sessions",
    "sign_in_links",
)

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
        members = self._engine.members(subject)
        query = (
            f"SELECT activity, day, sum(n) FROM uses WHERE subject IN ({places(members)})"
            " GROUP BY activity, day ORDER BY day, activity"
        )
        rows = self._engine.read().execute(query, members).fetchall()
        return {(activity, date.fromisoformat(day)): n for activity, day, n in rows}

    def drop_purposes(self, permit: Permit, purposes: frozenset[str]) -> int:
        """Stop keeping the subject's events, traits and group for *purposes*."""
        subject = self._engine.covered(permit)

        def work(db: sqlite3.Connection, gone: Messages) -> int:
            return sum(self._drop(db, m, purposes, gone) for m in person_in(db, subject))

        dropped = Change(subject=subject, kind=ChangeKind.DROPPED)
        return self._destroy(work, dropped, mask=self._engine.bits.mask(purposes))

    def erase(self, permit: Permit) -> Mapping[str, int]:
        """Destroy the subject's key, then every row; return the rows removed by kind."""
        subject = self._engine.covered(permit)

        def work(db: sqlite3.Connection, gone: Messages) -> Mapping[str, int]:
            members = person_in(db, subject)
            removed: Counter[str] = Counter()
            for member in members:
                removed.update(self._erase(db, member, gone))
            return {**removed, "merges": blank_person(db, members)}

        return self._destroy(work, Change(subject=subject, kind=ChangeKind.ERASED))

    def _erase(self, db: sqlite3.Connection, subject: SubjectId, gone: Messages) -> Counter[str]:
        """Destroy one number's key, then its rows, in the running transaction."""
        before = len(gone)
        self._intake.shut_out(subject)
        destroy_key(db, subject)
        for day in read_days(db):
            gone += self.remove_events(db, day.table, "subject = ?1", (subject,))
        removed = Counter(events=len(gone) - before)
        removed["statements"] = self.remove_statements(db, subject)
        removed["digests"] = self._engine.digests.forget(db, subject)
        removed["requests"] = blank_requests(db, subject)
        for table in _OF_SUBJECT:
            removed[table] = _delete(db, table, subject)
        db.execute(
            "DELETE FROM sessions WHERE subject IS NULL"
        )  # one may be of whom nobody knew yet
        cursor = db.execute("DELETE FROM subjects WHERE id = ?", (subject,))
        removed["subjects"] = cursor.rowcount
        return removed

    def _drop(
        self,
        db: sqlite3.Connection,
        subject: SubjectId,
        purposes: frozenset[str],
        gone: Messages,
    ) -> int:
        """Drop what is kept under one number for *purposes*, in the running transaction."""
        mask = self._engine.bits.mask(purposes)
        self._drop_traits(db, subject, mask)
        drop_snapshots(db, subject)
        if GROUP_PURPOSE in purposes:
            db.execute("UPDATE subjects SET group_name = NULL WHERE id = ?", (subject,))
        tables = [day.table for day in read_days(db)]
        return sum(self._drop_events(db, t, (subject, mask), gone) for t in tables)

    def remove_events(
        self, db: sqlite3.Connection, table: str, condition: str, values: tuple[int, ...]
    ) -> Messages:
        """Remove the events of one day that meet *condition*, and return their messages."""
        return _blank(db, table, condition, values)

    def remove_statements(self, db: sqlite3.Connection, subject: SubjectId) -> int:
        """Remove what *subject* said; return how many statements."""
        return blank_statements(db, subject)

    def _destroy(
        self,
        work: Callable[[sqlite3.Connection, Messages], T],
        change: Change,
        *,
        mask: int = ALL_OF_IT,
    ) -> T:
        """Run *work* durably, tell of it, and empty the log, which still holds what it removed."""
        gone: Messages = []
        told: list[Change] = []

        def whole(db: sqlite3.Connection) -> T:
            told.extend(self._engine.of_person(db, change))
            result = work(db, gone)
            for each in told:
                owe_lake(db, each.subject, mask)
            db.executemany("DELETE FROM imported WHERE message = ?", ((m,) for m in gone))
            self._engine.note(db, told)
            return result

        def kept() -> None:
            self._intake.seen.take_out(gone)
            self._engine.tell(told)

        result = self._engine.writer.run(whole, kept=kept)
        self.empty_log(change)
        return result

    def empty_log(self, _: Change) -> None:
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
        keys, bits = self._keys, self._engine.bits
        before = read_traits(db, subject, keys=keys, bits=bits)
        left = {name: without(trait, bits.names(mask)) for name, trait in before.items()}
        after = {name: trait for name, trait in left.items() if trait is not None}
        if after != before:
            write_traits(db, subject, after, keys=keys, bits=bits)

    def _drop_events(
        self, db: sqlite3.Connection, table: str, which: tuple[int, int], gone: Messages
    ) -> int:
        """Reduce or delete *which* (subject, mask) events of one day; return how many."""
        nothing_left = "subject = ?1 AND purposes & ?2 <> 0 AND purposes & ~?2 = 0"
        blanked = self.remove_events(db, table, nothing_left, which)
        gone += blanked
        query = (
            f"SELECT rowid, name, purposes, body FROM {table}"
            " WHERE subject = ? AND purposes & ? <> 0"
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

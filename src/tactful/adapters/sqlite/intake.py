"""
Appending events: the hot path in.

Duplicates are dropped here, in the writer, where everything before is known and nothing else can
come between; events of a subject that is gone are dropped too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Final

from tactful.adapters.sqlite.changes import ANYBODY, Change, ChangeKind
from tactful.adapters.sqlite.days import Days, table_of
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.rows import Row
from tactful.adapters.sqlite.seen import Seen

_ALIVE: Final = 500_000
_ROWS_A_STATEMENT: Final = 50


class Intake:
    """What the writer knows of the events so far.  Belongs to the writer's thread."""

    def __init__(self, engine: Engine, days: Days) -> None:
        self._engine = engine
        self.days = days
        self.seen = Seen()
        self._alive: set[int] = set()
        engine.changes.heed(self._heed)

    def reload_days(self) -> None:
        """Read which days there are, after a commit."""
        self.days.reload(self._engine.read())

    def receive(self, db: sqlite3.Connection, call: Call) -> frozenset[bytes]:
        """Store what is new in *call*, in the running transaction; return its messages."""
        return self.receive_all(db, [call])[0]

    def receive_all(
        self, db: sqlite3.Connection, calls: Sequence[Call]
    ) -> Sequence[frozenset[bytes]]:
        """
        Store what is new in each of *calls*, in the running transaction; return their messages.

        Where it fails, nothing was noted: each can be received on its own.
        """
        now = self._engine.clock()
        self.seen.catch_up(db, now)
        new: dict[bytes, Row] = {}
        imported: set[bytes] = set()
        messages = []
        for call in calls:
            fresh = self._fresh(db, call, before=new)
            new |= fresh
            imported |= call.imports & fresh.keys()
            messages.append(frozenset(fresh))
        if new:
            calls[0].new_day = self._store(db, new, imported, today=now.date())
        for call, taken in zip(calls, messages, strict=True):
            call.taken = taken
        return messages

    def _store(
        self,
        db: sqlite3.Connection,
        new: Mapping[bytes, Row],
        imported: Collection[bytes],
        *,
        today: date,
    ) -> bool:
        """Write what is *new*; tell whether there is another day, or a newer time in it."""
        rows = list(new.values())
        changed = self.days.make_room(db, today, newest=max(row.at for row in rows))
        self.insert(db, table_of(today), rows)
        if imported:
            marks = [(message,) for message in imported]
            db.executemany("INSERT INTO imported (message) VALUES (?)", marks)
        self.seen.add(today, new)
        return changed

    def insert(self, db: sqlite3.Connection, table: str, rows: Sequence[Row]) -> None:
        """Append *rows* to a day's *table*, in the running transaction."""
        _insert(db, table, rows)

    def shut_out(self, subject: int) -> None:
        """Take nothing more of *subject*: they are being erased in the running transaction."""
        self._alive.discard(subject)

    def _fresh(
        self, db: sqlite3.Connection, call: Call, *, before: Mapping[bytes, Row]
    ) -> Mapping[bytes, Row]:
        """Return what is new in *call*: neither stored nor among what came *before* with it."""
        absent = {subject for subject in call.subjects if not self._is_alive(db, subject)}
        fresh: dict[bytes, Row] = {}
        for row in call.rows:
            message = row.message
            if message in fresh or message in before or row.subject in absent:
                continue
            if message not in self.seen:
                fresh[message] = row
        for message in call.imports & fresh.keys():
            query = "SELECT 1 FROM imported WHERE message = ?"
            if db.execute(query, (message,)).fetchone():
                del fresh[message]
        return fresh

    def _is_alive(self, db: sqlite3.Connection, subject: int) -> bool:
        if subject in self._alive:
            return True
        query = "SELECT 1 FROM subjects WHERE id = ?"
        if db.execute(query, (subject,)).fetchone() is None:
            return False
        if len(self._alive) >= _ALIVE:
            self._alive.clear()
        self._alive.add(subject)
        return True

    def _heed(self, change: Change) -> None:
        if change.kind is ChangeKind.APPENDED and change.subject == ANYBODY:
            self.reload_days()
            self.seen.look_again()
        elif change.kind is ChangeKind.ERASED:
            self._alive.discard(change.subject)


@dataclass(slots=True, kw_only=True, eq=False)
class Call:
    """One call of `append` on its way through the writer."""

    rows: Sequence[Row]
    imports: frozenset[bytes]
    subjects: frozenset[int]
    taken: frozenset[bytes] = frozenset()
    new_day: bool = False


def _insert(db: sqlite3.Connection, table: str, rows: Sequence[Row]) -> None:
    """Insert *rows*, many to a statement: each step of SQLite costs the interpreter's lock."""
    whole = len(rows) - len(rows) % _ROWS_A_STATEMENT
    if whole:
        db.executemany(_insertion(table, _ROWS_A_STATEMENT), _joined(rows[:whole]))
    if whole < len(rows):
        db.executemany(_insertion(table, 1), rows[whole:])


def _joined(rows: Sequence[Row]) -> Iterator[list[object]]:
    for start in range(0, len(rows), _ROWS_A_STATEMENT):
        yield list(chain.from_iterable(rows[start : start + _ROWS_A_STATEMENT]))


@lru_cache(maxsize=64)
def _insertion(table: str, rows: int) -> str:
    places = ", ".join(["(?, ?, ?, ?, ?, ?)"] * rows)
    return f"INSERT INTO {table} (subject, at, name, purposes, message, body) VALUES {places}"

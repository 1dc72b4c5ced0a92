"""
One table of events per day of receipt, so that a table stays small and an index stays fast.

For each table an upper bound on the time of its events is kept, a full hour, so that it is
rarely written: a reader of the newest events skips the tables that cannot hold any.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

_HOUR_MS: Final = 3_600_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


class Day(NamedTuple):
    """One day's table; all its events are older than `newest` (ms since 1970)."""

    day: date
    table: str
    newest: int


class Days:
    """The days that have a table, newest first, as of the last commit."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.all: tuple[Day, ...] = ()
        self.reload(db)

    def reload(self, db: sqlite3.Connection) -> None:
        """Read which days there are."""
        self.all = read_days(db, but="WHERE retired_at IS NULL")

    def make_room(self, db: sqlite3.Connection, day: date, *, newest: int) -> bool:
        """
        Prepare the table of *day* for events up to *newest*, in the running transaction.

        Returns:
            Whether anything had to be changed, so that `reload` is due after the commit.
        """
        known = next((each for each in self.all if each.day == day), None)
        if known is not None and newest < known.newest:
            return False
        self.create(db, table_of(day))
        db.execute(
            "INSERT INTO days (day, newest) VALUES (?, ?)"
            " ON CONFLICT (day) DO UPDATE SET newest = CASE WHEN excluded.newest > days.newest"
            " THEN excluded.newest ELSE days.newest END,"
            " retired_at = NULL",  # the clock was set back: it is in use again
            (day.isoformat(), (newest // _HOUR_MS + 1) * _HOUR_MS),
        )
        return True

    def create(self, db: sqlite3.Connection, table: str) -> None:
        """Make *table* unless it is there, in the running transaction."""
        _create(db, table)


def read_days(db: sqlite3.Connection, *, but: str = "") -> tuple[Day, ...]:
    """
    Return the days that have a table in *db*'s running transaction, newest first.

    Those that were left to the lake are among them as long as their tables stand, unless *but*
    leaves them out: who reads events finds them in the lake, who erases must reach both.
    """
    rows = db.execute(f"SELECT day, newest FROM days {but} ORDER BY day DESC").fetchall()
    days = [(date.fromisoformat(day), newest) for day, newest in rows]
    return tuple(Day(day, table_of(day), newest) for day, newest in days)


def table_of(day: date) -> str:
    """Return the name of the table of *day*."""
    return f"events_{day:%Y%m%d}"


def to_ms(at: datetime) -> int:
    """Return *at* in milliseconds since 1970."""
    return (at - _EPOCH) // _MILLISECOND


def from_ms(at: int) -> datetime:
    """Return the moment that is *at* milliseconds after 1970."""
    return _EPOCH + timedelta(milliseconds=at)


def _create(db: sqlite3.Connection, table: str) -> None:
    db.execute(
        f"CREATE TABLE IF NOT EXISTS {table} (subject INTEGER NOT NULL, at INTEGER NOT NULL,"
        " name TEXT NOT NULL, purposes INTEGER NOT NULL, message BLOB NOT NULL,"
        " body BLOB NOT NULL)"
    )
    db.execute(f"CREATE INDEX IF NOT EXISTS {table}_by_subject ON {table} (subject, at)")

"""Look a store over, without changing anything in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from tactful.adapters.condition import Condition
from tactful.adapters.sqlite.connections import FILE, connect
from tactful.adapters.sqlite.days import Day, from_ms, read_days

DAYS: Final = 7
"""Over how many days the rate of growth is taken."""

_HOUR: Final = timedelta(hours=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FULL: Final = 2


def look_over(folder: Path, *, today: date) -> Condition:
    """Return the condition of the store in *folder*."""
    db = connect(folder / FILE)
    try:
        days = read_days(db)
        return Condition(
            version=str(db.execute("SELECT version_num FROM alembic_version").fetchone()[0]),
            broken=tuple(_broken(db)),
            bytes_a_day=_bytes_a_day(db, days, today),
            newest_event=max((from_ms(day.newest) - _HOUR for day in days), default=None),
            newest_statement=_newest_statement(db),
        )
    finally:
        db.close()


def _broken(db: sqlite3.Connection) -> Iterator[str]:
    if (mode := _pragma(db, "journal_mode")) != "wal":
        yield f"it keeps no write-ahead log (journal_mode is {mode}): is this a network drive?"
    if _pragma(db, "synchronous") != _FULL:
        yield "commits are not synced to the disk"
    if _pragma(db, "secure_delete") != 1:
        yield "what is deleted is not wiped"


def _pragma(db: sqlite3.Connection, name: str) -> object:
    return db.execute(f"PRAGMA {name}").fetchone()[0]


def _bytes_a_day(db: sqlite3.Connection, days: tuple[Day, ...], today: date) -> float:
    """Return by how many bytes the store grew on each of the last days, on average."""
    events = {day.day: _events_on(db, day) for day in days}
    if not (total := sum(events.values())):
        return 0.0
    pages = int(str(_pragma(db, "page_count"))) * int(str(_pragma(db, "page_size")))
    since = max(min(events), today - timedelta(days=DAYS - 1))
    lately = sum(count for day, count in events.items() if since <= day <= today)
    return pages / total * lately / max(1, (today - since).days + 1)


def _events_on(db: sqlite3.Connection, day: Day) -> int:
    """Return how many events arrived on *day*; they are only ever appended."""
    return int(db.execute(f"SELECT coalesce(max(rowid), 0) FROM {day.table}").fetchone()[0])


def _newest_statement(db: sqlite3.Connection) -> datetime | None:
    """Return when the last statement was recorded that is not erased."""
    query = "SELECT at FROM statements WHERE at > 0 ORDER BY id DESC LIMIT 1"
    row = db.execute(query).fetchone()
    return None if row is None else _EPOCH + timedelta(microseconds=row[0])

"""
How far a reader of events has come, and what came since.

Events are only ever added at the end of the table of the day they are received on.  A mark is a
place in each of the newest few of these tables; every older one was read to its end.  So a clock
that is set back by up to two days makes nobody miss an event.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import date
from typing import Final

from tactful.adapters.sqlite.days import table_of
from tactful.adapters.sqlite.rows import Row
from tactful.terms import SubjectId

LATEST_DAYS: Final = 3

Marks = Mapping[str, int]
"""By day, the place of the last event that was read; empty before any was."""


def head(db: sqlite3.Connection) -> Marks:
    """Return the marks of who has read everything."""
    query = "SELECT day FROM days ORDER BY day DESC LIMIT ?"
    newest = db.execute(query, (LATEST_DAYS,)).fetchall()
    return {day: _last(db, _table(day)) for (day,) in newest}


def covers(one: Marks, other: Marks) -> bool:
    """Tell whether who has read up to *one* has read whatever lies before *other*."""
    done = _done_before(one)
    return all(day < done or one.get(day, -1) >= place for day, place in other.items())


def further(one: Marks, other: Marks) -> Marks:
    """Return the marks of who has read what either reader has."""
    done = max(_done_before(one), _done_before(other))
    days = (one.keys() | other.keys()) if done else ()
    return {day: max(one.get(day, 0), other.get(day, 0)) for day in sorted(days) if day >= done}


def rows_since(db: sqlite3.Connection, marks: Marks, subject: SubjectId, *, mask: int) -> list[Row]:
    """Return the events of *subject* kept for any purpose of *mask* that came after *marks*."""
    found: list[Row] = []
    for day in _days_after(db, marks):
        query = (
            f"SELECT at, name, purposes, message, body FROM {_table(day)}"
            " WHERE subject = ? AND purposes & ? <> 0 AND rowid > ?"
        )
        rows = db.execute(query, (subject, mask, marks.get(day, 0))).fetchall()
        found += [Row(subject, *row) for row in rows]
    return found


def may_have_left(db: sqlite3.Connection, marks: Marks) -> bool:
    """Tell whether anything that came after *marks* may stand in the lake alone by now."""
    query = "SELECT min(day) FROM days WHERE retired_at IS NULL"
    first: str | None = db.execute(query).fetchone()[0]
    return not marks or first is None or first > _done_before(marks)


def came_between(day: str, place: int, *, after: Marks, upto: Marks | None) -> bool:
    """Tell whether what stands at *place* of *day* came after *after*, and not after *upto*."""
    if day < _done_before(after) or place <= after.get(day, 0):
        return False
    return upto is None or (day <= max(upto, default="") and place <= upto.get(day, place))


def touched_since(
    db: sqlite3.Connection, marks: Marks, limit: int
) -> tuple[frozenset[SubjectId], Marks, int]:
    """Return whose the next *limit* events after *marks* are, the marks then, and how many."""
    subjects: set[int] = set()
    reached, left = dict(marks), limit
    for day in _days_after(db, marks):
        query = f"SELECT rowid, subject FROM {_table(day)} WHERE rowid > ? ORDER BY rowid LIMIT ?"
        rows = db.execute(query, (reached.get(day, 0), left)).fetchall()
        subjects |= {subject for _, subject in rows}
        reached[day] = rows[-1][0] if rows else reached.get(day, 0)
        left -= len(rows)
        if not left:
            break
    kept = sorted(reached)[-LATEST_DAYS:]
    people = frozenset(SubjectId(subject) for subject in subjects if subject)
    return people, {name: reached[name] for name in kept}, limit - left


def _days_after(db: sqlite3.Connection, marks: Marks) -> list[str]:
    """Return the days that hold something after *marks*, if anything does; oldest first."""
    query = "SELECT day FROM days WHERE day >= ? ORDER BY day"
    return [day for (day,) in db.execute(query, (_done_before(marks),)).fetchall()]


def _done_before(marks: Marks) -> str:
    """Return the day before which all is read; of empty marks, that of no day."""
    return min(marks, default="")


def _last(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()[0])


def _table(day: str) -> str:
    return table_of(date.fromisoformat(day))

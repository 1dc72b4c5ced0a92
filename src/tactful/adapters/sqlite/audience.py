"""Read the events of many subjects, some subjects at a time, so that memory stays bounded."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tactful.adapters.sqlite.days import Day, Days
from tactful.adapters.sqlite.rows import Row

_ROWS_AT_A_TIME: Final = 50_000
_FIRST_SUBJECTS: Final = 1_000
_MOST_SUBJECTS: Final = 100_000
_SPARSE: Final = 16


def rows_of_audience(
    read: Callable[[], sqlite3.Connection],
    days: Days,
    *,
    members: NDArray[np.int64],
    mask: int,
) -> Iterator[Row]:
    """
    Yield the rows of *members* that meet *mask*, by subject and then by time.

    What a person did under another number comes under the one that they go by.

    Each portion is read whole before the first row of it is handed on: no read stays open while
    the caller works, which would hold up erasure.

    Args:
        read: Returns the calling thread's connection.
        days: Which tables there are.
        members: Sorted, shape (n,).
        mask: The purposes of which one must match.
    """
    absorbed = _absorbed(read())
    start, size = 0, _FIRST_SUBJECTS
    while start < len(members):
        portion = members[start : start + size]
        goes_by = _numbers_of(portion, absorbed)
        wanted = np.union1d(portion, list(goes_by)) if goes_by else portion
        rows = [row for day in reversed(days.all) for row in _of_day(read(), day, wanted, mask)]
        if goes_by:
            rows = [row._replace(subject=goes_by.get(row.subject, row.subject)) for row in rows]
        if goes_by or len(days.all) > 1:
            rows.sort(key=_subject_and_time)
        yield from rows
        start += size
        size = _next_size(size, rows=len(rows))


_Absorbed = tuple[NDArray[np.int64], NDArray[np.int64]]
"""The numbers that persons go by, sorted, and beside each another number of theirs."""


def _absorbed(db: sqlite3.Connection) -> _Absorbed:
    query = "SELECT person, subject FROM persons WHERE subject <> person ORDER BY person, subject"
    pairs = np.array(db.execute(query).fetchall(), dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _numbers_of(portion: NDArray[np.int64], absorbed: _Absorbed) -> dict[int, int]:
    """Return the further numbers of the persons in *portion*, and what each of them goes by."""
    persons, subjects = absorbed
    first, last = np.searchsorted(persons, [portion[0], portion[-1] + 1])
    near = slice(int(first), int(last))
    theirs = np.isin(persons[near], portion)
    return dict(zip(subjects[near][theirs].tolist(), persons[near][theirs].tolist(), strict=True))


def _next_size(size: int, *, rows: int) -> int:
    """Aim at `_ROWS_AT_A_TIME`, from the rows that the last *size* subjects had."""
    if rows > _ROWS_AT_A_TIME:
        return max(1, size // 2)
    return min(size * 2, _MOST_SUBJECTS) if rows * 2 < _ROWS_AT_A_TIME else size


def _of_day(
    db: sqlite3.Connection, day: Day, portion: NDArray[np.int64], mask: int
) -> Iterator[Row]:
    first, last = int(portion[0]), int(portion[-1])
    # A plus keeps SQLite from one index search per member: for a dense portion a scan is faster.
    plus = "+" if last - first < _SPARSE * len(portion) else ""
    query = (
        f"SELECT subject, at, name, purposes, message, body FROM {day.table}"
        f" WHERE subject BETWEEN ? AND ? AND {plus}subject IN (SELECT value FROM json_each(?))"
        " AND purposes & ? <> 0 ORDER BY subject, at, rowid"
    )
    wanted = "[" + ",".join(map(str, portion.tolist())) + "]"
    return map(Row._make, db.execute(query, (first, last, wanted, mask)).fetchall())


def _subject_and_time(row: Row) -> tuple[int, int]:
    return row.subject, row.at

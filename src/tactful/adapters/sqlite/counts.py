"""
Counts that must not wait for a disk: uses per subject, and tallies about nobody.

They gather in memory and are written about twice a second and at `close`; a crash may lose what
was counted since.  Where much waits, a share of it is written each time, the oldest first: a
subject who is counted over and over is then written once in some seconds.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter, deque
from collections.abc import Mapping
from datetime import date
from itertools import islice
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.writer import Job
from tactful.terms import SubjectId

_ROWS_A_JOB: Final = 10_000  # some 30 ms: an audience of a million must not hold everybody up
_FEW: Final = 1_000
_SHARE: Final = 8

_USES: Final = (
    "INSERT INTO uses (subject, activity, day, n)"
    " SELECT id, ?2, ?3, ?4 FROM subjects WHERE id = ?1"  # nothing is counted for the erased
    " ON CONFLICT (subject, activity, day) DO UPDATE SET n = uses.n + excluded.n"
)
_TALLIES: Final = (
    "INSERT INTO tallies (name, label, day, n) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (day, name, label) DO UPDATE SET n = tallies.n + excluded.n"
)

Key = tuple[Any, tuple[str, ...], str]
"""What one upsert each is made of: with the first of the middle, with the second, and so on."""


class Counts:
    """Sums waiting to be added to a table by one upsert of (key, n)."""

    def __init__(self, upsert: str) -> None:
        self._upsert = upsert
        self._noted: deque[tuple[Key, int]] = deque()
        self._crowds: deque[tuple[NDArray[np.int64], str, str]] = deque()
        self._sums: Counter[Key] = Counter()
        self._lock = threading.Lock()

    def add(self, key: Key, n: int = 1) -> None:
        """Note *n* more of *key*.  Takes no lock: `deque.append` is atomic."""
        self._noted.append((key, n))

    def add_all(self, firsts: NDArray[np.int64], second: str, third: str) -> None:
        """Note one more of each (first, (second,), third)."""
        self._crowds.append((firsts, second, third))

    def job(self) -> Job[None] | None:
        """Return a job that writes the next sums, or None where there are none."""
        with self._lock:
            self._sum_up()
            rows = dict(islice(self._sums.items(), self._turn()))
            for key in rows:
                del self._sums[key]
        if not rows:
            return None
        return Job(
            work=lambda db: self._write(db, rows),
            lost=lambda: self._take_back(rows),
        )

    def _turn(self) -> int:
        """Return how many sums are written next: few are written at once, of many a share."""
        if self._crowds:
            return _ROWS_A_JOB
        return min(_ROWS_A_JOB, max(_FEW, len(self._sums) // _SHARE))

    def _sum_up(self) -> None:
        while self._noted:
            key, n = self._noted.popleft()
            self._sums[key] += n
        while self._crowds and len(self._sums) < _ROWS_A_JOB:
            firsts, second, third = self._crowds.popleft()
            if len(firsts) > _ROWS_A_JOB:
                self._crowds.appendleft((firsts[_ROWS_A_JOB:], second, third))
            for first in firsts[:_ROWS_A_JOB].tolist():
                self._sums[first, (second,), third] += 1

    def _write(self, db: sqlite3.Connection, rows: Mapping[Key, int]) -> None:
        db.executemany(
            self._upsert,
            (
                (first, second, third, n)
                for (first, seconds, third), n in rows.items()
                for second in seconds
            ),
        )

    def _take_back(self, rows: Mapping[Key, int]) -> None:
        with self._lock:
            self._sums.update(rows)


class _Iso:
    """Days as text; the same day is asked for many times for each event."""

    def __init__(self) -> None:
        self._day: tuple[date | None, str] = (None, "")

    def __call__(self, day: date) -> str:
        known, text = self._day
        if day != known:
            text = day.isoformat()
            self._day = (day, text)
        return text


class SqliteTallies:
    """Sums per day about nobody: kept and refused by purpose, gaps, decisions by level."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.counts = Counts(_TALLIES)
        self._text = _Iso()

    def add(self, name: str, label: str, n: int = 1, *, day: date | None = None) -> None:
        """Add *n* to *label* of *name* on *day* (UTC), by default today."""
        self.counts.add((name, (label,), self._text(day or self._engine.clock().date())), n)

    def totals(self) -> Mapping[tuple[str, str], int]:
        """Return all sums over all days, by (name, label)."""
        self._engine.writer.settle()
        query = "SELECT name, label, sum(n) FROM tallies GROUP BY name, label"
        return {(name, label): n for name, label, n in self._engine.read().execute(query)}

    def daily(self, name: str) -> Mapping[tuple[date, str], int]:
        """Return the sums of *name* by (day, label), oldest first."""
        self._engine.writer.settle()
        query = "SELECT day, label, n FROM tallies WHERE name = ? ORDER BY day, label"
        rows = self._engine.read().execute(query, (name,)).fetchall()
        return {(date.fromisoformat(day), label): n for day, label, n in rows}


class SqliteUses:
    """Implements `tactful.gate.Uses`."""

    def __init__(self, engine: Engine, tallies: SqliteTallies) -> None:
        self._engine = engine
        self.counts = Counts(_USES)
        self._tallies = tallies
        self._text = _Iso()

    def count(self, subject: SubjectId, activities: tuple[str, ...], day: date) -> None:
        """Add one use of *subject*'s data by each of *activities* on *day*."""
        self.counts.add((subject, activities, self._text(day)))

    def count_all(self, subjects: NDArray[np.int64], activity: str, day: date) -> None:
        """Add one use by *activity* on *day* for each of *subjects*."""
        self.counts.add_all(subjects, activity, day.isoformat())

    def since(self, day: date) -> Mapping[str, int]:
        """Return how often each activity used anybody's data from *day* on."""
        self._engine.writer.settle()
        query = "SELECT activity, sum(n) FROM uses WHERE day >= ? GROUP BY activity"
        return dict(self._engine.read().execute(query, (day.isoformat(),)).fetchall())

    def gap(self, activity: str, missing: str) -> None:
        """Note that something is not configured."""
        self._tallies.add("gap", f"{activity}: {missing}")

    def refused(self, activity: str, rule: str) -> None:
        """Note a refusal, without whom it concerns."""
        self._tallies.add("refusal", f"{activity}: {rule}")

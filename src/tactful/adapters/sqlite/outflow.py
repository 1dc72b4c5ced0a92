"""
What leaves the tables of events for the lake, and how far it has come.

The store holds the truth.  A batch is first written down here (which rows), then appended to the
lake, then passed: from that commit on its rows count as being in the lake.  Days that the lake
holds whole are retired after a while: readers find them in the lake alone, and the table goes a
few minutes later, when nobody can still be reading it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tactful.adapters.sqlite.changes import ANYBODY, Change, ChangeKind
from tactful.adapters.sqlite.days import from_ms, table_of, to_ms
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.rows import Row
from tactful.terms import SubjectId

ALL_OF_IT: Final = -1
"""The purposes that an erasure takes away."""

STILL_READ: Final = timedelta(minutes=5)
"""How long a table may still be read by who began before it was retired."""

_ROWS_AT_A_TIME: Final = 20_000


class Part(NamedTuple):
    """The rows of one day, after one place and up to another."""

    day: date
    after: int
    upto: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """What goes to the lake at once."""

    number: int
    parts: tuple[Part, ...]


class Owed(NamedTuple):
    """What the lake has yet to forget of *subject*: *purposes*, in batches up to *batch*."""

    subject: int
    batch: int
    purposes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """
    Which rows of the lake count, and which of them the store holds as well, as of one moment.

    Rows count up to batch `watermark`.  A row of a day in `days` stands in the store too if its
    batch is not before the one given there.  What is in the lake alone is older than `newest` (ms
    since 1970), and of subjects up to the number `last_subject`.
    """

    watermark: int
    days: Mapping[date, int]
    newest: int
    last_subject: int

    @property
    def lake_alone(self) -> bool:
        """Tell whether the lake holds anything that the store does not."""
        return self.last_subject > 0


class SqliteOutflow:
    """Implements `tactful.adapters.lake.ports.Outflow`.  Make it before whoever reads days."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: Held | None = None
        engine.changes.heed(self._heed)

    def lake_held(self) -> AbstractContextManager[None]:
        """Do nothing: the file is of one machine, whose kernel locks the lake."""
        return nullcontext()

    def held(self) -> Held:
        """Return what counts now; ask *after* reading the store, never before."""
        held = self._held
        if held is None:
            held = self._held = _held(self._engine.read())
        return held

    def plan(self, *, most: int) -> Batch | None:
        """Return the batch that was begun, else begin one of up to *most* rows, else None."""

        def work(db: sqlite3.Connection) -> Batch | None:
            begun = _begun(db)
            if begun is not None:
                return begun
            parts = tuple(_unfed(db, most))
            return _begin(db, parts) if parts else None

        return self._engine.writer.run(work)

    def begun(self) -> int | None:
        """Return the number of the batch that is on its way, if one is."""
        batch = _begun(self._engine.read())
        return None if batch is None else batch.number

    def edge(self) -> tuple[int, tuple[Part, ...]]:
        """Return the newest batch that counts and the rows after it, as of one moment."""
        db = self._engine.read()
        db.execute("BEGIN")
        try:
            return _noted(db).get("watermark", 0), tuple(_unfed(db, most=2**62))
        finally:
            db.execute("COMMIT")

    def rows(self, batch: Batch) -> Iterator[tuple[date, int, Row]]:
        """Yield what is still there of *batch*, by day and place."""
        return self.rows_of(batch.parts)

    def rows_of(self, parts: Sequence[Part]) -> Iterator[tuple[date, int, Row]]:
        """Yield what is still there of *parts*, by day and place; no read stays open meanwhile."""
        for day, after, upto in parts:
            place = after
            while place < upto:
                top = min(upto, place + _ROWS_AT_A_TIME)
                for number, *row in _between(self._engine.read(), day, place, top):
                    yield day, number, Row._make(row)
                place = top

    def passed(self, batch: Batch, *, at: datetime) -> None:
        """Count the rows of *batch* as being in the lake."""

        def work(db: sqlite3.Connection) -> None:
            for day, _, upto in batch.parts:
                db.execute("UPDATE days SET fed = ? WHERE day = ?", (upto, day.isoformat()))
            db.execute("DELETE FROM feeding WHERE batch = ?", (batch.number,))
            note(db, "watermark", batch.number)
            note(db, "fed_at", to_ms(at))

        self._engine.writer.run(work, kept=self._look_again)

    def waiting(self) -> tuple[int, datetime | None]:
        """Return how many rows wait for the lake, and when the last batch passed."""
        db = self._engine.read()
        unfed = sum(part.upto - part.after for part in _unfed(db, most=2**62))
        fed_at = _noted(db).get("fed_at")
        return unfed, None if fed_at is None else from_ms(fed_at)

    def owed(self) -> tuple[Owed, ...]:
        """Return what the lake has yet to forget."""
        query = "SELECT subject, batch, purposes FROM lake_owed ORDER BY subject, batch"
        return tuple(map(Owed._make, self._engine.read().execute(query).fetchall()))

    def settled(self, owed: Iterable[Owed], *, gone: Sequence[bytes] = ()) -> None:
        """Note that the lake forgot *owed*, and that the messages *gone* may come again."""
        done = list(owed)

        def work(db: sqlite3.Connection) -> None:
            db.executemany(
                "DELETE FROM lake_owed WHERE subject = ? AND batch = ? AND purposes = ?", done
            )
            db.executemany("DELETE FROM imported WHERE message = ?", [(m,) for m in gone])

        if done or gone:
            self._engine.writer.run(work)

    def retire(self, *, before: date, at: datetime) -> int:
        """Leave the days before *before* to the lake, if it holds them whole; return how many."""

        def work(db: sqlite3.Connection) -> int:
            days = [day for day in _days(db) if day < before and _is_whole(db, day)]
            for day in days:
                query = "UPDATE days SET retired_at = ? WHERE day = ?"
                db.execute(query, (to_ms(at), day.isoformat()))
            if days:
                _note_retired(db, days)
            return len(days)

        change = Change(subject=ANYBODY, kind=ChangeKind.APPENDED)
        return self._engine.writer.run(work, kept=lambda: self._engine.changes.tell(change))

    def drop_retired(self, *, at: datetime) -> int:
        """Drop the tables of days that were retired a while ago; return how many."""

        def work(db: sqlite3.Connection) -> int:
            query = "SELECT day FROM days WHERE retired_at <= ?"
            days = db.execute(query, (to_ms(at - STILL_READ),)).fetchall()
            for (day,) in days:
                db.execute(f"DROP TABLE {table_of(date.fromisoformat(day))}")
                db.execute("DELETE FROM days WHERE day = ?", (day,))
            return len(days)

        return self._engine.writer.run(work)

    def goes_by(self, subjects: NDArray[np.int64]) -> Mapping[int, int]:
        """Return the further numbers of the persons in *subjects*, and what each goes by."""
        query = "SELECT subject, person FROM persons WHERE subject <> person"
        merged = self._engine.read().execute(query).fetchall()
        persons = set(subjects.tolist()) if merged else set()
        return {member: person for member, person in merged if person in persons}

    def members(self, subject: SubjectId) -> tuple[SubjectId, ...]:
        """Return all numbers under which the person behind *subject* is known."""
        return self._engine.members(subject)

    def day_rows(self, day: date, *, upto: int) -> Iterator[tuple[int, Row]]:
        """Yield what the table of *day* holds up to the place *upto*, which `fed` tells."""
        for _, place, row in self.rows(Batch(number=0, parts=(Part(day, 0, upto),))):
            yield place, row

    def fed(self) -> Mapping[date, int]:
        """Return, of each day with a table that readers use, up to which row the lake has it."""
        query = "SELECT day, fed FROM days WHERE retired_at IS NULL ORDER BY day"
        rows = self._engine.read().execute(query).fetchall()
        return {date.fromisoformat(day): fed for day, fed in rows}

    def _heed(self, change: Change) -> None:
        if change.kind is ChangeKind.APPENDED and change.subject == ANYBODY:
            self._look_again()

    def _look_again(self) -> None:
        self._held = None


def owe_lake(db: sqlite3.Connection, subject: int, purposes: int = ALL_OF_IT) -> None:
    """
    Note that the lake has to forget *purposes* of *subject*, in the transaction that removes them.

    Only what is there already, or was read for a batch that is on its way: whoever agrees again
    later loses nothing that came after.  Whoever came after the last batch was begun is not there.
    """
    noted = _noted(db)
    if subject > noted.get("fed_subject", 0):
        return
    begun = db.execute("SELECT max(batch) FROM feeding").fetchone()[0]
    db.execute(
        "INSERT INTO lake_owed (subject, batch, purposes) VALUES (?, ?, ?)"
        " ON CONFLICT (subject, batch)"
        " DO UPDATE SET purposes = lake_owed.purposes | excluded.purposes",
        (subject, begun or noted.get("watermark", 0), purposes),
    )


def _held(db: sqlite3.Connection) -> Held:
    query = "SELECT day, first_batch FROM days WHERE retired_at IS NULL AND first_batch > 0"
    days = {date.fromisoformat(day): first for day, first in db.execute(query).fetchall()}
    noted = _noted(db)
    return Held(
        watermark=noted.get("watermark", 0),
        days=days,
        newest=noted.get("newest", 0),
        last_subject=noted.get("last_subject", 0),
    )


def _begun(db: sqlite3.Connection) -> Batch | None:
    query = "SELECT batch, day, after, upto FROM feeding ORDER BY batch, day"
    rows = db.execute(query).fetchall()
    if not rows:
        return None
    parts = [Part(date.fromisoformat(day), after, upto) for _, day, after, upto in rows]
    return Batch(number=rows[0][0], parts=tuple(parts))


def _begin(db: sqlite3.Connection, parts: Sequence[Part]) -> Batch:
    batch = Batch(number=_noted(db).get("watermark", 0) + 1, parts=tuple(parts))
    for day, after, upto in parts:
        row = (batch.number, day.isoformat(), after, upto)
        db.execute("INSERT INTO feeding (batch, day, after, upto) VALUES (?, ?, ?, ?)", row)
        query = "UPDATE days SET first_batch = ? WHERE day = ? AND first_batch = 0"
        db.execute(query, (batch.number, day.isoformat()))
    note(db, "fed_subject", db.execute("SELECT max(id) FROM subjects").fetchone()[0] or 0)
    return batch


def _unfed(db: sqlite3.Connection, most: int) -> Iterator[Part]:
    left = most
    for text, fed in db.execute("SELECT day, fed FROM days ORDER BY day").fetchall():
        day = date.fromisoformat(text)
        upto = min(_top(db, day), fed + left)
        if upto > fed and left > 0:
            yield Part(day, fed, upto)
            left -= upto - fed


def _between(
    db: sqlite3.Connection, day: date, after: int, upto: int
) -> Sequence[tuple[int, int, int, str, int, bytes, bytes]]:
    query = (
        f"SELECT rowid, subject, at, name, purposes, message, body FROM {table_of(day)}"
        " WHERE rowid > ? AND rowid <= ? AND subject <> 0 ORDER BY rowid"
    )
    return db.execute(query, (after, upto)).fetchall()


def _is_whole(db: sqlite3.Connection, day: date) -> bool:
    """Tell whether the lake holds all of *day*, which nothing is on its way from."""
    text = day.isoformat()
    if db.execute("SELECT 1 FROM feeding WHERE day = ?", (text,)).fetchone():
        return False
    fed: int = db.execute("SELECT fed FROM days WHERE day = ?", (text,)).fetchone()[0]
    return fed >= _top(db, day)


def _note_retired(db: sqlite3.Connection, days: Sequence[date]) -> None:
    noted = _noted(db)
    query = f"SELECT max(newest) FROM days WHERE day IN ({', '.join('?' * len(days))})"
    newest = db.execute(query, [day.isoformat() for day in days]).fetchone()[0]
    note(db, "newest", max(newest, noted.get("newest", 0)))
    note(db, "last_subject", noted.get("fed_subject", 0))


def _days(db: sqlite3.Connection) -> list[date]:
    query = "SELECT day FROM days WHERE retired_at IS NULL ORDER BY day"
    return [date.fromisoformat(day) for (day,) in db.execute(query).fetchall()]


def _top(db: sqlite3.Connection, day: date) -> int:
    top: int | None = db.execute(f"SELECT max(rowid) FROM {table_of(day)}").fetchone()[0]
    return top or 0


def _noted(db: sqlite3.Connection) -> Mapping[str, int]:
    return dict(db.execute("SELECT name, value FROM lake").fetchall())


def note(db: sqlite3.Connection, name: str, value: int) -> None:
    """Note how far the lake has come, in the running transaction."""
    db.execute(
        "INSERT INTO lake (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )

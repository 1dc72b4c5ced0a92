"""
Let go of what has been kept for as long as its purpose needs it (GDPR Art. 5(1)(e)).

Rows are found by reading and then removed a few thousand at a time, so that nobody's writing waits
long; they are blanked where they stand, as in records.py.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

from tactful.adapters.sqlite.changes import ANYBODY, Change, ChangeKind
from tactful.adapters.sqlite.days import read_days, to_ms
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.histories import read_standing
from tactful.adapters.sqlite.intake import Intake
from tactful.adapters.sqlite.purposes import PurposeBits
from tactful.adapters.sqlite.records import SqliteRecords
from tactful.adapters.sqlite.rows import allowed_for, reduce_body
from tactful.adapters.sqlite.snapshots import drop_snapshots
from tactful.terms import SubjectId, TrackingPlan

DELETED: Final = "events"
"""Under what the events are counted of which nothing is left."""

_ROWS_AT_A_TIME: Final = 2_000

Remove = Callable[[sqlite3.Connection, str, str, tuple[int, ...]], Sequence[bytes]]
"""Removes the rows of a table that meet a condition, as the store does; returns their messages."""


class Term(NamedTuple):
    """What is kept for one purpose goes when it is of before `before` (ms since 1970)."""

    purpose: str
    bit: int
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of all purposes that have one, and what a reduced event may still hold."""

    all: Sequence[Term]
    plan: TrackingPlan
    bits: PurposeBits

    def left(self, purposes: int, at: int) -> int:
        """Return what an event of *at* (ms since 1970), kept for *purposes*, is still kept for."""
        for _, bit, before in self.all:
            if at < before:
                purposes &= ~bit
        return purposes

    def reduced(self, name: str, body: bytes, left: int) -> bytes:
        """Return *body* of the event *name* as what it is still kept for allows it."""
        allowed = allowed_for(self.bits.names(left), self.plan).get(name, frozenset())
        return reduce_body(body, allowed)

    def count(self, removed: Counter[str], purposes: int, left: int) -> None:
        """Count what *purposes* lost."""
        removed.update(t.purpose for t in self.all if t.bit & purposes & ~left)
        removed[DELETED] += not left


def terms_of(cutoffs: Mapping[str, datetime], *, plan: TrackingPlan, bits: PurposeBits) -> Terms:
    """Return *cutoffs* as the store speaks of them; what was never kept for is left out."""
    all_ = [Term(name, bits.bit(name), to_ms(before)) for name, before in cutoffs.items()]
    return Terms(all=[term for term in all_ if term.bit], plan=plan, bits=bits)


@dataclass(slots=True, kw_only=True)
class _Round:
    """What one round removed."""

    removed: Counter[str] = field(default_factory=Counter)
    gone: list[bytes] = field(default_factory=list)
    touched: set[SubjectId] = field(default_factory=set)


class SqliteExpiring:
    """Implements `tactful.shop.retaining.Expiring`."""

    def __init__(self, engine: Engine, intake: Intake, records: SqliteRecords) -> None:
        self._engine = engine
        self._intake = intake
        self._records = records

    def restricted(self, at: datetime) -> frozenset[int]:
        """Return every number of the subjects whose data may be kept only (Art. 18)."""
        db = self._engine.read()
        query = "SELECT DISTINCT subject FROM statements WHERE kind IN ('restrict', 'lift')"
        spoken = [SubjectId(subject) for (subject,) in db.execute(query).fetchall()]
        found = [subject for subject in spoken if read_standing(db, subject).restricted(at)]
        return frozenset(member for one in found for member in self._engine.members(one))

    def expire(
        self, cutoffs: Mapping[str, datetime], *, spared: Collection[int]
    ) -> Mapping[str, int]:
        """Stop keeping events for purposes whose term is over; return how many, by purpose."""
        terms = terms_of(cutoffs, plan=self._engine.policy.plan, bits=self._engine.bits)
        removed: Counter[str] = Counter()
        for table in [day.table for day in read_days(self._engine.read())]:
            for places in _late(self._engine, table, terms):
                removed += self._remove(table, places, terms, spared)
        if removed:
            self._records.empty_log(Change(subject=ANYBODY, kind=ChangeKind.DROPPED))
        return removed

    def _remove(
        self, table: str, places: Sequence[int], terms: Terms, spared: Collection[int]
    ) -> Counter[str]:
        done, remove = _Round(), self._records.remove_events

        def changes() -> list[Change]:
            return [Change(subject=each, kind=ChangeKind.DROPPED) for each in sorted(done.touched)]

        def kept() -> None:
            self._intake.seen.take_out(done.gone)
            self._engine.tell(changes())
            self._engine.changes.tell(Change(subject=ANYBODY, kind=ChangeKind.APPENDED))

        def work(db: sqlite3.Connection) -> None:
            for place in places:
                _reduce(db, (table, place), terms, spared=spared, done=done, remove=remove)
            for subject in done.touched:
                drop_snapshots(db, subject)
            self._engine.note(db, changes())
            messages = [(message,) for message in done.gone]
            db.executemany("DELETE FROM imported WHERE message = ?", messages)

        self._engine.writer.run(work, kept=kept)
        return done.removed


def _late(engine: Engine, table: str, terms: Terms) -> Iterator[Sequence[int]]:
    """Yield the places of rows that hold something past its term, some at a time."""
    if not terms.all:
        return
    late = " OR ".join(f"(at < {term.before} AND purposes & {term.bit} <> 0)" for term in terms.all)
    query = f"SELECT rowid FROM {table} WHERE rowid > ? AND ({late}) ORDER BY rowid LIMIT ?"
    place = 0
    while True:
        rows = engine.read().execute(query, (place, _ROWS_AT_A_TIME)).fetchall()
        if not rows:
            return
        yield [row[0] for row in rows]
        place = rows[-1][0]


def _reduce(
    db: sqlite3.Connection,
    where: tuple[str, int],
    terms: Terms,
    *,
    spared: Collection[int],
    done: _Round,
    remove: Remove,
) -> None:
    """Reduce or blank one row, in the running transaction."""
    table, place = where
    query = f"SELECT subject, at, name, purposes, body FROM {table} WHERE rowid = ?"
    row: tuple[Any, ...] = db.execute(query, (place,)).fetchone()
    subject, at, name, purposes, body = row
    left = terms.left(purposes, at)
    if left == purposes or subject in spared or not subject:
        return
    done.touched.add(SubjectId(subject))
    terms.count(done.removed, purposes, left)
    if left:
        values = (left, terms.reduced(name, body, left), place)
        db.execute(f"UPDATE {table} SET purposes = ?, body = ? WHERE rowid = ?", values)
        return
    done.gone += remove(db, table, "rowid = ?1", (place,))

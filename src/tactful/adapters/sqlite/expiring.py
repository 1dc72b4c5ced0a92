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
from functools import cached_property
from typing import Any, Final, NamedTuple

from tactful.adapters.sqlite.changes import ANYBODY, Change, ChangeKind
from tactful.adapters.sqlite.days import read_days, to_ms
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.histories import read_standing
from tactful.adapters.sqlite.intake import Intake
from tactful.adapters.sqlite.purposes import PurposeBits
from tactful.adapters.sqlite.records import SqliteRecords
from tactful.adapters.sqlite.rows import allowed_for, properties_of, reduce_body
from tactful.adapters.sqlite.snapshots import drop_snapshots
from tactful.terms import SubjectId, TrackingPlan

DELETED: Final = "events"
"""Under what the events are counted of which nothing is left."""

REDUCED: Final = "properties"
"""Under what the events are counted that lost a property before its purposes ended."""

_ROWS_AT_A_TIME: Final = 2_000

Remove = Callable[[sqlite3.Connection, str, str, tuple[int, ...]], Sequence[bytes]]
"""Removes the rows of a table that meet a condition, as the store does; returns their messages."""


class Term(NamedTuple):
    """What is kept for one purpose goes when it is of before `before` (ms since 1970)."""

    purpose: str
    bit: int
    before: int


@dataclass(frozen=True, kw_only=True)
class Terms:
    """
    The terms of all purposes that have one, and what a reduced event may still hold.

    `now` is from when the plan's own terms are counted back; None leaves those alone.
    """

    all: Sequence[Term]
    plan: TrackingPlan
    bits: PurposeBits
    now: datetime | None = None

    @cached_property
    def own(self) -> Mapping[str, int]:
        """Return before when (ms since 1970) events go that the plan gives a term, by name."""
        return {
            name: to_ms(self.now - event.retention)
            for name, event in self.plan.events.items()
            if self.now and event.retention
        }

    @cached_property
    def own_of_properties(self) -> Mapping[str, Mapping[str, int]]:
        """Return the same of properties, by the event that carries them."""
        found = {
            name: {
                each.name: to_ms(self.now - each.retention)
                for each in event.properties.values()
                if self.now and each.retention
            }
            for name, event in self.plan.events.items()
        }
        return {name: before for name, before in found.items() if before}

    @property
    def end_something(self) -> bool:
        """Tell whether anything at all has a term."""
        return bool(self.all or self.own or self.own_of_properties)

    def left(self, purposes: int, at: int, name: str) -> int:
        """Return what an event of *at* (ms since 1970), kept for *purposes*, is still kept for."""
        if at < self.own.get(name, at):
            return 0
        for _, bit, before in self.all:
            if at < before:
                purposes &= ~bit
        return purposes

    def outlived(self, name: str, at: int) -> frozenset[str]:
        """Return the properties that an event *name* of *at* may carry no longer."""
        before = self.own_of_properties.get(name, {})
        return frozenset(each for each, term in before.items() if at < term)

    def reduced(self, name: str, body: bytes, left: int, at: int) -> bytes:
        """Return *body* of the event *name* as what it is still kept for allows it."""
        allowed = allowed_for(self.bits.names(left), self.plan).get(name, frozenset())
        return reduce_body(body, allowed - self.outlived(name, at))

    def ended(self, name: str, at: int, purposes: int, body: bytes) -> int | None:
        """Return what an event is still kept for that loses something, or None if it does not."""
        left = self.left(purposes, at, name)
        if left != purposes:
            return left
        outlived = self.outlived(name, at)
        return left if outlived and not outlived.isdisjoint(properties_of(body)) else None

    def count(self, removed: Counter[str], purposes: int, left: int) -> None:
        """Count what *purposes* lost."""
        removed.update(t.purpose for t in self.all if t.bit & purposes & ~left)
        removed[DELETED] += not left
        removed[REDUCED] += left == purposes


def terms_of(
    cutoffs: Mapping[str, datetime],
    *,
    plan: TrackingPlan,
    bits: PurposeBits,
    now: datetime | None = None,
) -> Terms:
    """Return *cutoffs* as the store speaks of them; what was never kept for is left out."""
    all_ = [Term(name, bits.bit(name), to_ms(before)) for name, before in cutoffs.items()]
    return Terms(all=[term for term in all_ if term.bit], plan=plan, bits=bits, now=now)


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
        """Return every number of the subjects whose data stays, however old (Art. 18)."""
        db = self._engine.read()
        query = "SELECT DISTINCT subject FROM statements WHERE kind IN ('restrict', 'lift')"
        spoken = [SubjectId(subject) for (subject,) in db.execute(query).fetchall()]
        found = [subject for subject in spoken if read_standing(db, subject).held_back(at)]
        return frozenset(member for one in found for member in self._engine.members(one))

    def expire(
        self,
        cutoffs: Mapping[str, datetime],
        *,
        spared: Collection[int],
        now: datetime | None = None,
    ) -> Mapping[str, int]:
        """Stop keeping events for purposes whose term is over; return how many, by purpose."""
        terms = self._terms(cutoffs, now)
        removed: Counter[str] = Counter()
        for table in self._tables():
            for rows in _late(self._engine, table, terms):
                places = [row[0] for row in rows]
                removed += self._remove(table, places, terms, spared)
        if removed:
            self._records.empty_log(Change(subject=ANYBODY, kind=ChangeKind.DROPPED))
        return removed

    def overdue(
        self,
        cutoffs: Mapping[str, datetime],
        *,
        spared: Collection[int],
        now: datetime | None = None,
    ) -> Mapping[str, int]:
        """Return what `expire` would now, and remove nothing."""
        terms = self._terms(cutoffs, now)
        found: Counter[str] = Counter()
        for table in self._tables():
            for rows in _late(self._engine, table, terms):
                for _, *row in rows:
                    _count(row, terms, spared=spared, found=found)
        return +found

    def _terms(self, cutoffs: Mapping[str, datetime], now: datetime | None) -> Terms:
        return terms_of(cutoffs, plan=self._engine.policy.plan, bits=self._engine.bits, now=now)

    def _tables(self) -> list[str]:
        return [day.table for day in read_days(self._engine.read())]

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


def _late(engine: Engine, table: str, terms: Terms) -> Iterator[Sequence[tuple[Any, ...]]]:
    """Yield (place, subject, at, name, purposes, body) of rows that may be late, some at a time."""
    if not terms.end_something:
        return
    late, names = _condition(terms)
    query = (
        f"SELECT rowid, subject, at, name, purposes, body FROM {table}"
        f" WHERE rowid > ? AND ({late}) ORDER BY rowid LIMIT ?"
    )
    place = 0
    while True:
        rows = engine.read().execute(query, (place, *names, _ROWS_AT_A_TIME)).fetchall()
        if not rows:
            return
        yield rows
        place = rows[-1][0]


def _condition(terms: Terms) -> tuple[str, Sequence[str]]:
    """Return what rows meet that may hold something past its term, and the names it asks for."""
    latest = {name: max(before.values()) for name, before in terms.own_of_properties.items()}
    own = [*terms.own.items(), *latest.items()]
    by_purpose = (f"(at < {term.before} AND purposes & {term.bit} <> 0)" for term in terms.all)
    by_name = (f"(at < {before} AND name = ?)" for _, before in own)
    return " OR ".join([*by_purpose, *by_name]), [name for name, _ in own]


def _count(
    row: Sequence[Any], terms: Terms, *, spared: Collection[int], found: Counter[str]
) -> None:
    """Count what a row (subject, at, name, purposes, body) would lose."""
    subject, at, name, purposes, body = row
    if subject and subject not in spared:
        left = terms.ended(name, at, purposes, body)
        if left is not None:
            terms.count(found, purposes, left)


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
    if subject in spared or not subject:
        return
    left = terms.ended(name, at, purposes, body)
    if left is None:
        return
    done.touched.add(SubjectId(subject))
    terms.count(done.removed, purposes, left)
    if left:
        values = (left, terms.reduced(name, body, left, at), place)
        db.execute(f"UPDATE {table} SET purposes = ?, body = ? WHERE rowid = ?", values)
        return
    done.gone += remove(db, table, "rowid = ?1", (place,))

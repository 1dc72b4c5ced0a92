"""Features kept up to date: a snapshot of each subject's events, and what came since."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import Final, NamedTuple, Protocol

from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.marks import (
    Marks,
    further,
    head,
    may_have_left,
    rows_since,
    touched_since,
)
from tactful.adapters.sqlite.rows import Row, view_of
from tactful.adapters.sqlite.snapshots import (
    Reached,
    Taken,
    all_reach,
    last_change,
    read_progress,
    read_snapshot,
    seal_snapshot,
    stamp_of,
    write_snapshots,
)
from tactful.adapters.sqlite.subject_keys import SubjectKeys
from tactful.capabilities.profile.features import PURPOSES, feature_purposes, parts_for
from tactful.capabilities.profile.folding import Folded, fold, merge
from tactful.gate import Permit
from tactful.terms import SubjectId

A_BATCH: Final = 500
"""How many events are taken up in one transaction: between two, others can write."""


_NOTHING_READ: Final[Marks] = {}


class Older(Protocol):
    """What the store held once and does not hold any more."""

    def came_between(
        self, subject: SubjectId, *, mask: int, after: Marks, upto: Marks | None
    ) -> Sequence[Row]:
        """Return the events of *subject* for any purpose of *mask* that came between the marks."""


class _Found(NamedTuple):
    """What the store says of one subject: a snapshot, its marks, and what came after them."""

    subject: SubjectId
    purpose: str
    folded: Folded
    marks: Marks
    rows: Sequence[Row]
    left: bool


class SqliteFeatures:
    """Implements `tactful.capabilities.profile.ports.Features`."""

    def __init__(self, engine: Engine, keys: SubjectKeys) -> None:
        self._engine = engine
        self._keys = keys
        self._older: Older | None = None
        self._stamp = stamp_of(engine.digests.policy_hash)
        plan, bits = engine.policy.plan, engine.bits
        self._views = {p: view_of(p, plan, bits) for p in PURPOSES if p in engine.policy.purposes}
        self._parts = {purpose: parts_for(purpose) for purpose in self._views}

    def go_on_with(self, older: Older) -> None:
        """Read in *older* what has left the store."""
        self._older = older

    def of(self, permit: Permit) -> Mapping[str, Folded]:
        """Return what is folded of the permit's subject, by purpose; of all their numbers."""
        subject = self._engine.covered(permit)
        purposes = [purpose for purpose in feature_purposes(permit) if purpose in self._views]
        members = self._engine.members(subject)
        return {
            purpose: reduce(merge, (self._folded(each, purpose) for each in members))
            for purpose in purposes
        }

    def advance(self, limit: int) -> int:
        """Take up to *limit* events into the snapshots; return how many were taken up."""
        done = 0
        while done < limit:
            taken = self._batch(min(A_BATCH, limit - done))
            done += taken
            if not taken:
                break
        return done

    def _batch(self, limit: int) -> int:
        """Take up the next events; 0 where there are none, or another process was faster."""
        with self._reading() as db:
            heard, before = last_change(db), read_progress(db, self._stamp)
            touched, after, events = touched_since(db, before, limit)
            subjects = [each for each in sorted(touched) if not self._reaches(db, each, after)]
        if not events:
            return 0
        taken = [each for subject in subjects for each in self._take(subject)]
        written = self._engine.writer.run(
            lambda db: write_snapshots(
                db, taken, stamp=self._stamp, before=before, after=after, heard=heard
            )
        )
        return events if written else 0

    def _reaches(self, db: sqlite3.Connection, subject: SubjectId, marks: Marks) -> bool:
        return all_reach(db, subject, len(self._views), stamp=self._stamp, marks=marks)

    def _take(self, subject: SubjectId) -> Sequence[Taken]:
        """Return new snapshots of *subject*, one a purpose; none of whom was erased."""
        with self._reading() as db:
            key = self._keys.of(db, subject)
            if key is None:
                return ()
            read = [self._read(db, subject, p, key=key) for p in self._views]
            reached = Reached(self._stamp, dict(head(db)))
        return [
            seal_snapshot(
                self._fold(found, upto=reached.marks),
                subject,
                found.purpose,
                key=key,
                reached=reached,
            )
            for found in read
        ]

    def _folded(self, subject: SubjectId, purpose: str) -> Folded:
        with self._reading() as db:
            key = self._keys.of(db, subject)
            if key is None:
                return Folded()
            found = self._read(db, subject, purpose, key=key)
        return self._fold(found)

    def _read(
        self, db: sqlite3.Connection, subject: SubjectId, purpose: str, *, key: bytes
    ) -> _Found:
        """Return what the store knows now: the snapshot, and what came since."""
        folded, marks = Folded(), _NOTHING_READ
        if kept := read_snapshot(db, subject, purpose, key=key, stamp=self._stamp):
            folded, marks = kept[0], further(kept[1], read_progress(db, self._stamp))
        rows = rows_since(db, marks, subject, mask=self._views[purpose].mask)
        return _Found(subject, purpose, folded, marks, rows, may_have_left(db, marks))

    def _fold(self, found: _Found, *, upto: Marks | None = None) -> Folded:
        """
        Return all of it together, with what has left the store meanwhile.

        Not within the transaction that read it: what left since then is in both, and counts once;
        what left before is never missed.
        """
        view, rows = self._views[found.purpose], found.rows
        if self._older is not None and found.left:
            older = self._older.came_between(
                found.subject, mask=view.mask, after=found.marks, upto=upto
            )
            rows = [*{row.message: row for row in (*older, *rows)}.values()] if older else rows
        if not rows:
            return found.folded
        return fold(found.folded, map(view.event, rows), self._parts[found.purpose])

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Yield this thread's connection in a transaction: all that is read is of one moment."""
        db = self._engine.read()
        db.execute("BEGIN")
        try:
            yield db
        finally:
            db.execute("COMMIT")

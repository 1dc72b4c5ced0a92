"""Features kept up to date: a snapshot of each subject's events, and what came since."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import Final

from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.marks import Marks, further, head, rows_since, touched_since
from tactful.adapters.sqlite.rows import view_of
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


class SqliteFeatures:
    """Implements `tactful.capabilities.profile.ports.Features`."""

    def __init__(self, engine: Engine, keys: SubjectKeys) -> None:
        self._engine = engine
        self._keys = keys
        self._stamp = stamp_of(engine.digests.policy_hash)
        plan, bits = engine.policy.plan, engine.bits
        self._views = {p: view_of(p, plan, bits) for p in PURPOSES if p in engine.policy.purposes}
        self._parts = {purpose: parts_for(purpose) for purpose in self._views}

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
            folded = {p: self._read(db, subject, p, key=key) for p in self._views}
            reached = Reached(self._stamp, dict(head(db)))
        return [
            seal_snapshot(each, subject, p, key=key, reached=reached) for p, each in folded.items()
        ]

    def _folded(self, subject: SubjectId, purpose: str) -> Folded:
        with self._reading() as db:
            key = self._keys.of(db, subject)
            return Folded() if key is None else self._read(db, subject, purpose, key=key)

    def _read(
        self, db: sqlite3.Connection, subject: SubjectId, purpose: str, *, key: bytes
    ) -> Folded:
        """Return what is up to date now, from the snapshot and what came since."""
        folded, marks = Folded(), _NOTHING_READ
        if kept := read_snapshot(db, subject, purpose, key=key, stamp=self._stamp):
            folded, marks = kept[0], further(kept[1], read_progress(db, self._stamp))
        view = self._views[purpose]
        rows = rows_since(db, marks, subject, mask=view.mask)
        return fold(folded, map(view.event, rows), self._parts[purpose]) if rows else folded

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Yield this thread's connection in a transaction: all that is read is of one moment."""
        db = self._engine.read()
        db.execute("BEGIN")
        try:
            yield db
        finally:
            db.execute("COMMIT")

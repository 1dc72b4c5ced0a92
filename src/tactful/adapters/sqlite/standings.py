"""The digests as the gate reads them: one from memory, or all of them as columns."""

from __future__ import annotations

import sqlite3
import threading

import numpy as np
from numpy.typing import NDArray

from tactful.adapters.sqlite.changes import Change, ChangeKind
from tactful.adapters.sqlite.columns import Columns
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.memory import Memory
from tactful.adapters.sqlite.retaking import all_slots, to_rows
from tactful.gate import Digest, DigestColumns
from tactful.terms import SubjectId

_REMEMBERED = 200_000
_OF_ONE = {ChangeKind.SAID, ChangeKind.SETTLED, ChangeKind.ERASED, ChangeKind.MERGED}
_OF_ALL = _OF_ONE | {ChangeKind.ADMITTED, ChangeKind.MISSED}


class SqliteStandings:
    """Implements `tactful.gate.Standings`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._purposes = len(engine.policy.purpose_order)
        self._memory: Memory[SubjectId, Digest | None] = Memory(most=_REMEMBERED)
        self._columns: Memory[str, DigestColumns] = Memory(most=1)
        self._one_reader = threading.Lock()
        engine.changes.heed(self._heed)

    def digest(self, subject: SubjectId) -> Digest | None:
        """Return the digest of *subject*, or None where they have said nothing or are gone."""
        try:
            return self._memory.kept[subject]
        except KeyError:
            return self._memory.fill(subject, lambda: self._read(subject))

    def columns(self) -> DigestColumns:
        """Return the digests of all subjects that have a record; of one person, the first."""
        with self._one_reader:
            known = self._columns.kept.get("all")
            return known or self._columns.fill("all", self._read_all)

    def _read(self, subject: SubjectId) -> Digest | None:
        return self._engine.digests.read(self._engine.read(), subject, self._engine.clock())

    def _read_all(self) -> DigestColumns:
        db, policy = self._engine.read(), self._engine.policy
        db.execute("BEGIN")  # all queries see the same moment
        try:
            absorbed = absorbed_subjects(db)
            columns = Columns(policy, _without(_all_subjects(db), absorbed))
            if self._engine.digests.are_ours(db):
                columns.fill(db.execute("SELECT block, facts FROM digests ORDER BY block"))
                young = db.execute("SELECT subject, until FROM young").fetchall()
            else:
                slots, young = all_slots(db, policy, at=self._engine.clock()), []
                columns.fill(to_rows(slots, policy, young))
        finally:
            db.execute("COMMIT")
        left_out = set(absorbed.tolist())
        return columns.whole(sorted(each for each in young if each[0] not in left_out))

    def _heed(self, change: Change) -> None:
        if change.kind in _OF_ONE:
            self._memory.drop(SubjectId(change.subject))
        if change.kind is ChangeKind.MISSED:
            self._memory.clear()
        if change.kind in _OF_ALL:
            self._columns.clear()


def _all_subjects(db: sqlite3.Connection) -> NDArray[np.int64]:
    return _numbers(db, "SELECT group_concat(id) FROM subjects")


def _without(subjects: NDArray[np.int64], absorbed: NDArray[np.int64]) -> NDArray[np.int64]:
    if not len(absorbed):
        return subjects
    return np.setdiff1d(subjects, absorbed, assume_unique=True)


def absorbed_subjects(db: sqlite3.Connection) -> NDArray[np.int64]:
    """Return, sorted, the numbers of persons who go by another: an audience counts each once."""
    return _numbers(db, "SELECT group_concat(subject) FROM persons WHERE subject <> person")


def _numbers(db: sqlite3.Connection, query: str) -> NDArray[np.int64]:
    """Return numbers, sorted; as one text they are read four times as fast as row by row."""
    text = db.execute(query).fetchone()[0]
    numbers: NDArray[np.int64] = np.fromstring(text or "", dtype=np.int64, sep=",")
    numbers.sort()
    return numbers

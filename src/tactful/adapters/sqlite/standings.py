"""The digests as the gate reads them: one from memory, or all of them as columns."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from tactful.adapters.sqlite.changes import Change, ChangeKind
from tactful.adapters.sqlite.digests import from_row, row_type
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.memory import Memory
from tactful.gate import Digest, DigestColumns, encode
from tactful.gate.facts import nobody
from tactful.terms import Policy, Said, SubjectId

_REMEMBERED = 200_000
_OF_ONE = {ChangeKind.SAID, ChangeKind.SETTLED, ChangeKind.ERASED}
_OF_ALL = _OF_ONE | {ChangeKind.ADMITTED}


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
        """Return the digests of all subjects that have a record."""
        with self._one_reader:
            known = self._columns.kept.get("all")
            return known or self._columns.fill("all", self._read_all)

    def _read(self, subject: SubjectId) -> Digest | None:
        query = "SELECT facts FROM digests WHERE subject = ?"
        row = self._engine.read().execute(query, (subject,)).fetchone()
        return None if row is None else from_row(row[0], self._purposes)

    def _read_all(self) -> DigestColumns:
        db = self._engine.read()
        db.execute("BEGIN")  # both queries see the same moment
        try:
            subjects = _numbers(db.execute("SELECT id FROM subjects ORDER BY id").fetchall())
            rows = db.execute("SELECT subject, facts FROM digests ORDER BY subject").fetchall()
        finally:
            db.execute("COMMIT")
        speakers = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
        facts = np.frombuffer(b"".join(row[1] for row in rows), dtype=row_type(self._purposes))
        del rows
        return _columns(subjects, speakers=speakers, facts=facts, policy=self._engine.policy)

    def _heed(self, change: Change) -> None:
        if change.kind in _OF_ONE:
            self._memory.drop(SubjectId(change.subject))
        if change.kind in _OF_ALL:
            self._columns.clear()


def _numbers(rows: list[tuple[int]]) -> NDArray[np.int64]:
    return np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))


def _columns(
    subjects: NDArray[np.int64],
    *,
    speakers: NDArray[np.int64],
    facts: NDArray[np.void],
    policy: Policy,
) -> DigestColumns:
    """Spread the *facts* of *speakers* over all *subjects*; who said nothing counts as nobody."""
    silent = nobody(policy)
    shape = (len(policy.purpose_order), len(subjects))
    code = encode(regime=silent.regime, said=Said.NOTHING, signal=False, restricted=False)
    codes = np.full(shape, code, dtype=np.uint16)
    until = np.full(shape, silent.until[0], dtype=np.int64)
    table = _code_table(policy)
    places = _places(speakers, subjects)
    for purpose in range(shape[0]):
        said = facts["said"][:, purpose]
        codes[purpose, places] = table[facts["regime"], said, facts["restricted"]]
        until[purpose, places] = facts["until"][:, purpose]
    return DigestColumns(subjects=subjects, codes=codes, until=until)


def _places(speakers: NDArray[np.int64], subjects: NDArray[np.int64]) -> slice | NDArray[np.intp]:
    """Return where *speakers* stand among *subjects*: everywhere, in the usual case."""
    if len(speakers) == len(subjects):
        return slice(None)
    return np.searchsorted(subjects, speakers)


def _code_table(policy: Policy) -> NDArray[np.uint16]:
    """Return `encode` without a signal as an array, shape (regimes, said, restricted)."""
    shape = (len(policy.regimes), len(Said), 2)
    table = np.empty(shape, dtype=np.uint16)
    for regime, said, restricted in np.ndindex(shape):
        table[regime, said, restricted] = encode(
            regime=regime, said=said, signal=False, restricted=bool(restricted)
        )
    return table

"""The digests as the gate reads them: one from memory, or all of them as columns."""

from __future__ import annotations

import threading
from itertools import chain

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
_BLOCK = 8192  # rows that fit a cache while they are turned into columns
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
            rows = db.execute("SELECT facts FROM digests ORDER BY subject")
            facts = np.frombuffer(
                b"".join(chain.from_iterable(rows)), dtype=row_type(self._purposes)
            )
            ids = db.execute("SELECT id FROM subjects ORDER BY id")
            subjects = np.fromiter(chain.from_iterable(ids), dtype=np.int64)
        finally:
            db.execute("COMMIT")
        return _columns(subjects, facts=facts, policy=self._engine.policy)

    def _heed(self, change: Change) -> None:
        if change.kind in _OF_ONE:
            self._memory.drop(SubjectId(change.subject))
        if change.kind in _OF_ALL:
            self._columns.clear()


def _columns(
    subjects: NDArray[np.int64], *, facts: NDArray[np.void], policy: Policy
) -> DigestColumns:
    """Spread *facts* over all *subjects*; who said nothing counts as nobody."""
    silent = nobody(policy)
    shape = (len(policy.purpose_order), len(subjects))
    code = encode(regime=silent.regime, said=Said.NOTHING, signal=False, restricted=False)
    codes = np.full(shape, code, dtype=np.uint16)
    until = np.full(shape, silent.until[0], dtype=np.int64)
    table = _code_table(policy)
    for start in range(0, len(facts), _BLOCK):
        part = facts[start : start + _BLOCK]
        places = _places(subjects, part["subject"])
        codes[:, places] = table[part["regime"], part["said"].T, part["restricted"]]
        until[:, places] = part["until"].T
    return DigestColumns(subjects=subjects, codes=codes, until=until)


def _places(subjects: NDArray[np.int64], part: NDArray[np.int64]) -> slice | NDArray[np.intp]:
    """Return where *part* stands among *subjects*: as a slice, far faster, where it can be."""
    places = np.searchsorted(subjects, part)
    first, last = int(places[0]), int(places[-1])
    return slice(first, last + 1) if last - first + 1 == len(part) else places


def _code_table(policy: Policy) -> NDArray[np.uint16]:
    """Return `encode` without a signal as an array, shape (regimes, said, restricted)."""
    shape = (len(policy.regimes), len(Said), 2)
    table = np.empty(shape, dtype=np.uint16)
    for regime, said, restricted in np.ndindex(shape):
        table[regime, said, restricted] = encode(
            regime=regime, said=said, signal=False, restricted=bool(restricted)
        )
    return table

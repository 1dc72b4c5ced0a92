"""Take every digest anew: the policy changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from tactful.adapters.sqlite.digests import (
    KEEP_ROW,
    KEEP_YOUNG,
    SUBJECTS_A_ROW,
    Digests,
    slot_size,
    taken,
    to_slot,
    young_to_bytes,
)
from tactful.adapters.sqlite.histories import DEALINGS, KNOWN
from tactful.adapters.sqlite.meta import POLICY_HASH, note
from tactful.adapters.sqlite.patterns import SAID, Patterns
from tactful.adapters.sqlite.persons import read_person
from tactful.gate import Digest
from tactful.terms import Policy, Standing, SubjectId

Progress = Callable[[int, int], None]
"""Told how many subjects are done, and how many there are."""

_A_STEP: Final = 10_000
_REMEMBERED: Final = 10_000

Slot = tuple[int, bytes, bytes | None]
"""A subject, their slot, and until when age asks for what."""


def unheard(_done: int, _total: int) -> None:
    """Tell nobody."""


def retake_all(
    db: sqlite3.Connection, digests: Digests, *, at: datetime, progress: Progress
) -> None:
    """Take every digest anew, in the running transaction: *db* is the connection of that."""
    db.execute("DELETE FROM digests WHERE length(facts) <> ?", (_row_size(digests.policy),))
    db.execute("DELETE FROM young")
    young: list[tuple[int, bytes]] = []
    slots = all_slots(db, digests.policy, at=at, progress=progress)
    db.executemany(KEEP_ROW, to_rows(slots, digests.policy, young))
    db.executemany(KEEP_YOUNG, young)
    note(db, POLICY_HASH, digests.policy_hash)


def all_slots(
    db: sqlite3.Connection,
    policy: Policy,
    *,
    at: datetime,
    progress: Progress = unheard,
) -> Iterator[Slot]:
    """Yield the digest of everybody of whom the law sees anything, sorted by subject."""
    patterns = Patterns(policy, at)
    linked = _Linked(db, policy, at)
    said = _Grouped(db.execute(SAID + " WHERE subject > 0 ORDER BY subject, at"))
    dealt = _Grouped(db.execute(DEALINGS + " ORDER BY subject, kind, opt_out_offered"))
    total = db.execute("SELECT count(*) FROM subjects").fetchone()[0]
    for done, known in enumerate(db.execute(KNOWN + " ORDER BY id")):
        subject = known[0]
        words, dealings = said.of(subject), dealt.of(subject)
        if subject in linked.persons:
            yield from linked.slots(subject)
        elif words or dealings or known[1:] != (None, None, None):
            yield subject, *patterns.take(known, words, dealings)
        if done % _A_STEP == 0:
            progress(done, total)
    progress(total, total)


class _Linked:
    """Takes the digests of those who were merged: from all that was said on any side."""

    def __init__(self, db: sqlite3.Connection, policy: Policy, at: datetime) -> None:
        self.persons: dict[int, int] = dict(db.execute("SELECT subject, person FROM persons"))
        self._db = db
        self._policy = policy
        self._at = at
        self._known: dict[int, Digest | None] = {}

    def slots(self, subject: int) -> Iterator[Slot]:
        """Yield the slot of *subject*, if their person has one."""
        person = self.persons[subject]
        if person not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            standing = read_person(self._db, SubjectId(person), self._policy)
            nothing = standing == Standing()
            self._known[person] = None if nothing else taken(standing, self._policy, self._at)
        facts = self._known[person]
        if facts is not None:
            yield subject, to_slot(subject, facts), young_to_bytes(facts)


class _Grouped:
    """Rows in the order of their subject, handed out subject by subject."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._groups = groupby(rows, key=itemgetter(0))
        self._subject: int | None = None
        self._advance()

    def of(self, subject: int) -> list[tuple[Any, ...]]:
        """Return the rows of *subject*, who comes after every subject asked about before."""
        while self._subject is not None and self._subject < subject:
            self._advance()
        if self._subject != subject:
            return []
        rows = self._rows
        self._advance()
        return rows

    def _advance(self) -> None:
        self._subject, rows = next(self._groups, (None, ()))
        self._rows = list(rows)


def to_rows(
    slots: Iterator[Slot], policy: Policy, young: list[tuple[int, bytes]]
) -> Iterator[tuple[int, bytes]]:
    """Yield the rows that *slots* make, and add to *young* whose age asks for something."""
    for block, group in groupby(slots, key=lambda slot: slot[0] // SUBJECTS_A_ROW):
        facts = bytearray(_row_size(policy))
        for subject, slot, asked in group:
            start = subject % SUBJECTS_A_ROW * len(slot)
            facts[start : start + len(slot)] = slot
            if asked is not None:
                young.append((subject, asked))
        yield block, bytes(facts)


def _row_size(policy: Policy) -> int:
    return slot_size(len(policy.purpose_order)) * SUBJECTS_A_ROW

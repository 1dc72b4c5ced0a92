"""
Digests as slots of one size, taken in the transaction that changes what they are taken of.

A slot is `subject i64 | regime u16 | restricted u8 | residence_known u8 | said u8 x purposes |
until i64 x purposes`, little-endian, with the purposes in the policy's order; zeros where nothing
was said.  A row holds the slots of subjects whose numbers follow one another: a million digests
are read in some thirty thousand steps, and as no row changes its size none is ever moved, which
would leave copies (see records.py).  What age asks for, `i64 x 3 x purposes`, is kept beside them,
for minors only.

Another process may have opened the store under another policy, and taken every digest by that:
they are no longer ours.  Then we read none, but take what we need from the statements; and when we
write a statement we note that the digests on the disk are nobody's.
"""

from __future__ import annotations

import sqlite3
import struct
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Final

import numpy as np

from tactful.adapters.sqlite.meta import POLICY_HASH, note, noted
from tactful.adapters.sqlite.persons import person_in, read_person
from tactful.gate import Digest, digest
from tactful.terms import Policy, Standing, SubjectId

SUBJECTS_A_ROW: Final = 32
_LEVELS: Final = 3

KEEP_ROW: Final = (
    "INSERT INTO digests (block, facts) VALUES (?, ?)"
    " ON CONFLICT (block) DO UPDATE SET facts = excluded.facts"
    " WHERE digests.facts <> excluded.facts"
)
KEEP_YOUNG: Final = (
    "INSERT INTO young (subject, until) VALUES (?, ?)"
    " ON CONFLICT (subject) DO UPDATE SET until = excluded.until"
)
_READ = (
    "SELECT (SELECT value FROM meta WHERE name = 'policy_hash'),"
    " (SELECT substr(facts, ?1, ?2) FROM digests WHERE block = ?3),"
    " (SELECT until FROM young WHERE subject = ?4)"
)


@lru_cache(maxsize=8)
def _slot(purposes: int) -> struct.Struct:
    return struct.Struct(f"<qH??{purposes}s{purposes}q")


def slot_size(purposes: int) -> int:
    """Return how many bytes one digest takes."""
    return _slot(purposes).size


def slot_type(purposes: int) -> np.dtype[np.void]:
    """Return the layout of a slot as numpy reads it."""
    return np.dtype(
        [
            ("subject", "<i8"),
            ("regime", "<u2"),
            ("restricted", "u1"),
            ("residence_known", "u1"),
            ("said", "u1", (purposes,)),
            ("until", "<i8", (purposes,)),
        ]
    )


def to_slot(subject: int, facts: Digest) -> bytes:
    """Pack the *facts* of *subject*."""
    return _slot(len(facts.until)).pack(
        subject, facts.regime, facts.restricted, facts.residence_known, facts.said, *facts.until
    )


def young_to_bytes(facts: Digest) -> bytes | None:
    """Pack until when age asks for what; None where it asks nothing."""
    flat = [until for purpose in facts.young for until in purpose]
    return struct.pack(f"<{len(flat)}q", *flat) if flat else None


def from_slot(slot: bytes | None, young: bytes | None, purposes: int) -> Digest | None:
    """Unpack what `to_slot` and `young_to_bytes` packed; None where nothing was said."""
    if slot is None or not any(slot[:8]):
        return None
    _, regime, restricted, residence_known, said, *until = _slot(purposes).unpack(slot)
    return Digest(
        regime=regime,
        restricted=restricted,
        residence_known=residence_known,
        said=said,
        until=tuple(until),
        young=_young(young) if young else (),
    )


def _young(packed: bytes) -> tuple[tuple[int, int, int], ...]:
    flat = struct.unpack(f"<{len(packed) // 8}q", packed)
    return tuple(zip(flat[0::_LEVELS], flat[1::_LEVELS], flat[2::_LEVELS], strict=True))


class Digests:
    """Takes digests under *policy*, and keeps them where they are ours: see above."""

    def __init__(self, policy: Policy, *, policy_hash: str) -> None:
        self.policy = policy
        self.policy_hash = policy_hash.encode()
        self._purposes = len(policy.purpose_order)
        self._size = slot_size(self._purposes)

    def are_ours(self, db: sqlite3.Connection) -> bool:
        """Tell whether the digests on the disk were taken under our policy, all of them."""
        return noted(db, POLICY_HASH) == self.policy_hash

    def read(self, db: sqlite3.Connection, subject: SubjectId, at: datetime) -> Digest | None:
        """Return the digest of *subject*; None where nothing was said."""
        block, start = self._place(subject)
        row = db.execute(_READ, (start + 1, self._size, block, subject)).fetchone()
        if row[0] == self.policy_hash:
            return from_slot(row[1], row[2], self._purposes)
        standing = read_person(db, subject, self.policy)
        return None if standing == Standing() else taken(standing, self.policy, at)

    def retake(self, db: sqlite3.Connection, subject: SubjectId, at: datetime) -> None:
        """
        Take the digest of *subject* anew, in the running transaction.

        Every number of the person gets the same: asking about any of them gives the same answer.
        """
        if not self.are_ours(db):
            note(db, POLICY_HASH, b"")
            return
        facts = taken(read_person(db, subject, self.policy), self.policy, at)
        for member in person_in(db, subject):
            self._keep(db, member, to_slot(member, facts), young_to_bytes(facts))

    def follow(self, db: sqlite3.Connection, subject: SubjectId, at: datetime) -> None:
        """Do the same after a merge or its undoing: who has said nothing has no digest then."""
        if read_person(db, subject, self.policy) == Standing():
            for member in person_in(db, subject):
                self.forget(db, member)
        else:
            self.retake(db, subject, at)

    def forget(self, db: sqlite3.Connection, subject: SubjectId) -> int:
        """Blank the slot of *subject*, whoever's it is; return how many there were: 1 or none."""
        block, number = divmod(subject, SUBJECTS_A_ROW)
        row = db.execute("SELECT facts FROM digests WHERE block = ?", (block,)).fetchone()
        db.execute("DELETE FROM young WHERE subject = ?", (subject,))
        if row is None:
            return 0
        size = len(row[0]) // SUBJECTS_A_ROW
        filled = any(row[0][number * size : (number + 1) * size])
        db.execute(KEEP_ROW, (block, _spliced(row[0], number * size, bytes(size))))
        return int(filled)

    def _keep(
        self, db: sqlite3.Connection, subject: SubjectId, slot: bytes, young: bytes | None
    ) -> None:
        block, start = self._place(subject)
        row = db.execute("SELECT facts FROM digests WHERE block = ?", (block,)).fetchone()
        before = row[0] if row else bytes(self._size * SUBJECTS_A_ROW)
        db.execute(KEEP_ROW, (block, _spliced(before, start, slot)))
        if young is None:
            db.execute("DELETE FROM young WHERE subject = ?", (subject,))
        else:
            db.execute(KEEP_YOUNG, (subject, young))

    def _place(self, subject: SubjectId) -> tuple[int, int]:
        """Return the row that *subject* is in, and where their slot begins there."""
        block, number = divmod(subject, SUBJECTS_A_ROW)
        return block, number * self._size


def _spliced(facts: bytes, start: int, slot: bytes) -> bytes:
    return facts[:start] + slot + facts[start + len(slot) :]


def taken(standing: Standing, policy: Policy, at: datetime) -> Digest:
    """
    Digest *standing* at *at*, or at its newest word: what was acknowledged counts at once.

    Nobody grows up by a word from the future: what age asks for is that of *at*.
    """
    newest = [said.at for said in standing.statements[-1:]]
    counted = max([at, *newest, *(dealing.at for dealing in standing.relationships)])
    facts = digest(standing, policy, counted)
    if standing.born is None or counted == at:
        return facts
    return replace(facts, young=digest(standing, policy, at).young)

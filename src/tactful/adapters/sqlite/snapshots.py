"""
Snapshots of what features are computed from: per subject and purpose, sealed, with their marks.

A snapshot holds whatever its subject did up to its marks.  Whoever changes the past of a subject
drops theirs in the same transaction: the next one is taken from scratch.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from tactful.adapters.sqlite.changes import ANYBODY, ChangeKind
from tactful.adapters.sqlite.marks import Marks, covers
from tactful.adapters.sqlite.meta import note
from tactful.adapters.sqlite.subject_keys import seal_for, unseal_for
from tactful.capabilities.profile.folding import Folded
from tactful.terms import SubjectId

TABLE: Final = "features"
PROGRESS: Final = "features"
FORM: Final = 1
"""Goes up whenever the same events fold into something else than before."""

_DESTRUCTIVE: Final = (ChangeKind.DROPPED.value, ChangeKind.ERASED.value)


class Reached(NamedTuple):
    """How far a snapshot reaches, or all of them do, and by which rules they were taken."""

    stamp: bytes
    marks: dict[str, int]


class Taken(NamedTuple):
    """A sealed snapshot on its way to the disk; that it reaches so far is nobody's secret."""

    subject: SubjectId
    purpose: str
    reached: bytes
    sealed: bytes


_read_folded = msgspec.msgpack.Decoder(Folded).decode
_read_reached = msgspec.msgpack.Decoder(Reached).decode
_write = msgspec.msgpack.Encoder().encode


def stamp_of(policy_hash: bytes) -> bytes:
    """Return what tells snapshots apart that were taken by other rules: then they are not ours."""
    return hashlib.blake2b(policy_hash, digest_size=8, salt=bytes([FORM])).digest()


def read_snapshot(
    db: sqlite3.Connection, subject: SubjectId, purpose: str, *, key: bytes, stamp: bytes
) -> tuple[Folded, Marks] | None:
    """Return the snapshot of *subject* for *purpose* and how far it reaches, if there is one."""
    query = "SELECT reached, sealed FROM features WHERE subject = ? AND purpose = ?"
    row = db.execute(query, (subject, purpose)).fetchone()
    if row is None or (reached := _read_reached(row[0])).stamp != stamp:
        return None
    return _read_folded(unseal_for(key, row[1], table=TABLE, subject=subject)), reached.marks


def seal_snapshot(
    folded: Folded, subject: SubjectId, purpose: str, *, key: bytes, reached: Reached
) -> Taken:
    """Seal what was *folded* under the subject's *key*."""
    sealed = seal_for(key, _write(folded), table=TABLE, subject=subject)
    return Taken(subject, purpose, _write(reached), sealed)


def all_reach(
    db: sqlite3.Connection, subject: SubjectId, purposes: int, *, stamp: bytes, marks: Marks
) -> bool:
    """Tell whether *subject* has snapshots for so many *purposes* that reach up to *marks*."""
    query = "SELECT reached FROM features WHERE subject = ?"
    found = [_read_reached(row[0]) for row in db.execute(query, (subject,)).fetchall()]
    return len(found) >= purposes and all(
        each.stamp == stamp and covers(each.marks, marks) for each in found
    )


def drop_snapshots(db: sqlite3.Connection, subject: SubjectId | None = None) -> None:
    """
    Drop the snapshots of *subject*, of everybody by default, in the running transaction.

    To be called by whatever changes events that are stored; a change of kind DROPPED or ERASED
    must be noted in the same transaction, or a snapshot that is being taken could come after.
    """
    if subject is None:
        db.execute("DELETE FROM features")
    else:
        db.execute("DELETE FROM features WHERE subject = ?", (subject,))


def read_progress(db: sqlite3.Connection, stamp: bytes) -> Marks:
    """Return how far every snapshot reaches at least; nowhere, where the rules have changed."""
    row = db.execute("SELECT value FROM meta WHERE name = ?", (PROGRESS,)).fetchone()
    if row is None:
        return {}
    progress = _read_reached(row[0])
    return progress.marks if progress.stamp == stamp else {}


def write_snapshots(
    db: sqlite3.Connection,
    taken: Sequence[Taken],
    *,
    stamp: bytes,
    before: Marks,
    after: Marks,
    heard: int,
) -> bool:
    """
    Replace the snapshots that were *taken*, and note the progress from *before* to *after*.

    Does nothing, and says so, where somebody else has made progress meanwhile, or has changed
    anybody's past since change *heard*; of whose past was changed it writes nothing.
    """
    changed = _changed_since(db, heard)
    if read_progress(db, stamp) != before or ANYBODY in changed:
        return False
    db.executemany(
        "INSERT INTO features (subject, purpose, reached, sealed) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (subject, purpose)"
        " DO UPDATE SET reached = excluded.reached, sealed = excluded.sealed",
        [each for each in taken if each.subject not in changed],
    )
    note(db, PROGRESS, _write(Reached(stamp, dict(after))))
    return True


def last_change(db: sqlite3.Connection) -> int:
    """Return the number of the last change that was written down."""
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0])


def _changed_since(db: sqlite3.Connection, number: int) -> frozenset[int]:
    query = "SELECT subject FROM changes WHERE seq > ? AND kind IN (?, ?)"
    return frozenset(subject for (subject,) in db.execute(query, (number, *_DESTRUCTIVE)))

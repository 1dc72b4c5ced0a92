"""
Digests as rows: taken from the statements in the transaction that changes them.

A row is `subject i64 | regime u16 | restricted u8 | residence_known u8 | said u8 x purposes | until
i64 x purposes`, little-endian, with the purposes in the policy's order; under another policy every
digest is taken anew.  The subject is in it so that a million rows are read as one column of bytes.
"""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from tactful.gate import Digest, digest
from tactful.terms import Policy, Standing, Statement, StatementKind, SubjectId

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HEAD = struct.Struct("<qH??")
_COLUMNS = "purpose, kind, at, notice, regime, locale, source"


def row_type(purposes: int) -> np.dtype[np.void]:
    """Return the layout of a row for that many purposes."""
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


def to_row(subject: int, facts: Digest) -> bytes:
    """Pack the *facts* of *subject*."""
    head = _HEAD.pack(subject, facts.regime, facts.restricted, facts.residence_known)
    return head + facts.said + struct.pack(f"<{len(facts.until)}q", *facts.until)


def from_row(row: bytes, purposes: int) -> Digest:
    """Unpack what `to_row` packed."""
    _, regime, restricted, residence_known = _HEAD.unpack_from(row)
    end = _HEAD.size + purposes
    return Digest(
        regime=regime,
        restricted=restricted,
        residence_known=residence_known,
        said=row[_HEAD.size : end],
        until=struct.unpack_from(f"<{purposes}q", row, end),
    )


def write_statement(db: sqlite3.Connection, subject: SubjectId, said: Statement) -> None:
    """Append one statement, in the running transaction."""
    db.execute(
        f"INSERT INTO statements (subject, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            subject,
            said.purpose,
            said.kind.value,
            (said.at - _EPOCH) // _MICROSECOND,
            said.notice,
            said.regime,
            said.locale,
            said.source,
        ),
    )


def read_standing(db: sqlite3.Connection, subject: SubjectId) -> Standing:
    """Return everything *subject* has said, oldest first, and their residence."""
    region = db.execute("SELECT region FROM subjects WHERE id = ?", (subject,)).fetchone()
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM statements WHERE subject = ? ORDER BY id",
        (subject,),
    ).fetchall()
    return _standing(rows, region and region[0])


def retake(db: sqlite3.Connection, subject: SubjectId, *, policy: Policy, at: datetime) -> None:
    """Take the digest of *subject* anew, in the running transaction."""
    _write(db, subject, _taken(read_standing(db, subject), policy, at))


def retake_all(db: sqlite3.Connection, *, policy: Policy, at: datetime) -> None:
    """Take every digest anew, in the running transaction: the policy changed."""
    db.execute("DELETE FROM digests")
    regions = dict(db.execute("SELECT id, region FROM subjects WHERE region IS NOT NULL"))
    rows = db.execute(f"SELECT subject, {_COLUMNS} FROM statements ORDER BY subject, id")
    for subject, said in groupby(rows, key=itemgetter(0)):
        standing = _standing([row[1:] for row in said], regions.pop(subject, None))
        _write(db, subject, _taken(standing, policy, at))
    for subject, region in regions.items():
        _write(db, subject, _taken(Standing(region=region), policy, at))


def _taken(standing: Standing, policy: Policy, at: datetime) -> Digest:
    """Digest *standing* at *at*, or at its newest word: what was acknowledged counts at once."""
    return digest(standing, policy, max([at, *(said.at for said in standing.statements)]))


def _write(db: sqlite3.Connection, subject: int, facts: Digest) -> None:
    db.execute(
        "INSERT INTO digests (subject, facts) VALUES (?, ?)"
        " ON CONFLICT (subject) DO UPDATE SET facts = excluded.facts",
        (subject, to_row(subject, facts)),
    )


def _standing(rows: Sequence[tuple[Any, ...]], region: str | None) -> Standing:
    said = sorted(map(_statement, rows), key=lambda statement: statement.order)
    return Standing(statements=tuple(said), region=region)


def _statement(row: tuple[Any, ...]) -> Statement:
    purpose, kind, at, notice, regime, locale, source = row
    return Statement(
        purpose=purpose,
        kind=StatementKind(kind),
        at=_EPOCH + at * _MICROSECOND,
        notice=notice,
        regime=regime,
        locale=locale,
        source=source,
    )

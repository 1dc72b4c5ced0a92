"""
Standings as rows: what subjects said, whom they dealt with, and what the law looks at besides.

Rows of statements are only appended, and blanked where they stand when their subject is erased
(see records.py): a blank one belongs to subject 0, who is nobody.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from tactful.terms import (
    Relationship,
    RelationshipKind,
    Speaker,
    Standing,
    Statement,
    StatementKind,
    SubjectId,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_COLUMNS: Final = (
    "purpose, kind, at, notice, notice_hash, regime, locale, source, ui, speaker, record"
)
KNOWN: Final = "SELECT id, region, address, born FROM subjects"
DEALINGS: Final = "SELECT subject, kind, opt_out_offered, at FROM relationships"


def write_statement(db: sqlite3.Connection, subject: SubjectId, said: Statement) -> None:
    """Append one statement, in the running transaction."""
    db.execute(
        f"INSERT INTO statements (subject, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            subject,
            said.purpose,
            said.kind.value,
            microseconds(said.at),
            said.notice,
            said.notice_hash,
            said.regime,
            said.locale,
            said.source,
            said.ui,
            said.by.value,
            said.record,
        ),
    )


def blank_statements(db: sqlite3.Connection, subject: SubjectId) -> int:
    """Blank what *subject* said, in the running transaction; return how many statements."""
    cursor = db.execute(
        "UPDATE statements SET subject = 0, purpose = '', kind = '', at = 0, notice = '',"
        " notice_hash = '', regime = '', locale = '', source = '', ui = '', speaker = '',"
        " record = '' WHERE subject = ?",
        (subject,),
    )
    return cursor.rowcount


def read_standing(db: sqlite3.Connection, subject: SubjectId) -> Standing:
    """Return everything *subject* has said, oldest first, and what the law looks at besides."""
    known = db.execute(KNOWN + " WHERE id = ?", (subject,)).fetchone()
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM statements WHERE subject = ? ORDER BY id", (subject,)
    ).fetchall()
    dealings = db.execute(DEALINGS + " WHERE subject = ?", (subject,)).fetchall()
    said = sorted(map(_statement, rows), key=lambda statement: statement.order)
    return standing_of(known or (subject, None, None, None), said=said, dealings=dealings)


def standing_of(
    known: tuple[Any, ...], *, said: Sequence[Statement], dealings: Sequence[tuple[Any, ...]]
) -> Standing:
    """Return the standing of *said*, a row of KNOWN and the rows of DEALINGS on that subject."""
    _, residence, address, born = known
    return Standing(
        statements=tuple(said),
        residence=residence,
        address=address,
        relationships=tuple(map(_dealing, dealings)),
        born=None if born is None else date.fromordinal(born),
    )


def _statement(row: tuple[Any, ...]) -> Statement:
    purpose, kind, at, notice, notice_hash, regime, locale, source, ui, speaker, record = row
    return Statement(
        purpose=purpose,
        kind=StatementKind(kind),
        at=moment(at),
        notice=notice,
        notice_hash=notice_hash,
        regime=regime,
        locale=locale,
        source=source,
        ui=ui,
        by=Speaker(speaker),
        record=record,
    )


def _dealing(row: tuple[Any, ...]) -> Relationship:
    _, kind, offered, at = row
    return Relationship(kind=RelationshipKind(kind), at=moment(at), opt_out_offered=bool(offered))


def microseconds(at: datetime) -> int:
    """Return *at* as the store keeps time: whole microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """Return the time that `microseconds` made *at* of."""
    return _EPOCH + at * _MICROSECOND

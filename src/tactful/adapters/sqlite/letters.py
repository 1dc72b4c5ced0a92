"""
Letters on their way, sealed; of those that are done only kind, times and outcome remain.

A letter of a subject is sealed under the key of the subject: with the key it is gone, wherever
SQLite may have left a copy of a row that it moved.  One that belongs to no subject is sealed under
the shop's own key, and what it said is overwritten once it is done.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, cast

from tactful.adapters.sqlite.days import from_ms, to_ms
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.own_sealing import seal_own, unseal_own
from tactful.adapters.sqlite.persons import places
from tactful.adapters.sqlite.subject_keys import SubjectKeys
from tactful.gate import Permit
from tactful.terms import Letter, Posted, Queued, SubjectId

TABLE: Final = "letters"

_PUT: Final = (
    "INSERT INTO letters (id, subject, kind, queued_at, until, due_at, tries, claimed_until,"
    " done_at, outcome, sealed) VALUES (?, ?, ?, ?, ?, ?, 0, 0, 0, '', ?)"
)
_NEXT: Final = (
    "SELECT id FROM letters WHERE outcome = '' AND due_at <= ? AND claimed_until <= ?"
    " ORDER BY due_at, id LIMIT 1"
)
_CLAIM: Final = (
    "UPDATE letters SET claimed_until = ?, tries = tries + 1 WHERE id = ?"
    " RETURNING id, subject, kind, queued_at, tries, sealed"
)
_WAITING: Final = (
    "SELECT id, subject, kind, queued_at, tries, sealed FROM letters WHERE outcome = ''"
    " AND until > ? ORDER BY queued_at DESC, id LIMIT ?"
)

Row = tuple[str, int | None, str, int, int, bytes]


class SqliteLetters:
    """Implements `tactful.shop.letters.Outbox`."""

    def __init__(self, engine: Engine, keys: SubjectKeys) -> None:
        self._engine = engine
        self._keys = keys

    def put(
        self, letter: Letter, *, subject: SubjectId | None, at: datetime, until: datetime
    ) -> None:
        """Keep *letter* until it is sent, or *until* it is of no use; durable on return."""
        self._engine.writer.run(
            lambda db: put(db, self._keys, letter, subject=subject, at=at, until=until)
        )

    def due(self, at: datetime) -> bool:
        """Tell whether a letter waits to be sent, or to be given up."""
        now = to_ms(at)
        return self._engine.read().execute(_NEXT, (now, now)).fetchone() is not None

    def claim(self, at: datetime, *, lease: timedelta) -> Queued | None:
        """Take the next letter that is due: of all processes, one gets it for the *lease*."""
        now = to_ms(at)

        def work(db: sqlite3.Connection) -> Queued | None:
            while found := db.execute(_NEXT, (now, now)).fetchone():
                [row] = db.execute(_CLAIM, (to_ms(at + lease), found[0])).fetchall()
                if queued := self._opened(db, row):
                    return queued
                _settle(db, row[0], outcome="dropped", at=now)
            return None

        return self._engine.writer.run(work)

    def expire(self, at: datetime) -> int:
        """Give up the letters that nobody has use for any more; return how many."""
        now = to_ms(at)

        def work(db: sqlite3.Connection) -> int:
            query = (
                "SELECT id FROM letters WHERE outcome = '' AND until <= ? AND claimed_until <= ?"
            )
            late = db.execute(query, (now, now)).fetchall()
            for (number,) in late:
                _settle(db, number, outcome="expired", at=now)
            return len(late)

        return self._engine.writer.run(work)

    def settle(self, number: str, outcome: str, at: datetime) -> None:
        """Note what became of the letter of that *number*, and blank what it said."""
        self._engine.writer.run(lambda db: _settle(db, number, outcome=outcome, at=to_ms(at)))

    def put_off(self, number: str, due_at: datetime) -> None:
        """Try the letter of that *number* again later."""
        query = "UPDATE letters SET due_at = ?, claimed_until = 0 WHERE id = ? AND outcome = ''"
        self._engine.writer.run(lambda db: db.execute(query, (to_ms(due_at), number)))

    def waiting(self, at: datetime, limit: int) -> tuple[Queued, ...]:
        """Return the letters that wait, the newest first."""
        db = self._engine.read()
        rows = db.execute(_WAITING, (to_ms(at), limit)).fetchall()
        return tuple(queued for row in rows if (queued := self._opened(db, row)))

    def outcomes(self) -> Mapping[str, int]:
        """Return how many letters there are by outcome; `waiting` are those without one."""
        query = "SELECT outcome, count(*) FROM letters GROUP BY outcome"
        rows = self._engine.read().execute(query).fetchall()
        return {outcome or "waiting": count for outcome, count in rows}

    def of(self, permit: Permit) -> tuple[Posted, ...]:
        """Return what is left of the letters to the permit's subject, oldest first."""
        members = self._engine.members(self._engine.covered(permit))
        query = (
            "SELECT kind, queued_at, done_at, outcome FROM letters"
            f" WHERE subject IN ({places(members)}) ORDER BY queued_at, id"
        )
        rows = self._engine.read().execute(query, members).fetchall()
        return tuple(
            Posted(
                kind=kind,
                queued_at=from_ms(queued_at),
                done_at=from_ms(done_at) if done_at else None,
                outcome=outcome or "waiting",
            )
            for kind, queued_at, done_at, outcome in rows
        )

    def forget(self, before: datetime) -> int:
        """Let go of what remains of letters that were done before then; return how many."""
        query = "DELETE FROM letters WHERE outcome <> '' AND done_at < ?"
        return self._engine.writer.run(lambda db: db.execute(query, (to_ms(before),)).rowcount)

    def _opened(self, db: sqlite3.Connection, row: Row) -> Queued | None:
        number, whose, kind, queued_at, tries, sealed = row
        subject = None if whose is None else SubjectId(whose)
        said = unseal_own(db, self._keys, sealed, table=TABLE, subject=subject)
        if said is None:
            return None
        to, title, text = cast("list[str]", said)
        return Queued(
            id=number,
            letter=Letter(kind=kind, to=to, title=title, text=text),
            queued_at=from_ms(queued_at),
            tries=tries,
        )


def put(
    db: sqlite3.Connection,
    keys: SubjectKeys,
    letter: Letter,
    *,
    subject: SubjectId | None,
    at: datetime,
    until: datetime,
) -> None:
    """
    Keep *letter*, in the running transaction.

    Raises:
        NotFound: *subject* is not there any more.
    """
    said = (letter.to, letter.title, letter.text)
    sealed = seal_own(db, keys, said, table=TABLE, subject=subject)
    now = to_ms(at)
    row = (secrets.token_hex(16), subject, letter.kind, now, to_ms(until), now, sealed)
    db.execute(_PUT, row)


def _settle(db: sqlite3.Connection, number: str, *, outcome: str, at: int) -> None:
    row = db.execute(
        "SELECT length(sealed) FROM letters WHERE id = ? AND outcome = ''", (number,)
    ).fetchone()
    if row is not None:
        db.execute(
            "UPDATE letters SET outcome = ?, done_at = ?, claimed_until = 0, sealed = ?"
            " WHERE id = ?",
            (outcome, at, bytes(row[0]), number),
        )

"""
Who is signed in, by the hash of what their browser holds: the store alone opens nothing.

What a session says is sealed under the key of its subject.  That of a holder whom nobody knows yet
is sealed under the shop's own until they are known; an erasure of anybody ends those as well, for
one of them may be of the same person.
"""

from __future__ import annotations

import hmac
import sqlite3
from datetime import datetime
from typing import Final

from tactful.adapters.sqlite.days import from_ms, to_ms
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.own_sealing import seal_own, unseal_own
from tactful.adapters.sqlite.persons import places
from tactful.adapters.sqlite.subject_keys import SubjectKeys
from tactful.adapters.sqlite.writer import Job
from tactful.gate import Permit
from tactful.terms import Session, SubjectId

TABLE: Final = "sessions"
_CODES: Final = "sessions.code"

_FIND: Final = (
    "SELECT subject, sealed, began_at, seen_at, proved_at FROM sessions"
    " WHERE hash = ? AND seen_at > ? AND began_at > ?"
)
_BEGIN: Final = (
    "INSERT INTO sessions (hash, subject, sealed, began_at, seen_at, proved_at, code_until,"
    " code_tries, code) VALUES (?, ?, ?, ?, ?, ?, 0, 0, ?)"
)
_CODE: Final = "SELECT subject, code, code_tries FROM sessions WHERE hash = ? AND code_until > ?"


class SqliteSessions:
    """Implements `tactful.shop.signing_in.Sessions`."""

    def __init__(self, engine: Engine, keys: SubjectKeys) -> None:
        self._engine = engine
        self._keys = keys

    def begin(self, mark: bytes, session: Session, *, ending: bytes = b"") -> None:
        """
        Keep *session* under *mark*, and end the one under *ending* with the same commit.

        Raises:
            NotFound: its subject is not there any more.
        """

        def work(db: sqlite3.Connection) -> None:
            _end(db, ending)
            times = (session.began_at, session.seen_at, session.proved_at)
            sealed = self._sealed(db, session.user_id, session.subject)
            row = (mark, session.subject, sealed, *map(to_ms, times), b"")
            db.execute(_BEGIN, row)

        self._engine.writer.run(work)

    def find(self, mark: bytes, *, seen_after: datetime, began_after: datetime) -> Session | None:
        """Return the session under *mark* that was seen and begun after these times."""
        db = self._engine.read()
        asked = (mark, to_ms(seen_after), to_ms(began_after))
        row = db.execute(_FIND, asked).fetchone()
        if row is None:
            return None
        subject = None if row[0] is None else SubjectId(row[0])
        user_id = unseal_own(db, self._keys, row[1], table=TABLE, subject=subject)
        if user_id is None:
            return None
        began_at, seen_at, proved_at = map(from_ms, row[2:])
        return Session(
            user_id=str(user_id),
            subject=subject,
            began_at=began_at,
            seen_at=seen_at,
            proved_at=proved_at,
        )

    def see(self, mark: bytes, at: datetime) -> None:
        """Note that the session under *mark* was used; waits for no disk."""
        query = "UPDATE sessions SET seen_at = ? WHERE hash = ? AND seen_at < ?"
        values = (to_ms(at), mark, to_ms(at))
        self._engine.writer.submit(Job(work=lambda db: db.execute(query, values)))

    def bind(self, mark: bytes, session: Session, subject: SubjectId) -> None:
        """
        Note that the holder of the session under *mark* is known now, as *subject*.

        Raises:
            NotFound: they are not any more.
        """

        def work(db: sqlite3.Connection) -> None:
            query = "UPDATE sessions SET subject = ?, sealed = ? WHERE hash = ? AND subject IS NULL"
            db.execute(query, (subject, self._sealed(db, session.user_id, subject), mark))

        self._engine.writer.run(work)

    def end(self, mark: bytes) -> None:
        """End the session under *mark*, if there is one; durable on return."""
        self._engine.writer.run(lambda db: _end(db, mark))

    def await_code(self, mark: bytes, code: str, *, until: datetime) -> None:
        """Let the session under *mark* be proved by *code* from now on, and by none of before."""

        def work(db: sqlite3.Connection) -> None:
            row = db.execute("SELECT subject FROM sessions WHERE hash = ?", (mark,)).fetchone()
            if row is not None:
                subject = None if row[0] is None else SubjectId(row[0])
                sealed = seal_own(db, self._keys, code, table=_CODES, subject=subject)
                query = (
                    "UPDATE sessions SET code = ?, code_until = ?, code_tries = 0 WHERE hash = ?"
                )
                db.execute(query, (sealed, to_ms(until), mark))

        self._engine.writer.run(work)

    def prove(self, mark: bytes, code: str, *, at: datetime, most: int) -> bool:
        """
        Note that *code* was said, and tell whether it proves the session under *mark* at last.

        Every try counts, whichever process it comes to; after *most* of them no code is right.
        """

        def work(db: sqlite3.Connection) -> bool:
            row = db.execute(_CODE, (mark, to_ms(at))).fetchone()
            if row is None or row[2] >= most:
                return False
            db.execute("UPDATE sessions SET code_tries = code_tries + 1 WHERE hash = ?", (mark,))
            subject = None if row[0] is None else SubjectId(row[0])
            right = unseal_own(db, self._keys, row[1], table=_CODES, subject=subject)
            if right is None or not hmac.compare_digest(str(right).encode(), code.encode()):
                return False
            query = "UPDATE sessions SET proved_at = ?, code_until = 0, code = ? WHERE hash = ?"
            db.execute(query, (to_ms(at), bytes(len(row[1])), mark))
            return True

        return self._engine.writer.run(work)

    def of(self, permit: Permit) -> tuple[Session, ...]:
        """Return the sessions of the permit's subject, oldest first."""
        db = self._engine.read()
        members = self._engine.members(self._engine.covered(permit))
        query = f"SELECT hash FROM sessions WHERE subject IN ({places(members)}) ORDER BY began_at"
        long_ago = from_ms(0)
        marks = [mark for (mark,) in db.execute(query, members).fetchall()]
        found = (self.find(m, seen_after=long_ago, began_after=long_ago) for m in marks)
        return tuple(session for session in found if session is not None)

    def forget(self, *, seen_before: datetime, began_before: datetime) -> int:
        """Let go of the sessions that are over; return how many."""
        query = "DELETE FROM sessions WHERE seen_at <= ? OR began_at <= ?"
        values = (to_ms(seen_before), to_ms(began_before))
        return self._engine.writer.run(lambda db: db.execute(query, values).rowcount)

    def _sealed(self, db: sqlite3.Connection, user_id: str, subject: SubjectId | None) -> bytes:
        return seal_own(db, self._keys, user_id, table=TABLE, subject=subject)


def _end(db: sqlite3.Connection, mark: bytes) -> None:
    if mark:
        db.execute("DELETE FROM sessions WHERE hash = ?", (mark,))

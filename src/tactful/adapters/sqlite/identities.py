"""Who is known, by which identifiers: sealed, and found by a keyed blind index."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from tactful.adapters.sqlite.changes import ANYBODY, Change, ChangeKind
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.memory import Memory
from tactful.adapters.sqlite.subject_keys import SubjectKeys, seal_for
from tactful.terms import Identifier, Mistake, NotFound, SubjectId

_REMEMBERED = 200_000
_FIND = "SELECT subject FROM identifiers WHERE kind = ? AND blind_index = ?"

TABLE = "identifiers"


class SqliteIdentities:
    """Implements `tactful.capabilities.profile.ports.Identities`."""

    def __init__(self, engine: Engine, keys: SubjectKeys) -> None:
        self._engine = engine
        self._keys = keys
        self._memory: Memory[tuple[str, bytes], SubjectId] = Memory(most=_REMEMBERED)
        engine.changes.heed(self._heed)

    def find(self, identifier: Identifier) -> SubjectId | None:
        """Return the subject that *identifier* names, if there is one."""
        name = (identifier.kind.value, self._keys.index(identifier))
        known = self._memory.kept.get(name)
        if known is not None:
            return known
        stamp = self._memory.stamp
        found = self._look_up(self._engine.read(), identifier)
        if found is not None:  # that a name is free is never remembered: it may be taken next
            self._memory.keep(name, found, stamp=stamp)
        return found

    def admit(self, identifiers: Sequence[Identifier], *, at: datetime) -> SubjectId:
        """Return the subject named by the first identifier that is known; else a new one."""
        if not identifiers:
            raise Mistake("a subject needs an identifier: send userId or anonymousId")
        found = [self.find(name) for name in identifiers]
        if found[0] is not None and all(found):
            return found[0]
        admitted = Change(subject=ANYBODY, kind=ChangeKind.ADMITTED)
        return self._engine.writer.run(
            lambda db: self._link(db, identifiers, at),
            kept=lambda: self._engine.changes.tell(admitted),
        )

    def _link(self, db: sqlite3.Connection, named: Sequence[Identifier], at: datetime) -> SubjectId:
        """Find or make the subject, and link what named nobody, in the running transaction."""
        owners = [self._look_up(db, name) for name in named]
        subject = next((owner for owner in owners if owner is not None), None)
        key = None if subject is None else self._keys.of(db, subject)
        if subject is None or key is None:
            subject = _new_subject(db, at)
            key = self._keys.create(db, subject)
        for name, owner in zip(named, owners, strict=True):
            if owner is None:
                sealed = seal_for(key, encode(name.value), table=TABLE, subject=subject)
                db.execute(
                    "INSERT OR IGNORE INTO identifiers (kind, blind_index, subject, sealed)"
                    " VALUES (?, ?, ?, ?)",  # ignored: the same identifier twice in one call
                    (name.kind.value, self._keys.index(name), subject, sealed),
                )
        return subject

    def _look_up(self, db: sqlite3.Connection, identifier: Identifier) -> SubjectId | None:
        kind = identifier.kind.value
        return self._keys.look_up(db, identifier, lambda index: _find(db, (kind, index)))

    def _heed(self, change: Change) -> None:
        if change.kind is ChangeKind.ERASED:
            self._memory.clear()


def encode(value: str) -> bytes:
    """Return *value* as it is sealed: any text that Python can hold."""
    return value.encode(errors="surrogatepass")


def decode(value: bytes) -> str:
    """Return what `encode` was given."""
    return value.decode(errors="surrogatepass")


def require_subject(db: sqlite3.Connection, subject: SubjectId) -> None:
    """
    Raise unless *subject* is still there.

    Raises:
        NotFound: erased since the permit was given.
    """
    if db.execute("SELECT 1 FROM subjects WHERE id = ?", (subject,)).fetchone() is None:
        raise NotFound("there is no such subject, or no longer")


def _find(db: sqlite3.Connection, name: tuple[str, bytes]) -> SubjectId | None:
    row = db.execute(_FIND, name).fetchone()
    return None if row is None else SubjectId(row[0])


def _new_subject(db: sqlite3.Connection, at: datetime) -> SubjectId:
    cursor = db.execute("INSERT INTO subjects (created_at) VALUES (?)", (int(at.timestamp()),))
    return SubjectId(cursor.lastrowid or 0)

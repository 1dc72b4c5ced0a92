"""Each subject's own key, wrapped by the master key: with it goes all that it sealed."""

from __future__ import annotations

import os
import sqlite3
from typing import Final, Protocol

from tactful.mechanisms.sealing import (
    KEY_BYTES,
    BlindIndex,
    blind_index,
    derive,
    seal,
    unseal,
)
from tactful.terms import Identifier, SubjectId, Trouble

_CHECK: Final = "tactful store"


class Keys(Protocol):
    """Where the master key comes from."""

    def master(self) -> bytes:
        """Return 32 bytes."""


def destroy_key(db: sqlite3.Connection, subject: SubjectId) -> None:
    """
    Overwrite the key of *subject* in its place.

    The row stays, blank: deleting it would make SQLite move other keys between pages, and what
    it moves it leaves behind as a copy.
    """
    row = db.execute("SELECT length(wrapped) FROM keys WHERE subject = ?", (subject,)).fetchone()
    if row is not None:
        db.execute("UPDATE keys SET wrapped = ? WHERE subject = ?", (bytes(row[0]), subject))


class SubjectKeys:
    """Seals and opens values of subjects, and indexes identifiers."""

    def __init__(self, keys: Keys) -> None:
        master = keys.master()
        self._wrapping = derive(master, "tactful 1 wrap subject keys")
        self._indexing = BlindIndex(derive(master, "tactful 1 blind index"))
        self.check = blind_index(derive(master, "tactful 1 check"), "check", _CHECK)

    def create(self, db: sqlite3.Connection, subject: SubjectId) -> bytes:
        """Give *subject* a key, in the running transaction, and return it."""
        key = os.urandom(KEY_BYTES)
        wrapped = seal(self._wrapping, key, about=_about("key", subject), random=os.urandom)
        db.execute("INSERT INTO keys (subject, wrapped) VALUES (?, ?)", (subject, wrapped))
        return key

    def of(self, db: sqlite3.Connection, subject: SubjectId) -> bytes | None:
        """Return the key of *subject*, or None where there is none, or no longer."""
        row = db.execute("SELECT wrapped FROM keys WHERE subject = ?", (subject,)).fetchone()
        if row is None or not any(row[0]):
            return None
        return unseal(self._wrapping, row[0], about=_about("key", subject))

    def index(self, identifier: Identifier) -> bytes:
        """Return what *identifier* is found by."""
        return self._indexing.of(identifier.kind.value, identifier.value)

    def verify(self, recorded: bytes) -> None:
        """
        Raise unless the store was made under this master key.

        Raises:
            Trouble: it was made under another one.
        """
        if recorded != self.check:
            raise Trouble(
                "this is not the master key that the store was made with: "
                "put the right key file back, from your backup"
            )


def seal_for(key: bytes, plain: bytes, *, table: str, subject: SubjectId) -> bytes:
    """Seal *plain* under a subject's *key*, bound to its place."""
    return seal(key, plain, about=_about(table, subject), random=os.urandom)


def unseal_for(key: bytes, sealed: bytes, *, table: str, subject: SubjectId) -> bytes:
    """Open what `seal_for` sealed for the same place."""
    return unseal(key, sealed, about=_about(table, subject))


def _about(table: str, subject: SubjectId) -> bytes:
    return f"{table}:{subject}".encode()

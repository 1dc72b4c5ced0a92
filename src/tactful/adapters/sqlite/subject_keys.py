"""
Each subject's own key, wrapped by the master key: with it goes all that it sealed.

What new keys are wrapped under is read from the store in the transaction that writes them: a
generation that another process began is then never missed, and one it retired never used.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, TypeVar

from tactful.adapters.sqlite.shop_keys import INDEX as INDEX_KEY
from tactful.adapters.sqlite.shop_keys import ShopKeys, current, is_in_use, number_of, text_of
from tactful.mechanisms.keyring import Keyring, Masters, fingerprint
from tactful.mechanisms.sealing import KEY_BYTES, BlindIndex, seal, unseal
from tactful.terms import Identifier, SubjectId, Trouble

T = TypeVar("T")

Keys = Masters | Keyring
"""Where the master keys come from."""

_OF: Final = "SELECT generation, wrapped FROM keys WHERE subject = ?"


@lru_cache(maxsize=8)
def _prepared(key: bytes) -> BlindIndex:
    """Prepare *key*: each identifier of each call is indexed under it."""
    return BlindIndex(key)


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
        self.ring = keys if isinstance(keys, Keyring) else Keyring(keys)
        self.shop = ShopKeys(self.ring)

    def check_in(self, db: sqlite3.Connection) -> None:
        """
        See that the store was made under this master key; a new store is made under the newest.

        Raises:
            Trouble: it was made under another one, or one of its generations is missing.
        """
        query = "SELECT generation, fingerprint FROM key_generations ORDER BY generation"
        known = db.execute(query).fetchall()
        for generation, mark in known:
            self._verify(db, number_of(generation), mark)
        if not known:
            begin(db, self.ring, self.ring.newest)
        self.shop.check_in(db, legacy=bool(known))

    def create(self, db: sqlite3.Connection, subject: SubjectId) -> bytes:
        """Give *subject* a key, in the running transaction, and return it."""
        key = os.urandom(KEY_BYTES)
        generation = current(db)
        db.execute(
            "INSERT INTO keys (subject, generation, wrapped) VALUES (?, ?, ?)",
            (subject, text_of(generation), self.wrap(key, subject, under=generation)),
        )
        return key

    def of(self, db: sqlite3.Connection, subject: SubjectId) -> bytes | None:
        """Return the key of *subject*, or None where there is none, or no longer."""
        row = db.execute(_OF, (subject,)).fetchone()
        if row is not None and self.ring.find(number_of(row[0])) is None:
            row = db.execute(_OF, (subject,)).fetchone()  # wrapped anew and retired meanwhile
        if row is None or not any(row[1]):
            return None
        return self.unwrap(row[1], subject, under=number_of(row[0]))

    def wrap(self, key: bytes, subject: SubjectId, *, under: int) -> bytes:
        """Return *key* of *subject*, wrapped under a generation of the master key."""
        wrapping = self.shop.wrapping(under)
        return seal(wrapping, key, about=_about("key", subject), random=os.urandom)

    def unwrap(self, wrapped: bytes, subject: SubjectId, *, under: int) -> bytes:
        """Return what `wrap` wrapped."""
        return unseal(self.shop.wrapping(under), wrapped, about=_about("key", subject))

    def index(self, identifier: Identifier) -> bytes:
        """Return what *identifier* is found by, once all are indexed anew."""
        return self.indexes(identifier)[-1]

    def indexes(self, identifier: Identifier) -> tuple[bytes, ...]:
        """
        Return what *identifier* may be found by, the newest last; two while all are indexed anew.

        Ask for them in this order: a row moves from the older to the newer, and is then missed by
        neither question.
        """
        kind, value = identifier.kind, identifier.value
        return tuple([_prepared(key).of(kind, value) for key in self.shop.all(INDEX_KEY)])

    def indexes_now(self, db: sqlite3.Connection, identifier: Identifier) -> tuple[bytes, ...]:
        """Return the same as of *db*'s running transaction, whatever another process began."""
        self.shop.read(db, INDEX_KEY)
        return self.indexes(identifier)

    def look_up(
        self, db: sqlite3.Connection, identifier: Identifier, find: Callable[[bytes], T | None]
    ) -> T | None:
        """
        Return what *find* finds by an index of *identifier*, or None.

        Nothing is missed while another process begins or ends to index everything anew.
        """
        found = _first(self.indexes(identifier), find)
        if found is None and self.shop.read(db, INDEX_KEY):
            found = _first(self.indexes(identifier), find)
        return found

    def _verify(self, db: sqlite3.Connection, generation: int, mark: bytes) -> None:
        master = self.ring.find(generation)
        if master is None and is_in_use(db, generation):
            raise Trouble(
                f"generation {generation} of the master key is missing, and keys are still wrapped "
                "under it: put its key file back, from your backup; if it was retired, nobody can "
                "open this copy of the store any more"
            )
        if master is not None and fingerprint(master) != mark:
            raise Trouble(
                "this is not the master key that the store was made with: "
                "put the right key file back, from your backup"
            )


def _first(indexes: Sequence[bytes], find: Callable[[bytes], T | None]) -> T | None:
    return next((found for index in indexes if (found := find(index)) is not None), None)


def begin(db: sqlite3.Connection, ring: Keyring, generation: int) -> None:
    """Wrap what is new under *generation* from now on."""
    db.execute(
        "INSERT INTO key_generations (generation, fingerprint) VALUES (?, ?)"
        " ON CONFLICT (generation) DO NOTHING",
        (text_of(generation), fingerprint(ring.master(generation))),
    )


def seal_for(key: bytes, plain: bytes, *, table: str, subject: SubjectId) -> bytes:
    """Seal *plain* under a subject's *key*, bound to its place."""
    return seal(key, plain, about=_about(table, subject), random=os.urandom)


def unseal_for(key: bytes, sealed: bytes, *, table: str, subject: SubjectId) -> bytes:
    """Open what `seal_for` sealed for the same place."""
    return unseal(key, sealed, about=_about(table, subject))


def _about(table: str, subject: SubjectId) -> bytes:
    return f"{table}:{subject}".encode()

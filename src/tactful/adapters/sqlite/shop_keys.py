"""
The shop's own keys that outlive a master key, wrapped by it.

One indexes identifiers, one hides subjects in receipts.  They were derived from the master key
once.  A store of that time gets those very keys, wrapped, so that nothing changes for it; a new
store gets random ones.  One came later: it seals what belongs to no subject, such as a letter to
the privacy officer.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from typing import Final

from tactful.mechanisms.keyring import FIRST, Keyring
from tactful.mechanisms.sealing import KEY_BYTES, derive, seal, unseal

INDEX: Final = "index"
RECEIPTS: Final = "receipts"
OWN: Final = "own"

_BEFORE: Final = {INDEX: "tactful 1 blind index", RECEIPTS: "receipts", OWN: ""}
"""The label under which each was derived from the master key; empty where it never was."""

_ALL: Final = "SELECT number, generation, wrapped FROM shop_keys WHERE name = ? ORDER BY number"


class ShopKeys:
    """The shop's own keys in memory, by name, the oldest first."""

    def __init__(self, ring: Keyring) -> None:
        self._ring = ring
        self._wrapping: dict[int, bytes] = {}
        self._numbers: dict[str, tuple[int, ...]] = {}
        self._keys: dict[str, tuple[bytes, ...]] = {}

    def check_in(self, db: sqlite3.Connection, *, legacy: bool) -> None:
        """Read the keys; make those that are missing, in the running transaction."""
        for name, label in _BEFORE.items():
            if db.execute("SELECT 1 FROM shop_keys WHERE name = ?", (name,)).fetchone() is None:
                before = derive(self._ring.master(FIRST), label) if legacy and label else None
                self.add(db, name, 1, before or os.urandom(KEY_BYTES))
            self.read(db, name)

    def all(self, name: str) -> tuple[bytes, ...]:
        """Return the keys called *name* as last read, the oldest first."""
        return self._keys[name]

    def add(self, db: sqlite3.Connection, name: str, number: int, key: bytes) -> None:
        """Write down *key* under the newest generation of the master key."""
        generation = current(db)
        db.execute(
            "INSERT INTO shop_keys (name, number, generation, wrapped) VALUES (?, ?, ?, ?)",
            (name, number, text_of(generation), self._wrap(name, number, key, under=generation)),
        )

    def read(self, db: sqlite3.Connection, name: str) -> bool:
        """Read the keys called *name* where they are others than before; tell whether they were."""
        rows = db.execute(_ALL, (name,)).fetchall()
        numbers = tuple(number for number, _, _ in rows)
        if numbers == self._numbers.get(name):
            return False
        self._keys[name] = tuple(self._unwrap(name, row) for row in rows)
        self._numbers[name] = numbers
        return True

    def numbers(self, name: str) -> Sequence[int]:
        """Return the numbers of the keys called *name*, the oldest first."""
        return self._numbers[name]

    def rewrap(self, db: sqlite3.Connection, generation: int) -> None:
        """Wrap every key under *generation*, in the running transaction."""
        for name in _BEFORE:
            for row in db.execute(_ALL, (name,)).fetchall():
                wrapped = self._wrap(name, row[0], self._unwrap(name, row), under=generation)
                db.execute(
                    "UPDATE shop_keys SET generation = ?, wrapped = ?"
                    " WHERE name = ? AND number = ?",
                    (text_of(generation), wrapped, name, row[0]),
                )

    def wrapping(self, generation: int) -> bytes:
        """Return what wraps keys under *generation*."""
        found = self._wrapping.get(generation)
        if found is None:
            found = derive(self._ring.master(generation), "tactful 1 wrap subject keys")
            self._wrapping[generation] = found
        return found

    def expire(self) -> None:
        """Forget what wraps: a generation may have been retired."""
        self._wrapping = {}

    def _wrap(self, name: str, number: int, key: bytes, *, under: int) -> bytes:
        return seal(self.wrapping(under), key, about=_about(name, number), random=os.urandom)

    def _unwrap(self, name: str, row: tuple[int, str, bytes]) -> bytes:
        number, generation, wrapped = row
        wrapping = self.wrapping(number_of(generation))
        return unseal(wrapping, wrapped, about=_about(name, number))


def current(db: sqlite3.Connection) -> int:
    """Return the generation that new keys are wrapped under."""
    query = "SELECT generation FROM key_generations ORDER BY generation DESC LIMIT 1"
    return number_of(db.execute(query).fetchone()[0])


def is_in_use(db: sqlite3.Connection, generation: int) -> bool:
    """Tell whether any key is wrapped under *generation*."""
    query = (
        "SELECT 1 FROM keys WHERE generation = ?"
        " UNION ALL SELECT 1 FROM shop_keys WHERE generation = ? LIMIT 1"
    )
    return db.execute(query, (text_of(generation),) * 2).fetchone() is not None


def text_of(generation: int) -> str:
    """Return *generation* as the store has it: four digits, so that a row keeps its size."""
    return f"{generation:04d}"


def number_of(text: str) -> int:
    """Return the generation that `text_of` wrote."""
    return int(text)


def _about(name: str, number: int) -> bytes:
    return f"shop key:{name}:{number}".encode()

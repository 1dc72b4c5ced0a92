"""
See for oneself that SQLite wipes what it deletes: promises of erasure rest on it.

Tried on a file of its own, beside the store and with the store's settings: once for a new store,
and again whenever the version of SQLite is another.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from pathlib import Path
from typing import Final

from tactful.adapters.sqlite.connections import FILE, connect
from tactful.adapters.sqlite.meta import WIPES, note
from tactful.terms import Trouble

_SHORT: Final = 40
_LONG: Final = 20_000
"""A value that takes pages of its own."""


def require_wiping(db: sqlite3.Connection, folder: Path) -> None:
    """
    Raise unless this SQLite is known to wipe, or is seen to do so now.

    Raises:
        Trouble: bytes that were deleted are in the file still.
    """
    version = sqlite3.sqlite_version.encode()
    row = db.execute("SELECT value FROM meta WHERE name = ?", (WIPES,)).fetchone()
    if row is not None and row[0] == version:
        return
    if not wipes(folder):
        raise Trouble(
            f"this SQLite ({sqlite3.sqlite_version}) leaves what it deletes in the file, so nobody "
            "could be erased: install a Python whose SQLite honours secure_delete"
        )
    db.execute("BEGIN IMMEDIATE")
    note(db, WIPES, version)
    db.execute("COMMIT")


def wipes(folder: Path, *, setting: str = "ON") -> bool:
    """
    Tell whether rows that were deleted leave no byte in a file in *folder*.

    Args:
        folder: Where the file is made, and removed again.
        setting: Of `secure_delete`; another than the store's shows what is seen without it.
    """
    path = folder / f"{FILE}-trial-{os.getpid()}-{secrets.token_hex(4)}"
    path.touch(mode=0o600)
    try:
        marker = secrets.token_bytes(_SHORT)
        _write_and_delete(path, marker, setting)
        return not any(marker in left.read_bytes() for left in folder.glob(f"{path.name}*"))
    finally:
        for left in folder.glob(f"{path.name}*"):
            left.unlink(missing_ok=True)


def _write_and_delete(path: Path, marker: bytes, setting: str) -> None:
    db = connect(path)
    try:
        db.execute("PRAGMA synchronous = OFF")  # read back at once: no need to wait for the disk
        db.execute(f"PRAGMA secure_delete = {setting}")
        db.execute("CREATE TABLE trial (id INTEGER PRIMARY KEY, value BLOB)")
        values = [bytes(_SHORT), marker, bytes(_SHORT), marker * (_LONG // _SHORT), bytes(_SHORT)]
        db.executemany("INSERT INTO trial (value) VALUES (?)", ((value,) for value in values))
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # or the marker would never reach the file
        db.execute("DELETE FROM trial WHERE id IN (2, 4)")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        db.close()

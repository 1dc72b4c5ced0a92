"""What the store notes about itself."""

from __future__ import annotations

import sqlite3
from typing import Final

KEY_CHECK: Final = "key_check"
POLICY_HASH: Final = "policy_hash"
"""Of the policy that all digests on the disk were taken under; empty where they are not."""


def noted(db: sqlite3.Connection, name: str, *, default: bytes = b"") -> bytes:
    """Return what is noted under *name*; note *default* where nothing is."""
    row = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    if row is None:
        note(db, name, default)
        return default
    return bytes(row[0])


def note(db: sqlite3.Connection, name: str, value: bytes) -> None:
    """Note *value* under *name*, in the running transaction."""
    db.execute(
        "INSERT INTO meta (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )

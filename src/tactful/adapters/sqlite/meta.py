"""What the store notes about itself."""

from __future__ import annotations

import sqlite3
from typing import Final

REINDEXED: Final = "reindexed"
"""The last subject whose identifiers are indexed under the newest key, while that goes on."""

WIPES: Final = "wipes"
"""The version of SQLite that was seen to wipe what it deletes."""

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
    db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))

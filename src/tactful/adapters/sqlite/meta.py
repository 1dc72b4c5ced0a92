"""What the store notes about itself."""

from __future__ import annotations

import sqlite3
from typing import Final

from tactful.terms import Trouble

MOVING: Final = "moving"
"""The name of the move into a database that was begun; the database notes it, too."""

MOVED: Final = "moved"
"""The same, once it is done: the file takes no more."""

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


def require_here(db: sqlite3.Connection) -> None:
    """
    Raise unless the store is in this file.

    Raises:
        Trouble: it was moved to a database.
    """
    if db.execute("SELECT 1 FROM meta WHERE name = ?", (MOVED,)).fetchone():
        raise Trouble(
            "the store of this folder was moved to a database: name it in [store] url, "
            "or in TACTFUL_STORE_URL"
        )


def note(db: sqlite3.Connection, name: str, value: bytes) -> None:
    """Note *value* under *name*, in the running transaction."""
    db.execute(
        "INSERT INTO meta (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )

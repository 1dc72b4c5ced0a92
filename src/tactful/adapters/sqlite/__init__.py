"""The embedded store: everything in one SQLite file, written by one thread."""

from tactful.adapters.sqlite.changes import Change, ChangeKind
from tactful.adapters.sqlite.store import SqliteStore, open_store

__all__ = ["Change", "ChangeKind", "SqliteStore", "open_store"]

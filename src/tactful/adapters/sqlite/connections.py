"""
Connections to the store's one file, each set up the same way.

Readers belong to a thread and see a snapshot per query; the only writer is in `writer`.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar

from tactful.terms import Busy, NotAShop, StoreAway, StoreFull, Trouble

E = TypeVar("E", bound=BaseException)

FILE: Final = "store.db"
BUSY_SECONDS: Final = 5.0

_CANNOT_WRITE = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
}
_HELD = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PRIMARY = 0xFF  # the low byte of an extended result code


class Connection(sqlite3.Connection):
    """A connection that closes itself when its thread ends and nobody can ask it any more."""

    def __del__(self) -> None:
        with suppress(sqlite3.ProgrammingError):  # it was never opened
            self.close()


def connect(path: Path) -> Connection:
    """
    Open the file at *path* with the settings that the store's promises rest on.

    Raises:
        NotAShop: there is no such file, or it is something else.
        Trouble: this SQLite cannot wipe what it deletes.
    """
    try:
        db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            isolation_level=None,
            check_same_thread=False,  # a pool hands work on, and `close` runs elsewhere
            timeout=BUSY_SECONDS,
            cached_statements=1024,  # a statement per day of events is prepared once
            factory=Connection,
        )
    except sqlite3.Error as error:
        raise _not_a_store(path, error) from error
    try:
        _set_up(db)
    except sqlite3.Error as error:
        db.close()
        raise _not_a_store(path, error) from error
    return db


def _set_up(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA temp_store = MEMORY")  # nothing personal spills into files of its own
    db.execute("PRAGMA cache_size = -16000")  # 16 MB
    db.execute("PRAGMA wal_autocheckpoint = 4000")  # 16 MB of log
    if db.execute("PRAGMA secure_delete = ON").fetchone() != (1,):
        raise Trouble("this SQLite was built without secure_delete: erased data would stay")


def _not_a_store(path: Path, error: sqlite3.Error) -> Trouble:
    if error.sqlite_errorcode & _PRIMARY in _CANNOT_WRITE and path.exists():
        return Trouble(
            f"cannot write to {path} ({error}): is the folder read-only, or the disk full?"
        )
    if error.sqlite_errorcode & _PRIMARY in _HELD:
        return Busy(f"{path} is locked by another process: try again when it has finished")
    return NotAShop(f"{path.parent} holds no tactful store: run `tactful init` to make one")


def trouble_of(error: E) -> E | StoreFull | Busy | StoreAway:
    """Return what *error* means to whoever waits: `StoreFull`, `Busy`, `StoreAway`, or itself."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & _PRIMARY in _CANNOT_WRITE:
        return StoreFull(
            f"the store cannot write ({error}): free some space; nothing was half written"
        )
    if code is not None and code & _PRIMARY in _HELD:
        return Busy("another process holds the store: try again")
    if code == sqlite3.SQLITE_CONSTRAINT_TRIGGER:
        return StoreAway("the store was moved to a database: restart the server, to find it there")
    return error


class Readers:
    """A reading connection per thread, opened when first asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._all: weakref.WeakSet[Connection] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._closed = False

    def get(self) -> sqlite3.Connection:
        """
        Return this thread's connection.  Fetch all rows at once: an open read delays erasure.

        Raises:
            Trouble: the store is closed.
        """
        if self._closed:
            raise Trouble("the store is closed")
        try:
            db: Connection = self._local.db
        except AttributeError:
            db = self._open()
        return db

    def _open(self) -> Connection:
        db = connect(self._path)
        db.execute("PRAGMA query_only = ON")
        self._local.db = db
        with self._lock:
            self._all.add(db)
        return db

    def close(self) -> None:
        """Close the connections of all threads."""
        self._closed = True
        with self._lock:
            for db in list(self._all):
                db.close()

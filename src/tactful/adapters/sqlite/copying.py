"""
Copy a live store as it is at one moment, while everybody goes on.

One read transaction holds that moment still; what is counted and what is copied are the same.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tactful.adapters.sqlite.connections import FILE, connect, trouble_of
from tactful.adapters.sqlite.days import read_days
from tactful.terms import Trouble

PAGES: Final = 2_000
"""How much is copied between two reports: 8 MB."""

_DAMAGED: Final = "the store is damaged, and so would a backup be: restore an earlier one"

_COUNTED: Final = ("subjects", "identifiers", "traits", "statements", "items", "showings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a copy of a store holds, and which master keys open it."""

    version: str
    counts: Mapping[str, int]
    fingerprints: tuple[bytes, ...]


def copy_store(
    data: Path, to: Path, *, progress: Callable[[int, int], None] = lambda *_: None
) -> Copied:
    """
    Copy the store in the folder *data* to the file *to*, and see that the copy is sound.

    Raises:
        NotAShop: there is no store.
        Trouble: the copy cannot be written, or the store is damaged.
    """
    to.touch(mode=0o600)
    with closing(connect(data / FILE)) as db, closing(_plain(to)) as copy:
        try:
            db.execute("BEGIN")
            copied = _look(db)
            db.backup(copy, pages=PAGES, progress=lambda _, left, all_: progress(all_ - left, all_))
            sound = copy.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        except sqlite3.Error as error:
            raise _known(error) from error
    if not sound:
        raise Trouble(_DAMAGED)
    return copied


def _known(error: sqlite3.Error) -> Exception:
    meant = trouble_of(error)
    return Trouble(_DAMAGED) if meant is error else meant


def _plain(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)


def _look(db: sqlite3.Connection) -> Copied:
    counts = {table: _count(db, table) for table in _COUNTED}
    counts["events"] = sum(_count(db, f"{day.table} WHERE subject > 0") for day in read_days(db))
    marks = db.execute("SELECT fingerprint FROM key_generations ORDER BY generation").fetchall()
    (version,) = db.execute("SELECT version_num FROM alembic_version").fetchone()
    return Copied(
        version=version, counts=counts, fingerprints=tuple(bytes(mark) for (mark,) in marks)
    )


def _count(db: sqlite3.Connection, what: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {what}").fetchone()[0])

"""
What changed, told to every cache: of this process at once, of others within half a second.

A change is also a row, so that another process on the same folder hears of it.  It names the
subject by number and the kind of change, never its content.
"""

from __future__ import annotations

import enum
import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

ANYBODY = 0


class ChangeKind(enum.StrEnum):
    """What sort of thing changed."""

    ADMITTED = "admitted"
    SAID = "said"
    SETTLED = "settled"
    JOINED = "joined"
    APPENDED = "appended"
    DROPPED = "dropped"
    ERASED = "erased"
    ITEMS = "items"
    MERGED = "merged"
    HANDED_ON = "handed on"
    MISSED = "missed"
    """The others could not be heard for a while: anything may have changed."""
    KEYS = "keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that happened to *subject*; ANYBODY where it may concern everyone."""

    subject: int
    kind: ChangeKind
    number: int = 0


Listener = Callable[[Change], None]

_NOT_WRITTEN_DOWN = (ChangeKind.ADMITTED, ChangeKind.APPENDED)
"""Too frequent for a row each: that another process committed anything says as much."""


class Changes:
    """The feed of one open store."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._origin = new_origin()
        self._listeners: list[Listener] = []
        self._seen = _last(db)
        self._version = self.version(db)

    def heed(self, listener: Listener) -> None:
        """Call *listener* with every change, on the writer's thread."""
        self._listeners.append(listener)

    def note(self, db: sqlite3.Connection, change: Change) -> None:
        """Write *change* down in the running transaction."""
        db.execute(
            "INSERT INTO changes (origin, subject, kind) VALUES (?, ?, ?)",
            (self._origin, change.subject, change.kind.value),
        )

    def tell(self, change: Change) -> None:
        """Tell the listeners: after the commit and before whoever waits for it goes on."""
        for listener in self._listeners:
            listener(change)

    def catch_up(self, db: sqlite3.Connection) -> None:
        """Tell what others committed since; *db* must be the connection that we write with."""
        version = self.version(db)
        if version == self._version:
            return
        self._version = version
        for kind in _NOT_WRITTEN_DOWN:
            self.tell(Change(subject=ANYBODY, kind=kind))
        query = "SELECT seq, subject, kind FROM changes WHERE seq > ? AND origin <> ? ORDER BY seq"
        for number, subject, kind in db.execute(query, (self._seen, self._origin)).fetchall():
            self.tell(Change(subject=subject, kind=ChangeKind(kind), number=number))
        self._seen = _last(db)

    def version(self, db: sqlite3.Connection) -> int:
        """Return a number that changes when, and only when, another connection committed."""
        return int(db.execute("PRAGMA data_version").fetchone()[0])


def new_origin() -> int:
    """Return a name for one open store, by which it knows its own changes."""
    return secrets.randbits(62)


def changes_since(db: sqlite3.Connection, number: int) -> tuple[Change, ...]:
    """Return what was written down after change *number*, by any process, oldest first."""
    rows = db.execute(
        "SELECT seq, subject, kind FROM changes WHERE seq > ? ORDER BY seq", (number,)
    ).fetchall()
    return tuple(Change(number=n, subject=s, kind=ChangeKind(kind)) for n, s, kind in rows)


def _last(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT coalesce(max(seq), 0) FROM changes").fetchone()[0])

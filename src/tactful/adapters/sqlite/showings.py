"""The words of notices that were shown before a choice, found by their hash."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.histories import microseconds
from tactful.adapters.sqlite.writer import Job
from tactful.terms import Notice


class SqliteShowings:
    """Implements `tactful.capabilities.consent.ports.Showings`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: set[str] = set()

    def keep(self, notice: Notice, at: datetime) -> None:
        """Keep the words of *notice*, once, without waiting for the disk."""
        if notice.hash in self._kept:
            return
        row = (notice.hash, microseconds(at), msgspec.msgpack.encode(notice))
        query = (
            "INSERT INTO showings (hash, first_shown_at, notice) VALUES (?, ?, ?)"
            " ON CONFLICT DO NOTHING"
        )
        self._engine.writer.submit(
            Job(
                work=lambda db: db.execute(query, row),
                kept=lambda: self._kept.add(notice.hash),
            )
        )

    def words(self, notice_hash: str) -> Notice | None:
        """Return the notice whose hash that is, as it was shown."""
        found = self._read(notice_hash)
        if found is None:
            self._engine.writer.settle()  # it may be on its way
            found = self._read(notice_hash)
        return found

    def _read(self, notice_hash: str) -> Notice | None:
        query = "SELECT notice FROM showings WHERE hash = ?"
        row = self._engine.read().execute(query, (notice_hash,)).fetchone()
        return None if row is None else msgspec.msgpack.decode(row[0], type=Notice)

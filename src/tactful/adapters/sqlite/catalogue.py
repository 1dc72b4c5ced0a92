"""The goods: a table, and a copy of it in memory that is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

import msgspec

from tactful.adapters.sqlite.changes import ANYBODY, Change, ChangeKind
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.memory import Memory
from tactful.terms import Item

_DECODER = msgspec.msgpack.Decoder(Item)
_ENCODER = msgspec.msgpack.Encoder()


class SqliteCatalogue:
    """Implements `tactful.capabilities.recommend.ports.Catalogue`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._memory: Memory[str, Mapping[str, Item]] = Memory(most=1)
        engine.changes.heed(self._heed)

    def get(self, item: str) -> Item | None:
        """Return the item called *item*."""
        return self.all().get(item)

    def all(self) -> Mapping[str, Item]:
        """Return every item by id.  The mapping must not be changed, and never changes."""
        known = self._memory.kept.get("all")
        return self._memory.fill("all", self._read) if known is None else known

    def put(self, items: Iterable[Item]) -> int:
        """Insert or replace *items*; return how many."""
        rows = {item.id: _ENCODER.encode(item) for item in items}

        def work(db: sqlite3.Connection) -> int:
            db.executemany(
                "INSERT INTO items (id, body) VALUES (?, ?)"
                " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
                rows.items(),
            )
            return len(rows)

        return self._engine.change(work, Change(subject=ANYBODY, kind=ChangeKind.ITEMS))

    def _read(self) -> Mapping[str, Item]:
        rows = self._engine.read().execute("SELECT body FROM items ORDER BY rowid").fetchall()
        items = (_DECODER.decode(row[0]) for row in rows)
        return {item.id: item for item in items}

    def _heed(self, change: Change) -> None:
        if change.kind in {ChangeKind.ITEMS, ChangeKind.MISSED}:
            self._memory.clear()

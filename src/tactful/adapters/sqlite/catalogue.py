"""
The goods: a table, and a copy of it in memory that is read.

A row is never deleted: an item that the shop removed stays as a tombstone.  So what changed since
the copy was made is what bears a higher number, whichever process wrote it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace

import msgspec

from tactful.adapters.sqlite.changes import ANYBODY, Change, ChangeKind
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.memory import Memory
from tactful.terms import Item
from tactful.terms.item import REMOVED

_DECODER = msgspec.msgpack.Decoder(Item)
_ENCODER = msgspec.msgpack.Encoder()
_UPSERT = (
    "INSERT INTO items (id, body, place, changed) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET body = excluded.body, changed = excluded.changed"
)
_CHANGED = Change(subject=ANYBODY, kind=ChangeKind.ITEMS)


class SqliteCatalogue:
    """Implements `tactful.capabilities.recommend.ports.Catalogue`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._memory: Memory[str, Mapping[str, Item]] = Memory(most=1)
        self._copy: tuple[int, Mapping[str, Item]] = (0, {})
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
        by_id = {item.id: item for item in items}

        def work(db: sqlite3.Connection) -> int:
            return _write(db, by_id.values())

        return self._engine.change(work, _CHANGED)

    def remove(self, items: Iterable[str]) -> int:
        """Make tombstones of the items of these ids; return how many were none before."""
        ids = tuple(dict.fromkeys(items))

        def work(db: sqlite3.Connection) -> int:
            lines = (_line(db, item) for item in ids)
            return _write(
                db,
                [replace(line, availability=REMOVED) for line in lines if not line.removed],
            )

        return self._engine.change(work, _CHANGED)

    def _read(self) -> Mapping[str, Item]:
        """Bring the copy up to date: the order of the goods is that in which they first came."""
        seen, goods = self._copy
        query = "SELECT body, changed FROM items WHERE changed > ? ORDER BY place"
        rows = self._engine.read().execute(query, (seen,)).fetchall()
        if rows:
            changed = (_DECODER.decode(body) for body, _ in rows)
            goods = {**goods, **{item.id: item for item in changed}}
            self._copy = (max(number for _, number in rows), goods)
        return goods

    def _heed(self, change: Change) -> None:
        if change.kind in {ChangeKind.ITEMS, ChangeKind.MISSED}:
            self._memory.clear()


def _write(db: sqlite3.Connection, items: Iterable[Item]) -> int:
    """Put *items* under the next numbers; two writers never hold the table at once."""
    (last,) = db.execute("SELECT coalesce(max(changed), 0) FROM items").fetchone()
    rows = [
        (item.id, _ENCODER.encode(item), number, number)
        for number, item in enumerate(items, start=last + 1)
    ]
    db.executemany(_UPSERT, rows)
    return len(rows)


def _line(db: sqlite3.Connection, item: str) -> Item:
    """Return what is known of *item*; of one that only the models know, its id."""
    row = db.execute("SELECT body FROM items WHERE id = ?", (item,)).fetchone()
    return _DECODER.decode(row[0]) if row else Item(id=item, title=item)

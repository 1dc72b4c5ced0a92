"""
Change what is wrapped and indexed under the master key, in batches, while the shop goes on.

Every batch is one transaction of the writer: killed at any moment, each key is wrapped under a
generation that is still there, and the work goes on where it stood.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from functools import partial
from typing import Final

from tactful.adapters.sqlite.changes import ANYBODY, Change, ChangeKind
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.identities import TABLE, decode
from tactful.adapters.sqlite.linking import CLAIMS
from tactful.adapters.sqlite.meta import REINDEXED, note
from tactful.adapters.sqlite.retaking import Progress, unheard
from tactful.adapters.sqlite.shop_keys import INDEX, current, is_in_use, number_of, text_of
from tactful.adapters.sqlite.subject_keys import SubjectKeys, begin, unseal_for
from tactful.mechanisms.sealing import KEY_BYTES, blind_index
from tactful.terms import Mistake, SubjectId

BATCH: Final = 500

_CHANGED: Final = Change(subject=ANYBODY, kind=ChangeKind.KEYS)

Row = tuple[str, bytes, int, bytes]
"""A kind of identifier, its blind index, its subject, and the identifier, sealed."""


class SqliteRekeying:
    """Begins and retires generations of the master key, and of the key that identifiers go by."""

    def __init__(self, engine: Engine, keys: SubjectKeys) -> None:
        self._engine = engine
        self._keys = keys
        engine.changes.heed(self._heed)

    def generations(self) -> Mapping[int, bytes]:
        """Return the fingerprint of each generation that is in use, the oldest first."""
        query = "SELECT generation, fingerprint FROM key_generations ORDER BY generation"
        return {number_of(text): mark for text, mark in self._engine.read().execute(query)}

    def counts(self) -> Mapping[int, int]:
        """Return how many keys of subjects each generation wraps, blank ones included."""
        query = "SELECT generation, count(*) FROM keys GROUP BY generation"
        found = {number_of(text): n for text, n in self._engine.read().execute(query)}
        return {generation: found.get(generation, 0) for generation in self.generations()}

    def begin(self, generation: int) -> None:
        """Wrap what is new under *generation*, in every process; the shop's own keys at once."""

        def work(db: sqlite3.Connection) -> None:
            begin(db, self._keys.ring, generation)
            self._keys.shop.rewrap(db, generation)

        self._engine.change(work, _CHANGED)

    def rewrap(self, progress: Progress = unheard) -> int:
        """Wrap what older generations wrap under the newest; return how many keys of subjects."""
        counts = self.counts()
        total, done, after = sum(counts.values()) - counts[max(counts)], 0, 0
        while batch := self._engine.writer.run(partial(self._rewrap_batch, after=after)):
            done += len(batch)
            after = batch[-1]
            progress(done, max(total, done))
        return done

    def retire(self) -> tuple[int, ...]:
        """
        Let go of every generation but the newest, and return their numbers.

        Raises:
            Mistake: something is wrapped under one of them.
        """
        return self._engine.change(_retire, _CHANGED)

    def begin_index(self) -> None:
        """Index new identifiers under a new key, unless that goes on already."""

        def work(db: sqlite3.Connection) -> None:
            self._keys.shop.read(db, INDEX)
            *_, last = numbers = self._keys.shop.numbers(INDEX)
            if len(numbers) == 1:
                self._keys.shop.add(db, INDEX, last + 1, os.urandom(KEY_BYTES))
                note(db, REINDEXED, b"0")

        self._engine.change(work, _CHANGED)

    def reindex(self, progress: Progress = unheard) -> int:
        """Index every identifier under the newest key, then let go of the older; tell how many."""
        count = "SELECT count(*), coalesce(max(subject), 0) FROM identifiers"
        total, last = self._engine.read().execute(count).fetchone()
        batch, done = partial(self._reindex_batch, last=last), 0  # who comes later needs no move
        while (moved := self._engine.writer.run(batch)) is not None:
            done += moved
            progress(min(done, total), total)
        self._engine.change(_end_index, _CHANGED)
        progress(total, total)
        return done

    @property
    def is_reindexing(self) -> bool:
        """Tell whether identifiers are being indexed anew, or were when somebody was cut short."""
        query = "SELECT count(*) FROM shop_keys WHERE name = ?"
        return bool(self._engine.read().execute(query, (INDEX,)).fetchone()[0] > 1)

    def _rewrap_batch(self, db: sqlite3.Connection, *, after: int) -> list[int]:
        newest = current(db)
        rows = db.execute(
            "SELECT subject, generation, wrapped FROM keys WHERE subject > ? AND generation <> ?"
            " ORDER BY subject LIMIT ?",
            (after, text_of(newest), BATCH),
        ).fetchall()
        wrapped = [
            (text_of(newest), self._rewrapped(row, under=newest), row[0], row[2]) for row in rows
        ]
        db.executemany(  # only what is as it was read: a key that was destroyed stays destroyed
            "UPDATE keys SET generation = ?, wrapped = ? WHERE subject = ? AND wrapped = ?", wrapped
        )
        return [row[0] for row in rows]

    def _rewrapped(self, row: tuple[int, str, bytes], *, under: int) -> bytes:
        subject, generation, wrapped = SubjectId(row[0]), number_of(row[1]), row[2]
        if not any(wrapped):
            return wrapped  # of somebody who was erased
        key = self._keys.unwrap(wrapped, subject, under=generation)
        return self._keys.wrap(key, subject, under=under)

    def _reindex_batch(self, db: sqlite3.Connection, *, last: int) -> int | None:
        """Move the identifiers of the next subjects; return how many, or None after the last."""
        self._keys.shop.read(db, INDEX)
        (at,) = db.execute("SELECT value FROM meta WHERE name = ?", (REINDEXED,)).fetchone()
        subjects = db.execute(
            "SELECT DISTINCT subject FROM identifiers WHERE subject > ? AND subject <= ?"
            " ORDER BY subject LIMIT ?",
            (int(at), last, BATCH),
        ).fetchall()
        if not subjects:
            return None
        note(db, REINDEXED, str(subjects[-1][0]).encode())
        return sum(self._reindex_subject(db, SubjectId(subject)) for (subject,) in subjects)

    def _reindex_subject(self, db: sqlite3.Connection, subject: SubjectId) -> int:
        key = self._keys.of(db, subject)
        query = "SELECT kind, blind_index, subject, sealed FROM identifiers WHERE subject = ?"
        rows: list[Row] = [] if key is None else db.execute(query, (subject,)).fetchall()
        for kind, old, _, sealed in rows:
            value = decode(unseal_for(key or b"", sealed, table=TABLE, subject=subject))
            new = blind_index(self._keys.shop.all(INDEX)[-1], kind, value)
            for table in (TABLE, CLAIMS):
                query = f"UPDATE {table} SET blind_index = ? WHERE kind = ? AND blind_index = ?"
                db.execute(query, (new, kind, old))
        return len(rows)

    def _heed(self, change: Change) -> None:
        if change.kind is ChangeKind.KEYS:
            self._keys.ring.expire()
            self._keys.shop.expire()


def _retire(db: sqlite3.Connection) -> tuple[int, ...]:
    query = "SELECT generation FROM key_generations WHERE generation <> ? ORDER BY generation"
    old = [number_of(text) for (text,) in db.execute(query, (text_of(current(db)),))]
    for generation in old:
        if is_in_use(db, generation):
            raise Mistake(
                f"keys are still wrapped under generation {generation}: finish "
                "`tactful keys rotate` first"
            )
        query = "DELETE FROM key_generations WHERE generation = ?"
        db.execute(query, (text_of(generation),))
    if old:  # whoever had the old key may have made what these believe
        for table in ("sessions", "sign_in_links"):
            db.execute(f"DELETE FROM {table}")
    return tuple(old)


def _end_index(db: sqlite3.Connection) -> None:
    db.execute(
        "DELETE FROM shop_keys WHERE name = ? AND number <>"
        " (SELECT max(number) FROM shop_keys WHERE name = ?)",
        (INDEX, INDEX),
    )
    db.execute("DELETE FROM meta WHERE name = ?", (REINDEXED,))

"""
Move a store from its file into a PostgreSQL database.

The file is held for writing meanwhile: a server that runs on it goes on answering questions, and
refuses what would have to be written (503, `Retry-After`), which clients send again.  Everything
goes over in one transaction, and is compared; only then the file takes no more for good.  So a move
that was cut short has moved nothing, or only has to be told of.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec
import psycopg
from psycopg import sql

from tactful.adapters.postgres.connections import TURN, Connection, as_sqlite
from tactful.adapters.postgres.intake import PostgresDays
from tactful.adapters.postgres.migrate import bring_up_to_date
from tactful.adapters.postgres.store import is_served
from tactful.adapters.sqlite.connections import FILE, connect, trouble_of
from tactful.adapters.sqlite.meta import MOVED, MOVING, note
from tactful.adapters.sqlite.migrate import bring_up_to_date as bring_file_up_to_date
from tactful.terms import Busy, Mistake, NotAShop, Trouble

Progress = Callable[[int, int], None]

_OURS_ALONE: Final = ("alembic_version", "pulse")
_FIRST: Final = ("subjects", "key_generations")
"""What other tables refer to."""

_STEP: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedTable:
    """What was moved of one table: how many rows, and their SHA-256, equal on both sides."""

    name: str
    rows: int
    sha256: str


@dataclass(slots=True)
class _Digest:
    """Counts rows and hashes them, in their order."""

    rows: int = 0
    hash: Any = field(default_factory=hashlib.sha256)

    def add(self, row: Sequence[object]) -> None:
        self.rows += 1
        self.hash.update(msgspec.msgpack.encode(row))

    def of(self, table: str) -> MovedTable:
        return MovedTable(name=table, rows=self.rows, sha256=self.hash.hexdigest())


def move(folder: Path, url: str, *, progress: Progress) -> tuple[MovedTable, ...]:
    """
    Move the store in *folder* into the empty database at *url*; return what was moved.

    Nothing is, and nothing is returned, where it was moved there before.

    Raises:
        Mistake: the shop has no store yet.
        Busy: another process holds one of the two, or a server uses the database.
        NotAShop: the database holds something else, or another shop.
        StoreAway: it cannot be reached.
        Trouble: what arrived is not what was sent; nothing was moved.
    """
    if not (folder / FILE).exists():
        raise Mistake("this shop has no store yet: name the database in [store] url, and open it")
    source = connect(folder / FILE)
    target = Connection(url)
    try:
        bring_file_up_to_date(source, folder / FILE)
        bring_up_to_date(target, url)
        if is_served(target):
            raise Busy("a server uses this database already: stop it, or name an empty one")
        with closing(psycopg.connect(url)) as into:
            return _Move(source, into, progress).carry_out(target)
    except (sqlite3.Error, psycopg.Error) as error:
        raise trouble_of(error) from error
    finally:
        target.close()
        source.close()


class _Move:
    """One move, from the first lock to the last."""

    def __init__(
        self, source: sqlite3.Connection, target: psycopg.Connection[Any], progress: Progress
    ) -> None:
        self._source = source
        self._target = target
        self._progress = progress

    def carry_out(self, turns: Connection) -> tuple[MovedTable, ...]:
        name = self._name()
        if self._noted(MOVED):
            self._require_filled_by(name, empty=False)
            return ()
        self._source.execute("BEGIN IMMEDIATE")
        try:
            with self._target.transaction():
                self._require_filled_by(name, empty=True)
                self._make_days(turns)
                self._target.execute("SELECT pg_advisory_xact_lock(%s)", (TURN,))
                moved = self._copy()
                self._check(moved)
                self._count_on()
            self._shut(name)
            self._source.execute("COMMIT")
        except BaseException:
            if self._source.in_transaction:
                self._source.execute("ROLLBACK")
            raise
        return moved

    def _name(self) -> bytes:
        """Name the move, for good: by that a database is known that it has filled before."""
        if known := self._noted(MOVING):
            return known
        name = secrets.token_bytes(16)
        self._source.execute("BEGIN IMMEDIATE")
        note(self._source, MOVING, name)
        self._source.execute("COMMIT")
        return name

    def _require_filled_by(self, name: bytes, *, empty: bool) -> None:
        """Raise unless the database was filled by the move of that *name*, or is *empty*."""
        query = "SELECT value FROM meta WHERE name = %s"
        there = self._target.execute(query, (MOVING,)).fetchone()
        if there is not None and bytes(there[0]) == name:
            return
        if not empty or self._target.execute("SELECT count(*) FROM meta").fetchone() != (0,):
            raise NotAShop("this database holds another store: make an empty one to move to")

    def _noted(self, name: str) -> bytes:
        row = self._source.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return b"" if row is None else bytes(row[0])

    def _make_days(self, turns: Connection) -> None:
        """Make the tables of the days, on a connection of their own: a table is no row."""
        days = PostgresDays(as_sqlite(turns))
        for (day,) in self._source.execute("SELECT day FROM days ORDER BY day").fetchall():
            days.create(as_sqlite(turns), f"events_{date.fromisoformat(day):%Y%m%d}")

    def _copy(self) -> tuple[MovedTable, ...]:
        tables = self._tables()
        total = sum(self._count(table) for table in tables)
        done, moved = 0, []
        for table in reversed(tables):
            self._target.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        for table in tables:
            digest = _Digest()
            for row in self._sent(table):
                digest.add(row)
                done += 1
                if done % _STEP == 0:
                    self._progress(done, total)
            moved.append(digest.of(table))
        self._progress(total, total)
        return tuple(moved)

    def _sent(self, table: str) -> Iterator[Sequence[object]]:
        """Send the rows of *table*, and yield each."""
        columns = self._columns(table)
        places = sql.SQL(", ").join(map(sql.Identifier, columns))
        query = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), places)
        rows = self._source.execute(_in_order(table, columns))
        with self._target.cursor() as cursor, cursor.copy(query) as copy:
            while step := rows.fetchmany(_STEP):
                for row in step:
                    copy.write_row(row)
                    yield row

    def _check(self, moved: Sequence[MovedTable]) -> None:
        """Read everything back and compare it."""
        for table in moved:
            digest = _Digest()
            query = _in_order(table.name, self._columns(table.name))
            with self._target.cursor(name="moved") as cursor:
                for row in cursor.execute(query.encode()):
                    digest.add(row)
            if digest.of(table.name) != table:
                raise Trouble(
                    f"the table {table.name} did not arrive as it was sent: nothing was moved"
                )

    def _tables(self) -> list[str]:
        """Return the tables to move: both stores must have the same."""
        found = self._source.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        here = {name for (name,) in found} - set(_OURS_ALONE)
        there = {
            name
            for (name,) in self._target.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
            )
        } - set(_OURS_ALONE)
        if here != there:
            names = ", ".join(sorted(here ^ there))
            raise Trouble(f"only one of the two stores has {names}: upgrade tactful, and try again")
        return [*_FIRST, *sorted(here - set(_FIRST))]

    def _columns(self, table: str) -> list[str]:
        found = self._target.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position",
            (table,),
        ).fetchall()
        return [name for (name,) in found]

    def _count(self, table: str) -> int:
        return int(self._source.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    def _count_on(self) -> None:
        """Let numbers go on where the file stopped: none is ever given again."""
        given = dict(self._source.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
        numbered = self._target.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND is_identity = 'YES'"
        ).fetchall()
        for table, column in numbered:
            query = f"SELECT coalesce(max({column}), 0) FROM {table}"
            last = max(self._source.execute(query).fetchone()[0], given.get(table, 0))
            self._target.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)",
                (table, column, max(last, 1), last > 0),
            )

    def _shut(self, name: bytes) -> None:
        """Let the file take no more, from whichever process."""
        note(self._source, MOVED, name)
        for table in self._tables_of_source():
            for verb in ("INSERT", "UPDATE", "DELETE"):
                self._source.execute(
                    f"CREATE TRIGGER {table}_moved_{verb.lower()} BEFORE {verb} ON {table}"
                    " BEGIN SELECT RAISE(ABORT, 'moved'); END"
                )

    def _tables_of_source(self) -> list[str]:
        rows = self._source.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        return [name for (name,) in rows]


def _in_order(table: str, columns: Sequence[str]) -> str:
    """Return a query of all rows, in an order that is the same in both stores."""
    order = "rowid" if "rowid" in columns else ", ".join(columns)
    return f"SELECT {', '.join(columns)} FROM {table} ORDER BY {order}"

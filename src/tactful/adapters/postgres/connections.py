"""
Connections to a PostgreSQL database that speak as much of `sqlite3` as the store's parts use.

A connection that was lost opens itself again, and repeats what it was asked where that cannot have
done anything: outside a transaction the store only reads.

Whoever writes first takes *the turn*, one lock for all servers of the database, and holds it until
the commit is visible: `BEGIN IMMEDIATE` means here what it means in SQLite.  So changes are
numbered in the order of their commits, and what is read in a turn, be it a message, an identifier
or a row of digests, is changed by nobody meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Final, TypeVar, cast

import psycopg

from tactful.adapters.postgres.phrases import translated
from tactful.adapters.postgres.sessions import WRITING, check_promises
from tactful.adapters.postgres.troubles import LOST, reason_of, trouble_of
from tactful.adapters.postgres.waiting import Rows, in_binary
from tactful.adapters.sqlite.connections import Connection as SqliteConnection
from tactful.terms import StoreAway, TactfulError, Trouble

T = TypeVar("T")

Cursor = psycopg.Cursor[Any]

TURN: Final = 0x7AC7F01
"""The advisory lock of whoever writes."""

SERVING: Final = 0x7AC7F02
"""The advisory lock that servers share, so that a command knows of them."""

WAIT_SECONDS: Final = 5
_ROWS_A_STEP: Final = 1_000
PULSE: Final = "SELECT n FROM pulse"
_TURN: Final = (
    "BEGIN; SET LOCAL lock_timeout = '{patience}ms';"
    f" SELECT pg_advisory_xact_lock({TURN}); SET LOCAL lock_timeout = '{WAIT_SECONDS}s'; {PULSE}"
)
_COMMIT_TURN: Final = (
    "UPDATE pulse SET n = n + 1 WHERE pg_current_xact_id_if_assigned() IS NOT NULL; COMMIT"
)
"""Beats where something was written: by that the other servers know to look."""


class Connection:
    """
    A connection to the database at *url*, opened now.

    Args:
        url: Where it is.
        settings: What is set in every session.

    Raises:
        StoreAway: it cannot be reached.
        Trouble: it would lose what it acknowledged, or is not one that we can use.
    """

    def __init__(self, url: str, *, settings: str = WRITING) -> None:
        self._url = url
        self._settings = settings
        self._after = b"SELECT 1"
        self._in_turn = False
        self._began = False
        self._rows = Rows()
        self._pulse = 0
        self.beats = 0
        self.patience_ms = WAIT_SECONDS * 1000
        try:
            self._inner = self._opened()
        except psycopg.Error as error:
            raise StoreAway(f"cannot reach the database: {reason_of(error)}") from None

    @property
    def in_transaction(self) -> bool:
        """Tell whether a transaction is open that could still be rolled back."""
        return self._began and not self._inner.closed

    @property
    def lost(self) -> bool:
        """Tell whether the connection is gone, for now."""
        return self._inner.closed

    @property
    def total_changes(self) -> int:
        """Return a number that grows with every commit that wrote something."""
        return self.beats

    def execute(self, sql: str, values: Sequence[object] = ()) -> Cursor:
        """Run *sql*, written for SQLite."""
        if sql in _VERBS:
            return _VERBS[sql](self)
        self._settle()
        query, order = translated(sql)
        given = [values[place] for place in order]
        return self.ask(lambda inner: inner.execute(query, given))

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run *sql* with each of *rows*, which may themselves come from this connection."""
        query, order = translated(sql)
        rest = iter(rows)
        while step := [[row[place] for place in order] for row in islice(rest, _ROWS_A_STEP)]:
            self._settle()
            self.ask(lambda inner, step=step: inner.cursor().executemany(query, step))  # type: ignore[misc]

    def copy(self, query: str, rows: Iterable[bytes]) -> None:
        """Send *rows* by the *query*, a COPY in binary: with those of others, at the latest now."""
        if self._rows.query not in {"", query}:
            self._settle()
        self._rows.query = query
        self._rows.waiting += rows

    def pulse(self) -> int:
        """Return where the pulse is: as the turn began, or now."""
        if not self._in_turn:
            [self._pulse] = self.execute(PULSE).fetchone()  # type: ignore[misc]
        return self._pulse

    def announce(self) -> None:
        """Let every command know that a server has the database open, until it is closed."""
        self._after = f"SELECT pg_advisory_lock_shared({SERVING})".encode()
        self.ask(lambda inner: inner.execute(self._after))

    def ask(self, work: Callable[[psycopg.Connection[Any]], T]) -> T:
        """Do *work* on the driver's connection; again, where that was lost and nothing begun."""
        try:
            try:
                return work(self._live())
            except psycopg.OperationalError:
                if self._began or not self._inner.closed:
                    raise
                return work(self._live())
        except psycopg.Error as error:
            meant = trouble_of(error)
            if meant is error:
                raise
            raise meant from error

    def close(self) -> None:
        """Let the connection go.  May be called twice."""
        self._inner.close()

    def begin(self) -> Cursor:
        """Begin a transaction that waits for nobody."""
        self._forget_lost()
        cursor = self.ask(lambda inner: inner.execute(b"BEGIN"))
        self._began = True
        return cursor

    def take_turn(self) -> Cursor:
        """
        Begin a transaction, and wait `patience_ms` for the turn to write.

        Raises:
            Busy: another server has it.
        """
        self._forget_lost()
        query = _TURN.format(patience=self.patience_ms).encode()
        try:
            cursor = self.ask(lambda inner: inner.execute(query))
        except TactfulError:
            self.roll_back()
            raise
        while cursor.nextset():
            pass
        [self._pulse] = cursor.fetchone()  # type: ignore[misc]
        self._began = self._in_turn = True
        return cursor

    def commit(self) -> Cursor:
        """End the transaction, and with it the turn."""
        self._send(len(self._rows.waiting))
        query = _COMMIT_TURN if self._in_turn else "COMMIT"
        try:
            cursor = self.ask(lambda inner: inner.execute(query.encode()))
        except StoreAway:
            self.roll_back()
            raise
        beats = cursor.rowcount
        while cursor.nextset():
            pass
        if self._in_turn and cursor.statusmessage != "COMMIT":
            raise Trouble("the database rolled back what it was to commit: send again")
        self.beats += beats if self._in_turn else 0
        self._began = self._in_turn = False
        return cursor

    def save(self) -> Cursor:
        """Note how far the transaction has come; the server hears of it with the next statement."""
        self._rows.saved, self._rows.told = len(self._rows.waiting), False
        return self._nothing

    def release(self) -> Cursor:
        """Keep what was done since `save`."""
        told, self._rows.saved, self._rows.told = self._rows.told, None, False
        if not told:
            return self._nothing
        self._send(len(self._rows.waiting))
        return self.ask(lambda inner: inner.execute(b"RELEASE job"))

    def roll_back_to(self) -> Cursor:
        """Undo what was done since `save`."""
        del self._rows.waiting[self._rows.saved :]
        if not self._rows.told:
            return self._nothing
        return self.ask(lambda inner: inner.execute(b"ROLLBACK TO job"))

    def roll_back(self) -> Cursor:
        """Undo the transaction; where the connection is gone, the server has done it."""
        self._rows = Rows()
        self._began = self._in_turn = False
        with suppress(psycopg.Error):
            self._inner.rollback()
        return self._nothing

    @property
    def _nothing(self) -> Cursor:
        return psycopg.Cursor(self._inner)

    def _settle(self) -> None:
        """Send what waits, before a statement that may ask for it."""
        rows = self._rows
        if rows.saved is not None and not rows.told:
            self._send(rows.saved)
            self.ask(lambda inner: inner.execute(b"SAVEPOINT job"))
            rows.saved, rows.told = 0, True
        self._send(len(rows.waiting))

    def _send(self, many: int) -> None:
        """Send the first *many* of the rows that wait."""
        rows, query = self._rows.waiting[:many], self._rows.query
        if not rows:
            return

        def work(inner: psycopg.Connection[Any]) -> None:
            with inner.cursor() as cursor, cursor.copy(query.encode()) as copy:
                copy.write(in_binary(rows))

        try:
            self.ask(work)
        except BaseException:
            self.roll_back()  # they are of several who wait: none of it stays
            raise
        del self._rows.waiting[:many]

    def _live(self) -> psycopg.Connection[Any]:
        if self._inner.closed:
            if self._began:
                raise StoreAway(LOST)
            self._inner = self._opened()
        return self._inner

    def _forget_lost(self) -> None:
        if self._inner.closed:
            self._began = self._in_turn = False
            self._rows = Rows()

    def _opened(self) -> psycopg.Connection[Any]:
        inner = psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=5,
            application_name="tactful",
            tcp_user_timeout=5_000,
            keepalives_idle=5,
            keepalives_interval=1,
            keepalives_count=3,
        )
        try:
            cursor = inner.execute(self._settings.encode())
            while cursor.nextset():
                pass
            check_promises(*cursor.fetchone())  # type: ignore[misc]
            inner.execute(self._after)
        except BaseException:
            inner.close()
            raise
        return inner

    def __del__(self) -> None:
        with suppress(AttributeError):  # it was never opened
            self._inner.close()


_VERBS: Final[dict[str, Callable[[Connection], Cursor]]] = {
    "BEGIN": Connection.begin,
    "BEGIN IMMEDIATE": Connection.take_turn,
    "COMMIT": Connection.commit,
    "ROLLBACK": Connection.roll_back,
    "SAVEPOINT job": Connection.save,
    "RELEASE job": Connection.release,
    "ROLLBACK TO job": Connection.roll_back_to,
}


def as_sqlite(db: Connection) -> SqliteConnection:
    """Return *db* as what the shared parts of the store call it: they use what both have."""
    return cast("SqliteConnection", db)

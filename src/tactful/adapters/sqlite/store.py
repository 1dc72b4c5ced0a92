"""Open the store in a folder: every port of the capabilities, on one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from tactful.adapters.sqlite.catalogue import SqliteCatalogue
from tactful.adapters.sqlite.changes import Change, Changes, changes_since
from tactful.adapters.sqlite.connections import FILE, Connection, Readers, connect, trouble_of
from tactful.adapters.sqlite.counts import SqliteTallies, SqliteUses
from tactful.adapters.sqlite.days import Days
from tactful.adapters.sqlite.digests import retake_all
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.events import SqliteEvents
from tactful.adapters.sqlite.identities import SqliteIdentities
from tactful.adapters.sqlite.intake import Intake
from tactful.adapters.sqlite.migrate import bring_up_to_date
from tactful.adapters.sqlite.profiles import SqliteProfiles
from tactful.adapters.sqlite.purposes import PurposeBits, number_purposes
from tactful.adapters.sqlite.records import SqliteRecords
from tactful.adapters.sqlite.standings import SqliteStandings
from tactful.adapters.sqlite.statements import SqliteStatements
from tactful.adapters.sqlite.subject_keys import Keys, SubjectKeys
from tactful.adapters.sqlite.writer import Writer
from tactful.terms import NotAShop, Policy, Trouble


class SqliteStore:
    """The open store of one shop.  Safe to use from many threads; `close` it in the end."""

    def __init__(self, db: Connection, engine: Engine, keys: SubjectKeys) -> None:
        self._db = db
        self._engine = engine
        intake = Intake(engine, Days(db))
        self.standings = SqliteStandings(engine)
        self.statements = SqliteStatements(engine)
        self.identities = SqliteIdentities(engine, keys)
        self.profiles = SqliteProfiles(engine, keys)
        self.events = SqliteEvents(engine, intake)
        self.records = SqliteRecords(engine, intake, keys)
        self.catalogue = SqliteCatalogue(engine)
        self.tallies = SqliteTallies(engine)
        self.uses = SqliteUses(self.tallies)
        engine.writer.chore(self.uses.counts.job)
        engine.writer.chore(self.tallies.counts.job)
        engine.writer.start()

    def changes_since(self, number: int) -> tuple[Change, ...]:
        """Return what any process changed after change *number*, oldest first."""
        return changes_since(self._engine.read(), number)

    def flush(self) -> None:
        """Make everything counted so far durable."""
        self._engine.writer.flush()

    def close(self) -> None:
        """
        Write what waits, then let every connection go.  May be called twice.

        Raises:
            StoreFull: some counts could not be written; everything acknowledged is safe.
        """
        if self._engine.writer.closed:
            return
        try:
            self._engine.writer.flush()
        finally:
            self._engine.writer.close()
            self._engine.readers.close()
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()


def open_store(
    folder: Path,
    policy: Policy,
    keys: Keys,
    *,
    clock: Callable[[], datetime],
    policy_hash: str,
) -> SqliteStore:
    """
    Open the store in *folder*; an empty folder becomes a new store.

    Args:
        folder: Holds the store and nothing else.
        policy: The running configuration.
        keys: Where the master key comes from.
        clock: Tells the time, timezone-aware.
        policy_hash: Changes when *policy* does: every digest is then taken anew.

    Raises:
        NotAShop: no such folder, something else in it, or a store of a newer tactful.
        Busy: another process keeps it locked.
        Trouble: this is not the master key that it was made with.
    """
    path = folder / FILE
    _make_room(folder)
    db = connect(path)
    try:
        bring_up_to_date(db, path)
        subject_keys = SubjectKeys(keys)
        bits = _adopt(db, subject_keys, policy, policy_hash=policy_hash, at=clock())
        changes = Changes(db)
        engine = Engine(
            readers=Readers(path),
            writer=Writer(db, watch=changes.catch_up),
            changes=changes,
            policy=policy,
            bits=bits,
            clock=clock,
        )
        return SqliteStore(db, engine, subject_keys)
    except BaseException as error:
        db.close()
        raise trouble_of(error) from error


def _make_room(folder: Path) -> None:
    """Make an empty file in an empty *folder*, which the migrations then fill."""
    try:
        if not any(folder.iterdir()):
            (folder / FILE).touch(mode=0o600)
    except FileNotFoundError as error:
        raise NotAShop(f"there is no folder {folder}: run `tactful init` to make a shop") from error
    except OSError as error:
        raise Trouble(f"cannot make a store in {folder}: {error.strerror}") from error


def _adopt(
    db: sqlite3.Connection, keys: SubjectKeys, policy: Policy, *, policy_hash: str, at: datetime
) -> PurposeBits:
    """Check the key, number the purposes, and take digests anew where the policy changed."""
    db.execute("BEGIN IMMEDIATE")
    keys.verify(_meta(db, "key_check", keys.check))
    bits = number_purposes(db, policy.purpose_order)
    if _meta(db, "policy_hash", b"") != policy_hash.encode():
        retake_all(db, policy=policy, at=at)
        _set_meta(db, "policy_hash", policy_hash.encode())
    db.execute("COMMIT")
    return bits


def _meta(db: sqlite3.Connection, name: str, default: bytes) -> bytes:
    """Return what is noted under *name*; note *default* where nothing is."""
    row = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    if row is None:
        _set_meta(db, name, default)
        return default
    return bytes(row[0])


def _set_meta(db: sqlite3.Connection, name: str, value: bytes) -> None:
    db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))

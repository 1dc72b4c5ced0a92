"""Open the store in a folder: every port of the capabilities, on one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from tactful.adapters.pace import Pace
from tactful.adapters.sqlite.catalogue import SqliteCatalogue
from tactful.adapters.sqlite.changes import Change, Changes, changes_since
from tactful.adapters.sqlite.connections import FILE, Connection, Readers, connect, trouble_of
from tactful.adapters.sqlite.counts import SqliteTallies, SqliteUses
from tactful.adapters.sqlite.days import Days
from tactful.adapters.sqlite.digests import Digests
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.events import SqliteEvents
from tactful.adapters.sqlite.expiring import SqliteExpiring
from tactful.adapters.sqlite.features import SqliteFeatures
from tactful.adapters.sqlite.identities import SqliteIdentities
from tactful.adapters.sqlite.intake import Intake
from tactful.adapters.sqlite.letters import SqliteLetters
from tactful.adapters.sqlite.meta import require_here
from tactful.adapters.sqlite.migrate import bring_up_to_date
from tactful.adapters.sqlite.outflow import SqliteOutflow
from tactful.adapters.sqlite.profiles import SqliteProfiles
from tactful.adapters.sqlite.purposes import PurposeBits, number_purposes
from tactful.adapters.sqlite.records import SqliteRecords, cut_log
from tactful.adapters.sqlite.rekeying import SqliteRekeying
from tactful.adapters.sqlite.requests import SqliteRequests
from tactful.adapters.sqlite.retaking import Progress, retake_all, unheard
from tactful.adapters.sqlite.sessions import SqliteSessions
from tactful.adapters.sqlite.showings import SqliteShowings
from tactful.adapters.sqlite.sign_in_links import SqliteSignInLinks
from tactful.adapters.sqlite.standings import SqliteStandings
from tactful.adapters.sqlite.statements import SqliteStatements
from tactful.adapters.sqlite.subject_keys import Keys, SubjectKeys
from tactful.adapters.sqlite.wiping import require_wiping
from tactful.adapters.sqlite.work import SqliteWork
from tactful.adapters.sqlite.writer import Writer
from tactful.capabilities.profile import Limits
from tactful.terms import NotAShop, Policy, SubjectId, Trouble


class SqliteStore:
    """The open store of one shop.  Safe to use from many threads; `close` it in the end."""

    def __init__(
        self, db: Connection, engine: Engine, keys: SubjectKeys, *, limits: Limits
    ) -> None:
        self._db = db
        self._engine = engine
        self.bits = engine.bits
        self.outflow = self._outflow(engine)  # before the intake: it must hear of changes first
        intake = self._intake(engine, db)
        self.standings = SqliteStandings(engine)
        self.statements = SqliteStatements(engine)
        self.showings = SqliteShowings(engine)
        self.identities = SqliteIdentities(engine, keys, limits)
        self.profiles = SqliteProfiles(engine, keys)
        self.features = SqliteFeatures(engine, keys)
        self.events = SqliteEvents(engine, intake)
        self.records = self._records(engine, intake, keys)
        self.requests = SqliteRequests(engine, keys)
        self.catalogue = SqliteCatalogue(engine)
        self.tallies = SqliteTallies(engine)
        self.uses = SqliteUses(engine, self.tallies)
        self.rekeying = SqliteRekeying(engine, keys)
        self.keys = keys
        self.letters = SqliteLetters(engine, keys)
        self.sessions = SqliteSessions(engine, keys)
        self.sign_in_links = SqliteSignInLinks(engine, keys)
        self.work = SqliteWork(engine)
        self.expiring = SqliteExpiring(engine, intake, self.records)
        engine.writer.chore(self.uses.counts.job)
        engine.writer.chore(self.tallies.counts.job)
        engine.writer.start()

    def _outflow(self, engine: Engine) -> SqliteOutflow:
        return SqliteOutflow(engine)

    def _intake(self, engine: Engine, db: Connection) -> Intake:
        return Intake(engine, Days(db))

    def _records(self, engine: Engine, intake: Intake, keys: SubjectKeys) -> SqliteRecords:
        return SqliteRecords(engine, intake, keys)

    @property
    def pace(self) -> Pace:
        """Return how fast it commits."""
        return self._engine.writer.pace

    def probe(self) -> None:
        """
        Write a little and wait until it is durable.

        Raises:
            StoreFull: that is not possible.
        """
        self._engine.writer.run(
            lambda db: db.execute(
                "INSERT INTO meta (name, value) VALUES ('probe', ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (b"",),
            )
        )

    def changes_since(self, number: int) -> tuple[Change, ...]:
        """Return what any process changed after change *number*, oldest first."""
        return changes_since(self._engine.read(), number)

    def members(self, subject: SubjectId) -> tuple[SubjectId, ...]:
        """Return all numbers under which the person behind *subject* is known."""
        return self._engine.members(subject)

    def numbers(self) -> Iterator[SubjectId]:
        """Yield the number of everybody who is known, the lowest first."""
        for (number,) in self._engine.read().execute("SELECT id FROM subjects ORDER BY id"):
            yield SubjectId(number)

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
    take_over: bool = True,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> SqliteStore:
    """
    Open the store in *folder*; an empty folder becomes a new store.

    Args:
        folder: Holds the store and nothing else.
        policy: The running configuration.
        keys: Where the master keys come from.
        clock: Tells the time, timezone-aware.
        policy_hash: Changes when *policy* does: every digest is then taken anew.
        take_over: Not beside a process that runs another policy: its digests are then left alone,
            and what is needed under this one is taken from the statements.
        progress: Told meanwhile how many subjects are done, and how many there are.
        limits: How much may name one person; the usual where nothing is said.

    Raises:
        NotAShop: no such folder, something else in it, or a store of a newer tactful.
        Busy: another process keeps it locked.
        Trouble: this is not the master key that it was made with, or SQLite does not wipe.
    """
    path = folder / FILE
    _make_room(folder)
    db = connect(path)
    try:
        bring_up_to_date(db, path)
        require_here(db)
        require_wiping(db, folder)
        subject_keys = SubjectKeys(keys)
        digests = Digests(policy, policy_hash=policy_hash)
        bits = check_in(db, subject_keys, policy)
        if take_over:
            _finish_erasures(db)
            take_over_digests(db, digests, at=clock(), progress=progress or unheard)
        engine = _engine(db, path, digests, bits=bits, clock=clock)
        return SqliteStore(db, engine, subject_keys, limits=limits or Limits())
    except BaseException as error:
        db.close()
        raise trouble_of(error) from error


def _engine(
    db: Connection,
    path: Path,
    digests: Digests,
    *,
    bits: PurposeBits,
    clock: Callable[[], datetime],
) -> Engine:
    changes = Changes(db)
    return Engine(
        readers=Readers(path),
        writer=Writer(db, watch=changes.catch_up),
        changes=changes,
        policy=digests.policy,
        digests=digests,
        bits=bits,
        clock=clock,
    )


def _make_room(folder: Path) -> None:
    """Make an empty file in an empty *folder*, which the migrations then fill."""
    try:
        if not any(folder.iterdir()):
            (folder / FILE).touch(mode=0o600)
    except FileNotFoundError as error:
        raise NotAShop(f"there is no folder {folder}: run `tactful init` to make a shop") from error
    except OSError as error:
        raise Trouble(f"cannot make a store in {folder}: {error.strerror}") from error


def check_in(db: sqlite3.Connection, keys: SubjectKeys, policy: Policy) -> PurposeBits:
    """Check the key, and number the purposes."""
    db.execute("BEGIN IMMEDIATE")
    keys.check_in(db)
    bits = number_purposes(db, policy.purpose_order)
    db.execute("COMMIT")
    return bits


def _finish_erasures(db: sqlite3.Connection) -> None:
    """Empty the log, in which an erasure that was cut short after its commit has left copies."""
    with suppress(sqlite3.OperationalError):  # the disk is full: what can be read is still served
        cut_log(db)


def take_over_digests(
    db: sqlite3.Connection, digests: Digests, *, at: datetime, progress: Progress
) -> None:
    """Take every digest anew where the policy changed."""
    db.execute("BEGIN IMMEDIATE")
    if not digests.are_ours(db):
        retake_all(db, digests, at=at, progress=progress)
    db.execute("COMMIT")

"""Open the store in a PostgreSQL database, which other servers may have open, too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tactful.adapters.postgres.changes import PostgresChanges
from tactful.adapters.postgres.connections import (
    SERVING,
    Connection,
    as_sqlite,
)
from tactful.adapters.postgres.intake import PostgresIntake
from tactful.adapters.postgres.migrate import bring_up_to_date
from tactful.adapters.postgres.outflow import PostgresOutflow
from tactful.adapters.postgres.readers import PostgresReaders
from tactful.adapters.postgres.records import PostgresRecords
from tactful.adapters.postgres.writer import PostgresWriter
from tactful.adapters.sqlite.connections import Connection as SqliteConnection
from tactful.adapters.sqlite.digests import Digests
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.intake import Intake
from tactful.adapters.sqlite.outflow import SqliteOutflow
from tactful.adapters.sqlite.purposes import PurposeBits
from tactful.adapters.sqlite.records import SqliteRecords
from tactful.adapters.sqlite.retaking import Progress, unheard
from tactful.adapters.sqlite.store import SqliteStore, check_in, take_over_digests
from tactful.adapters.sqlite.subject_keys import Keys, SubjectKeys
from tactful.adapters.store_address import check_address
from tactful.capabilities.profile import Limits
from tactful.terms import Policy

_SERVED = (
    "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = ?"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
)


class PostgresStore(SqliteStore):
    """The open store of one shop.  Safe to use from many threads; `close` it in the end."""

    def __init__(
        self, db: Connection, engine: Engine, keys: SubjectKeys, *, limits: Limits, url: str
    ) -> None:
        self._own = db
        self._url = url
        super().__init__(as_sqlite(db), engine, keys, limits=limits)

    def _outflow(self, engine: Engine) -> SqliteOutflow:
        return PostgresOutflow(engine, url=self._url)

    def _intake(self, engine: Engine, db: SqliteConnection) -> Intake:
        return PostgresIntake(engine, db, self._own)

    def _records(self, engine: Engine, intake: Intake, keys: SubjectKeys) -> SqliteRecords:
        return PostgresRecords(engine, intake, keys, url=self._url)


def open_store(
    url: str,
    policy: Policy,
    keys: Keys,
    *,
    clock: Callable[[], datetime],
    policy_hash: str,
    serving: bool = False,
    progress: Progress | None = None,
    limits: Limits | None = None,
) -> PostgresStore:
    """
    Open the store in the database at *url*; an empty database becomes a new store.

    Where the policy changed every digest is taken anew by a server, and by a command unless a
    server runs: its digests are then left alone.

    Args:
        url: `postgresql://...`, of a database of which we may make tables.
        policy: The running configuration.
        keys: Where the master key comes from.
        clock: Tells the time, timezone-aware.
        policy_hash: Changes when *policy* does.
        serving: Whether to serve: others then know that a server runs.
        progress: Told meanwhile how many subjects are done, and how many there are.
        limits: How much may name one person; the usual where nothing is said.

    Raises:
        NotAShop: something else in the database, or a store of a newer tactful.
        StoreAway: it cannot be reached.
        Busy: another server writes for long.
        Trouble: it would lose what it acknowledges, or this is not the master key of the store.
    """
    db = Connection(check_address(url))
    try:
        bring_up_to_date(db, url)
        subject_keys = SubjectKeys(keys)
        digests = Digests(policy, policy_hash=policy_hash)
        bits = check_in(as_sqlite(db), subject_keys, policy)
        if serving or not is_served(db):
            take_over_digests(as_sqlite(db), digests, at=clock(), progress=progress or unheard)
        if serving:
            db.announce()
        engine = _engine(db, url, digests, bits=bits, clock=clock)
        return PostgresStore(db, engine, subject_keys, limits=limits or Limits(), url=url)
    except BaseException:
        db.close()
        raise


def is_served(db: Connection) -> bool:
    """Tell whether a server has the database open."""
    return bool(db.execute(_SERVED, (SERVING,)).fetchone()[0])  # type: ignore[index]


def _engine(
    db: Connection,
    url: str,
    digests: Digests,
    *,
    bits: PurposeBits,
    clock: Callable[[], datetime],
) -> Engine:
    changes = PostgresChanges(as_sqlite(db), db)
    return Engine(
        readers=PostgresReaders(url),
        writer=PostgresWriter(db, changes=changes),
        changes=changes,
        policy=digests.policy,
        digests=digests,
        bits=bits,
        clock=clock,
    )

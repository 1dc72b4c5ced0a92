"""
Bring a store's tables to the newest shape, with Alembic.

Nothing here is imported when the tables are up to date: Alembic and SQLAlchemy take longer to
load than the store takes to open.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tactful.adapters.sqlite.connections import Connection
from tactful.terms import NotAShop

if TYPE_CHECKING:
    from sqlalchemy import Connection as CoreConnection

HEAD: Final = "0001"
_SCRIPTS = Path(__file__).parent / "migrations"


def bring_up_to_date(db: Connection) -> None:
    """
    Run the migrations that the store behind *db* has not seen, all in one transaction.

    Raises:
        NotAShop: the store was written by a newer tactful, or is not one.
    """
    version = _version(db)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise NotAShop("this store was written by a newer tactful: upgrade before you open it")
    _upgrade(db)


def _version(db: sqlite3.Connection) -> str | None:
    try:
        row = db.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return None
    return None if row is None else str(row[0])


def _upgrade(db: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    with _core(db) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _core(db: Connection) -> Iterator[CoreConnection]:
    """Yield *db* as SQLAlchemy sees it, in a transaction that holds DDL too."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import StaticPool

    engine = create_engine("sqlite://", creator=lambda: db, poolclass=StaticPool)
    event.listen(engine, "begin", lambda core: core.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.connect() as connection:
        with connection.begin():
            yield connection
        connection.detach()  # or the pool would close what is not its own

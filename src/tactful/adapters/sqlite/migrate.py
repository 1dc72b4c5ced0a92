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

from tactful.adapters.sqlite.connections import connect
from tactful.terms import NotAShop

if TYPE_CHECKING:
    from sqlalchemy import Connection as CoreConnection

HEAD: Final = "0010"
_SCRIPTS = Path(__file__).parent / "migrations"


def bring_up_to_date(db: sqlite3.Connection, path: Path) -> None:
    """
    Run the migrations that the store at *path* has not seen, all in one transaction.

    Args:
        db: A connection to it, outside any transaction.
        path: Where it is, for a connection of Alembic's own.

    Raises:
        NotAShop: the store was written by a newer tactful.
    """
    version = _version(db)
    if version is not None and version > HEAD:
        raise NotAShop("this store was written by a newer tactful: upgrade before you open it")
    if version != HEAD:
        upgrade(path)


def _version(db: sqlite3.Connection) -> str | None:
    try:
        row = db.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return None
    return None if row is None else str(row[0])


def upgrade(path: Path, *, to: str = "head") -> None:
    """Run the migrations up to the one called *to* on the store at *path*."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    with _core(path) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)


@contextmanager
def _core(path: Path) -> Iterator[CoreConnection]:
    """Yield a connection as SQLAlchemy has it, in a transaction that holds DDL too."""
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    engine = create_engine("sqlite://", creator=lambda: connect(path), poolclass=NullPool)
    event.listen(engine, "begin", lambda core: core.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.begin() as connection:
        yield connection

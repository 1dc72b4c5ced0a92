"""Bring a database's tables to the newest shape, with Alembic; one server at a time does it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tactful.adapters.postgres.connections import TURN, Connection
from tactful.terms import NotAShop

if TYPE_CHECKING:
    import psycopg

HEAD: Final = "pg0006"
_SCRIPTS = Path(__file__).parent / "migrations"
_TABLES: Final = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
_VERSION: Final = "SELECT version_num FROM alembic_version"


def bring_up_to_date(db: Connection, url: str) -> None:
    """
    Run the migrations that the database at *url* has not seen, all in one transaction.

    Raises:
        NotAShop: it was written by a newer tactful, or holds something else.
    """
    version = _version(db)
    if version is not None and version > HEAD:
        raise NotAShop("this store was written by a newer tactful: upgrade before you open it")
    if version != HEAD:
        upgrade(url)


def _version(db: Connection) -> str | None:
    """Return which migration was the last, None where there was none."""
    if db.execute(_TABLES).fetchone() == (0,):
        return None
    if db.execute("SELECT to_regclass('alembic_version')::text").fetchone() == (None,):
        return _no_store()
    row = db.execute(_VERSION).fetchone()
    version = "" if row is None else str(row[0])
    return version if version.startswith("pg") else _no_store()


def _no_store() -> str:
    raise NotAShop("this database holds something else: make an empty one for the shop")


def upgrade(url: str, *, to: str = "head") -> None:
    """Run the migrations up to the one called *to*, in a turn: of several servers one does it."""
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: _connect(url), poolclass=NullPool
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN})")
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def _connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    import psycopg

    return psycopg.connect(url, connect_timeout=5, application_name="tactful")

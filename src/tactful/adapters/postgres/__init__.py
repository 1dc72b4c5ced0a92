"""The store on a PostgreSQL server, which several servers of one shop may share."""

from tactful.adapters.postgres.store import PostgresStore, open_store

__all__ = ["PostgresStore", "open_store"]

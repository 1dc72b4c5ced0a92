"""The store on a PostgreSQL server, which several servers of one shop may share."""

from tactful.adapters.postgres.addresses import check_address, without_password
from tactful.adapters.postgres.store import PostgresStore, is_served, open_store

__all__ = ["PostgresStore", "check_address", "is_served", "open_store", "without_password"]

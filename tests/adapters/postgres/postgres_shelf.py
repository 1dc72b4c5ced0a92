"""The shelf that the store on PostgreSQL stands on in tests."""

from __future__ import annotations

from pathlib import Path

from tactful.adapters.key_file import KeyFile
from tactful.adapters.postgres import PostgresStore, open_store
from tactful.terms import Policy
from tactful.testing.conformance.shelf import Clock, Shelf


class PostgresShelf(Shelf):
    """A shelf with the store in the database at *url*, and the master key in *key*."""

    def __init__(self, url: str, key: Path) -> None:
        self.url = url
        self.key = key
        super().__init__(self._opened)

    @property
    def postgres(self) -> PostgresStore:
        """Return the store as what it is."""
        assert isinstance(self.store, PostgresStore)
        return self.store

    def _opened(self, policy: Policy, clock: Clock) -> PostgresStore:
        keys = KeyFile(self.key)
        return open_store(self.url, policy, keys, clock=clock, policy_hash=repr(policy))

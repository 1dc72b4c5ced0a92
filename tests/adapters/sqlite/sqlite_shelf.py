"""The shelf that the embedded store stands on in tests."""

from __future__ import annotations

from pathlib import Path

from tactful.adapters.key_file import KeyFile
from tactful.adapters.sqlite import SqliteStore, open_store
from tactful.terms import Policy
from tactful.testing.conformance.shelf import Clock, Shelf


class SqliteShelf(Shelf):
    """A shelf with the store's files within reach: *folder*, and the key beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(self._opened)

    def _opened(self, policy: Policy, clock: Clock) -> SqliteStore:
        keys = KeyFile(self.folder.parent / "master.key")
        return open_store(self.folder, policy, keys, clock=clock, policy_hash=repr(policy))

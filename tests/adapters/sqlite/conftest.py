"""The SQLite store as the conformance suites want it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tactful.adapters.key_file import KeyFile, create_key_file
from tactful.adapters.sqlite import SqliteStore, open_store
from tactful.terms import Policy

pytest.register_assert_rewrite("tactful.testing.conformance")

from tactful.testing.conformance.shelf import Clock, Shelf  # noqa: E402 - after the line above


class SqliteShelf(Shelf):
    """A shelf with the store's files within reach."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(self._opened)

    def _opened(self, policy: Policy, clock: Clock) -> SqliteStore:
        keys = KeyFile(self.folder.parent / "master.key")
        return open_store(self.folder, policy, keys, clock=clock, policy_hash=repr(policy))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty folder for a store, with its key beside it."""
    create_key_file(tmp_path / "master.key")
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def shelf(folder: Path) -> Iterator[SqliteShelf]:
    """Yield an open store on its shelf."""
    shelf = SqliteShelf(folder)
    yield shelf
    shelf.store.close()

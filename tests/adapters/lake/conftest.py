"""Stores with a lake behind them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from tactful.adapters.key_file import create_key_file

pytest.register_assert_rewrite("tactful.testing.conformance")

from lake_worlds import LakeShelf  # noqa: E402 - after the line above


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty store and its key once: migrating takes longer than most tests."""
    home = tmp_path_factory.mktemp("blank")
    create_key_file(home / "master.key")
    (home / "data").mkdir()
    LakeShelf(home / "data").store.close()
    return home


@pytest.fixture
def folder(blank: Path, tmp_path: Path) -> Path:
    """Return a folder with an empty store, and its key beside it."""
    copytree(blank, tmp_path, dirs_exist_ok=True)
    return tmp_path / "data"


@pytest.fixture
def shelf(folder: Path) -> Iterator[LakeShelf]:
    """Yield an open store with its lake."""
    shelf = LakeShelf(folder)
    yield shelf
    shelf.store.close()

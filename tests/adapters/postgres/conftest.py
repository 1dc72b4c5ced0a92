"""The store on PostgreSQL as the conformance suites want it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from postgres_worlds import Server
from tactful.adapters.key_file import create_key_file

pytest.register_assert_rewrite("tactful.testing.conformance")

from postgres_shelf import PostgresShelf  # noqa: E402 - after the line above


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the master key of all databases."""
    path = tmp_path_factory.mktemp("key") / "master.key"
    create_key_file(path)
    return path


@pytest.fixture(scope="session")
def blank(postgres: Server, key: Path) -> str:
    """Make an empty store once, and return its name: migrating takes longer than most tests."""
    postgres.execute("CREATE DATABASE blank")
    PostgresShelf(postgres.address("blank"), key).store.close()
    return "blank"


@pytest.fixture
def url(postgres: Server, blank: str) -> Iterator[str]:
    """Yield the address of a database with an empty store."""
    address = postgres.new_database(blank)
    yield address
    postgres.drop(address)


@pytest.fixture
def shelf(url: str, key: Path) -> Iterator[PostgresShelf]:
    """Yield an open store on its shelf."""
    shelf = PostgresShelf(url, key)
    yield shelf
    shelf.store.close()

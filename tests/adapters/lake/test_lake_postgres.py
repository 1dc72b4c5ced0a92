"""A lake behind PostgreSQL keeps the promises of one behind a file, for several servers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from lake_worlds import LakeShelf

from child_worlds import until
from postgres_worlds import Server
from tactful.adapters.key_file import KeyFile
from tactful.adapters.postgres import open_store
from tactful.adapters.sqlite import SqliteStore
from tactful.terms import Policy
from tactful.testing.conformance.records import RecordsSuite
from tactful.testing.conformance.shelf import Clock


class PostgresLakeShelf(LakeShelf):
    """A shelf whose store is the database at *url*, with its lake in *folder*."""

    def __init__(self, folder: Path, url: str, *, leaves: bool = False) -> None:
        self.url = url
        self.leaves = leaves
        super().__init__(folder)

    def before_the_lake(self, policy: Policy, clock: Clock) -> SqliteStore:
        """Open the store in the database."""
        keys = KeyFile(self.folder.parent / "master.key")
        return open_store(self.url, policy, keys, clock=clock, policy_hash=repr(policy))


@pytest.fixture(scope="module")
def template(postgres: Server, blank: Path) -> str:
    """Make an empty store once, and return the name of its database."""
    postgres.execute("CREATE DATABASE blank_before_a_lake")
    url = postgres.address("blank_before_a_lake")
    PostgresLakeShelf(blank / "data", url).store.close()
    return "blank_before_a_lake"


@pytest.fixture
def url(postgres: Server, template: str) -> Iterator[str]:
    """Yield the address of a database with an empty store."""
    address = postgres.new_database(template)
    yield address
    postgres.drop(address)


@pytest.fixture
def other(folder: Path, url: str) -> Iterator[PostgresLakeShelf]:
    """Yield the same store and lake as another server has them."""
    shelf = PostgresLakeShelf(folder, url)
    yield shelf
    shelf.store.close()


@pytest.fixture
def shelf(folder: Path, url: str) -> Iterator[PostgresLakeShelf]:
    """Yield a store in PostgreSQL with its lake."""
    shelf = PostgresLakeShelf(folder, url)
    yield shelf
    shelf.store.close()


class TestRecordsInTheLakeOfPostgres(RecordsSuite):
    """Withdrawal and erasure, where every event is in the lake alone."""

    @pytest.fixture
    def shelf(self, folder: Path, url: str) -> Iterator[LakeShelf]:
        """Yield a store that leaves all it can to the lake."""
        shelf = PostgresLakeShelf(folder, url, leaves=True)
        yield shelf
        shelf.store.close()


def test_one_feeds_and_all_read(shelf: PostgresLakeShelf, other: PostgresLakeShelf) -> None:
    """What one server fed and retired is one history to the other, each event there once."""
    ann = shelf.subject("ann")
    for item in ("a", "b", "c"):
        shelf.see(ann, item)
    until(lambda: other.items(ann, "answer-request") == ["a", "b", "c"])
    assert shelf.feed() == 1
    assert other.items(ann, "answer-request") == ["a", "b", "c"]
    shelf.lake.outflow.retire(before=date.max, at=shelf.clock())
    assert other.items(ann, "answer-request") == ["a", "b", "c"]
    other.see(ann, "d")
    assert other.items(ann, "answer-request") == ["a", "b", "c", "d"]
    until(lambda: shelf.items(ann, "answer-request") == ["a", "b", "c", "d"])


def test_erased_by_another(shelf: PostgresLakeShelf, other: PostgresLakeShelf) -> None:
    """Whoever is erased by one server is gone from the lake that the other fed."""
    ann, bob = shelf.subject("ann"), shelf.subject("bob")
    for subject in (ann, bob):
        shelf.see(subject, f"kettle of {subject}")
    shelf.retire()
    assert other.store.records.erase(other.permit(ann))["lake"] == 1
    until(lambda: shelf.items(ann, "answer-request") == [])
    assert shelf.items(bob, "answer-request") == [f"kettle of {bob}"]
    assert shelf.lake_rows() == 1
    assert shelf.sqlite.outflow.fed() == {}


def test_one_at_a_time(shelf: PostgresLakeShelf, other: PostgresLakeShelf) -> None:
    """While one server changes the lake, another waits, also where no file can be locked."""
    began, held = threading.Event(), threading.Event()

    def wait() -> None:
        began.set()
        with other.lake.outflow.lake_held():
            held.set()

    with shelf.lake.outflow.lake_held():
        thread = threading.Thread(target=wait)
        thread.start()
        began.wait(10)
        assert not held.wait(0.3)
    assert held.wait(30)
    thread.join()


def test_days_that_are_gone_are_not_vacuumed(shelf: PostgresLakeShelf) -> None:
    """An erasure after a day's table was dropped vacuums what is left, and leaves nothing due."""
    ann = shelf.subject("ann")
    shelf.see(ann, "a")
    records = shelf.sqlite.records._recent  # type: ignore[attr-defined]
    records._due |= {"events_19990101"}
    shelf.store.records.erase(shelf.permit(ann))
    assert records._due == set()

"""The embedded store loses nothing that it acknowledged: killed, or on a full disk."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tactful.adapters.sqlite import SqliteStore
from tactful.adapters.sqlite.writer import Job
from tactful.terms import StoreFull
from tactful.testing.conformance.durability import DurabilitySuite
from tactful.testing.conformance.shelf import Shelf, user

HERE = Path(__file__).parent


class TestDurability(DurabilitySuite):
    """Killed while writing, in SQLite."""

    @pytest.fixture
    def appender(self, folder: Path) -> Sequence[str]:
        """Return the command that appends."""
        return [sys.executable, str(HERE / "appender.py"), str(folder)]


def limit_pages(shelf: Shelf, pages: int) -> None:
    """Let the store grow by *pages* more, and no further."""

    def work(db: sqlite3.Connection) -> None:
        now = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {now + pages}")

    assert isinstance(shelf.store, SqliteStore)
    shelf.store._engine.writer.run_bare(work)


def test_full_store_refuses_whole_calls(shelf: Shelf) -> None:
    """A call that does not fit is refused whole; what was there stays; with room it goes on."""
    ann = shelf.subject("ann")
    shelf.see(ann, "before")
    limit_pages(shelf, 20)
    large = {"colour": "x" * 5_000}
    with pytest.raises(StoreFull, match="free some space"):
        shelf.see(ann, *(f"large {n}" for n in range(50)), properties=large)
    assert shelf.items(ann) == ["before"]
    limit_pages(shelf, 100_000)
    assert shelf.see(ann, *(f"large {n}" for n in range(50)), properties=large) == 50
    assert len(shelf.items(ann)) == 51


def test_full_store_admits_nobody_by_half(shelf: Shelf) -> None:
    """While the store is full nobody is admitted, not even by half."""
    limit_pages(shelf, 0)
    with pytest.raises(StoreFull):
        shelf.store.identities.admit([user("x" * 10_000)], at=shelf.clock())
    assert shelf.store.identities.find(user("x" * 10_000)) is None
    limit_pages(shelf, 100_000)
    assert shelf.subject("ann") == shelf.store.identities.find(user("ann"))


def test_counts_wait_for_room(shelf: Shelf) -> None:
    """What is counted while the store is full is written when there is room; reads go on."""
    limit_pages(shelf, 0)
    expected = {("kept", f"{n} {'x' * 200}"): n for n in range(1, 100)}
    for (name, label), n in expected.items():
        shelf.store.tallies.add(name, label, n)
    assert isinstance(shelf.store, SqliteStore)
    with pytest.raises(StoreFull):
        shelf.store.flush()
    assert shelf.store.tallies.totals() == {}
    limit_pages(shelf, 100_000)
    assert shelf.store.tallies.totals() == expected


def test_full_store_can_still_erase(shelf: Shelf) -> None:
    """Erasing needs no room: it works on a store that is full."""
    ann = shelf.subject("ann")
    shelf.see(ann, "teapot")
    limit_pages(shelf, 0)
    shelf.store.records.erase(shelf.permit(ann))
    assert shelf.store.identities.find(user("ann")) is None


FULL_DISK = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from sqlite_shelf import SqliteShelf
from tactful.terms import StoreFull
shelf = SqliteShelf(Path(sys.argv[2]))
ann = shelf.subject("ann")
shelf.see(ann, "before")
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
try:
    shelf.see(ann, *map(str, range(300)), properties={"colour": "x" * 5_000})
except StoreFull:
    print("full")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(shelf.see(ann, "after"), shelf.items(ann))
shelf.store.close()
"""


def test_the_system_refuses_to_write(shelf: Shelf, folder: Path) -> None:
    """When the system lets a file grow no further: `StoreFull`, nothing lost, and then on."""
    shelf.store.close()
    command = [sys.executable, "-c", FULL_DISK, str(HERE), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == ["full", "1 ['before', 'after']"]
    shelf.reopen()
    assert shelf.items(shelf.subject("ann")) == ["before", "after"]


def test_rolled_back_messages_may_come_again(shelf: Shelf) -> None:
    """A message whose commit failed was not received: sent again, it is stored."""
    ann = shelf.subject("ann")
    shelf.see(ann, "before")
    assert isinstance(shelf.store, SqliteStore)

    def give_up(db: sqlite3.Connection) -> None:
        db.execute("ROLLBACK")  # as SQLite itself does on some errors
        raise sqlite3.OperationalError("the disk is gone")

    writer = shelf.store._engine.writer
    with writer._wake:  # so that both are in one group
        lost = shelf.store.events.append([shelf.event(ann, "teapot")])
        writer.submit(Job(work=give_up))
    with pytest.raises(sqlite3.OperationalError):
        lost.result()
    assert shelf.see(ann, "teapot") == 1
    assert shelf.items(ann) == ["before", "teapot"]

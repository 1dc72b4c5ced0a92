"""A store opens fast, or says in one line why not."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlite_shelf import SqliteShelf

from tactful.adapters.key_file import create_key_file
from tactful.adapters.sqlite import connections, migrate, open_store
from tactful.adapters.sqlite.connections import FILE, connect
from tactful.terms import Busy, NotAShop, Trouble
from tactful.testing.conformance.policy import shelf_policy
from tactful.testing.conformance.shelf import Clock, Shelf, user


def test_no_folder(tmp_path: Path) -> None:
    """Where there is no folder the message tells to make a shop."""
    with pytest.raises(NotAShop, match="tactful init"):
        SqliteShelf(tmp_path / "absent")


def test_something_else_in_the_folder(tmp_path: Path) -> None:
    """A folder that holds anything but a store is left alone."""
    (tmp_path / "holiday.jpg").write_bytes(b"jpeg")
    with pytest.raises(NotAShop, match="holds no tactful store"):
        SqliteShelf(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]


def test_not_a_database(tmp_path: Path) -> None:
    """A file of that name that is something else is not touched."""
    (tmp_path / FILE).write_bytes(b"not a database" * 1000)
    with pytest.raises(NotAShop, match="holds no tactful store"):
        SqliteShelf(tmp_path)
    assert (tmp_path / FILE).read_bytes() == b"not a database" * 1000


def test_a_file_for_a_folder(tmp_path: Path) -> None:
    """A file where the folder should be is said to be in the way."""
    (tmp_path / "data").write_bytes(b"")
    with pytest.raises(Trouble, match="cannot make a store"):
        SqliteShelf(tmp_path / "data")


def test_another_master_key(shelf: Shelf, folder: Path, tmp_path: Path) -> None:
    """Under another master key the store does not open, and is not changed."""
    ann = shelf.subject()
    shelf.store.close()
    other = create_key_file(tmp_path / "other.key")
    with pytest.raises(Trouble, match="not the master key"):
        open_store(folder, shelf.policy, other, clock=Clock(), policy_hash="x")
    shelf.reopen()
    assert shelf.store.identities.find(user("ann")) == ann


def test_a_newer_store(shelf: Shelf, folder: Path) -> None:
    """A store written by a newer tactful is not opened."""
    shelf.store.close()
    db = connect(folder / FILE)
    db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    with pytest.raises(NotAShop, match="newer tactful"):
        SqliteShelf(folder)


def test_locked_by_another_process(
    shelf: Shelf, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process holds the store, opening it and writing to it say so."""
    monkeypatch.setattr(connections, "BUSY_SECONDS", 0.1)
    shelf.reopen()
    other = sqlite3.connect(folder / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy, match="another process"):
        shelf.subject()
    with pytest.raises(Busy, match="another process"):
        SqliteShelf(folder)
    other.close()
    assert shelf.subject()


def test_only_its_owner_may_read_it(shelf: Shelf, folder: Path) -> None:
    """Every file of a store is its owner's alone."""
    shelf.see(shelf.subject(), "teapot")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {FILE: 0o600, f"{FILE}-wal": 0o600, f"{FILE}-shm": 0o600}


def test_an_empty_folder_becomes_a_private_store(tmp_path: Path) -> None:
    """A new store is made with the same care."""
    create_key_file(tmp_path / "master.key")
    (tmp_path / "data").mkdir()
    SqliteShelf(tmp_path / "data").store.close()
    assert stat.S_IMODE((tmp_path / "data" / FILE).stat().st_mode) == 0o600


def test_a_store_of_before_its_first_tables(folder: Path) -> None:
    """A store whose making was cut short is finished at the next opening."""
    for path in folder.iterdir():
        path.unlink()
    (folder / FILE).touch()
    shelf = SqliteShelf(folder)
    assert shelf.subject()
    shelf.store.close()


def test_closing_twice(shelf: Shelf) -> None:
    """Closing again does nothing; writing after that is refused."""
    shelf.store.close()
    shelf.store.close()
    with pytest.raises(Trouble, match="closed"):
        shelf.subject()


def test_wipes_what_it_deletes(shelf: Shelf, folder: Path) -> None:
    """Every connection wipes deleted bytes, waits for the disk, and checks references."""
    db = connect(folder / FILE)
    settings = {
        name: db.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("secure_delete", "synchronous", "foreign_keys", "journal_mode", "temp_store")
    }
    db.close()
    full, memory = 2, 2
    assert settings == {
        "secure_delete": 1,
        "synchronous": full,
        "foreign_keys": 1,
        "journal_mode": "wal",
        "temp_store": memory,
    }


def test_head_is_the_newest_migration() -> None:
    """The version that counts as up to date is that of the last migration."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


OPENING = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from sqlite_shelf import SqliteShelf
started = time.perf_counter()
SqliteShelf(Path(sys.argv[2])).store.close()
print(sum(name.partition(".")[0] in ("alembic", "sqlalchemy") for name in sys.modules))
print(time.perf_counter() - started)
"""


def test_opening_is_fast(folder: Path) -> None:
    """A store that is up to date opens in a tenth of a second, without loading Alembic."""
    here = str(Path(__file__).parent)
    command = [sys.executable, "-c", OPENING, here, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    modules, seconds = done.stdout.split()
    assert modules == "0"
    assert float(seconds) < 0.5  # measured 0.01; other work may share the machine


def test_making_a_store_says_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Migrations are quiet."""
    create_key_file(tmp_path / "master.key")
    (tmp_path / "100% data").mkdir()
    SqliteShelf(tmp_path / "100% data").store.close()
    assert capfd.readouterr() == ("", "")


def test_purposes_keep_their_meaning(shelf: Shelf) -> None:
    """Under a policy with more purposes, in another order, masks mean what they meant."""
    ann = shelf.subject()
    shelf.see(ann, "teapot")
    whole = shelf_policy()
    purposes = {"new": whole.purposes["necessary"]} | dict(reversed(list(whole.purposes.items())))
    shelf.reopen(replace(whole, purposes=purposes))
    assert shelf.items(ann) == ["teapot"]
    assert shelf.items(ann, "count-visits") == []

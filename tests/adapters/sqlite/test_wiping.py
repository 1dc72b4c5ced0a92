"""That SQLite wipes what it deletes is seen, not believed."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_shelf import SqliteShelf

from tactful.adapters.sqlite import wiping
from tactful.adapters.sqlite.connections import FILE
from tactful.adapters.sqlite.meta import WIPES
from tactful.adapters.sqlite.wiping import wipes
from tactful.terms import Trouble


def seen_with(folder: Path) -> bytes:
    """Return the version of SQLite that the store noted."""
    db = sqlite3.connect(folder / FILE)
    (value,) = db.execute("SELECT value FROM meta WHERE name = ?", (WIPES,)).fetchone()
    db.close()
    return bytes(value)


def test_this_sqlite_wipes(tmp_path: Path) -> None:
    """With the store's setting no byte is left, and nothing of the trial either."""
    assert wipes(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_left_is_seen(tmp_path: Path) -> None:
    """Without the setting the bytes stay, and the trial sees them."""
    assert not wipes(tmp_path, setting="OFF")
    assert list(tmp_path.iterdir()) == []


def test_a_sqlite_that_does_not_wipe(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another version of SQLite leaves bytes, the store does not open."""
    monkeypatch.setattr(sqlite3, "sqlite_version", "9.9.9")
    monkeypatch.setattr(wiping, "wipes", lambda _: False)

    with pytest.raises(Trouble, match=r"9\.9\.9.*nobody could be erased"):
        SqliteShelf(folder)
    assert seen_with(folder) != b"9.9.9"


def test_tried_once_for_each_version(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried for a new store and for another version, and not at every opening."""
    tried: list[Path] = []

    def tries(folder: Path) -> bool:
        tried.append(folder)
        return True

    monkeypatch.setattr(wiping, "wipes", tries)

    SqliteShelf(folder).store.close()
    assert tried == []
    monkeypatch.setattr(sqlite3, "sqlite_version", "9.9.9")
    for _ in range(2):
        SqliteShelf(folder).store.close()
    assert tried == [folder]
    assert seen_with(folder) == b"9.9.9"

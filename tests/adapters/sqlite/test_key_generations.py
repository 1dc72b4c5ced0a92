"""A store of before generations is found as it was; wrapped anew, keys leave no copies behind."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from sqlite_shelf import SqliteShelf

from tactful.adapters.key_file import KeyFile, create_key_file
from tactful.adapters.key_folder import KeyFolder
from tactful.adapters.sqlite import SqliteStore, open_store
from tactful.adapters.sqlite.connections import FILE, connect
from tactful.adapters.sqlite.migrate import upgrade
from tactful.adapters.sqlite.subject_keys import seal_for
from tactful.mechanisms.keyring import fingerprint
from tactful.mechanisms.sealing import blind_index, derive, seal
from tactful.terms import Policy, SubjectId
from tactful.testing.conformance.shelf import Clock, user

ANN = SubjectId(7)


class RotatingShelf(SqliteShelf):
    """A shelf whose keys are a folder: the one that the store's folder lies in."""

    def _opened(self, policy: Policy, clock: Clock) -> SqliteStore:
        keys = KeyFolder(self.folder.parent)
        return open_store(self.folder, policy, keys, clock=clock, policy_hash=repr(policy))

    def rotate(self) -> None:
        """Begin the next generation, wrap everything under it, and let the older ones go."""
        opened = self.store
        assert isinstance(opened, SqliteStore)
        keys = KeyFolder(self.folder.parent)
        newest = max(opened.rekeying.generations()) + 1
        keys.make(newest)
        opened.rekeying.begin(newest)
        opened.rekeying.rewrap()
        for generation in opened.rekeying.retire():
            keys.destroy(generation)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a folder with a store of version 0002, in which Ann is known."""
    master = create_key_file(tmp_path / "master.key").master()
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / FILE).touch()
    upgrade(folder / FILE, to="0002")
    key, name = os.urandom(32), user("ann")
    wrapping = derive(master, "tactful 1 wrap subject keys")
    wrapped = seal(wrapping, key, about=f"key:{ANN}".encode(), random=os.urandom)
    index = blind_index(derive(master, "tactful 1 blind index"), name.kind.value, name.value)
    sealed = seal_for(key, name.value.encode(), table="identifiers", subject=ANN)
    db = connect(folder / FILE)
    db.execute("INSERT INTO meta (name, value) VALUES ('key_check', ?)", (fingerprint(master),))
    db.execute("INSERT INTO subjects (id, created_at) VALUES (?, 0)", (ANN,))
    db.execute("INSERT INTO keys (subject, wrapped) VALUES (?, ?)", (ANN, wrapped))
    db.execute(
        "INSERT INTO identifiers (kind, blind_index, subject, sealed) VALUES (?, ?, ?, ?)",
        (name.kind.value, index, ANN, sealed),
    )
    db.close()
    return folder


def row(folder: Path, query: str) -> tuple[object, ...]:
    """Return the one row that *query* finds."""
    db = sqlite3.connect(folder / FILE)
    found = tuple(db.execute(query).fetchone())
    db.close()
    return found


def test_a_store_of_before_generations(old: Path) -> None:
    """Who was known is found by the same index and readable, then and after a rotation."""
    before = row(old, "SELECT blind_index FROM identifiers")
    shelf = RotatingShelf(old)
    for _ in range(2):
        assert shelf.store.identities.find(user("ann")) == ANN
        assert shelf.store.profiles.identifiers(shelf.permit(ANN)) == (user("ann"),)
        shelf.rotate()
    shelf.store.close()
    assert row(old, "SELECT blind_index FROM identifiers") == before
    assert row(old, "SELECT count(*) FROM meta WHERE name = 'key_check'") == (0,)
    assert KeyFile(old.parent / "master-3.key").master()


def test_a_generation_in_use_cannot_go(folder: Path) -> None:
    """The store itself refuses to lose a generation that wraps a key."""
    shelf = RotatingShelf(folder)
    shelf.subject("ann")
    shelf.store.close()
    db = connect(folder / FILE)
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("DELETE FROM key_generations")
    db.close()


def test_erased_after_a_rotation(folder: Path) -> None:
    """Keys that were wrapped anew among many are wiped as before, wherever they stood."""
    shelf = RotatingShelf(folder)
    subjects = [shelf.subject(f"subject {number}") for number in range(300)]
    for subject in subjects[::5]:
        shelf.store.records.erase(shelf.permit(subject))
        subjects.remove(subject)
    shelf.rotate()
    chosen = subjects[::8]
    db = sqlite3.connect(folder / FILE)
    query = "SELECT wrapped FROM keys WHERE subject = ?"
    keys = [db.execute(query, (subject,)).fetchone()[0] for subject in chosen]
    db.close()
    for subject in chosen:
        shelf.store.records.erase(shelf.permit(subject))
    shelf.rotate()
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    assert [key for key in keys if key in content] == []
    assert shelf.store.profiles.identifiers(shelf.permit(subjects[1]))
    shelf.store.close()

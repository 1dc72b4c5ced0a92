"""Master keys as files: one per generation, private, wiped when destroyed."""

from __future__ import annotations

import stat
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tactful.adapters.key_folder import KeyFolder, files, path_of
from tactful.mechanisms.keyring import KeyStore
from tactful.terms import Trouble
from tactful.testing.conformance.keys import KeyStoreSuite


class TestKeyFolder(KeyStoreSuite):
    """A folder of key files keeps every promise of a key store."""

    @pytest.fixture
    def new_key_store(
        self, tmp_path: Path
    ) -> Callable[[], tuple[KeyStore, Callable[[], KeyStore]]]:
        """Return a function that makes an empty folder of its own."""
        number = count()

        def new() -> tuple[KeyStore, Callable[[], KeyStore]]:
            folder = tmp_path / f"keys-{next(number)}"
            folder.mkdir()
            return KeyFolder(folder), lambda: KeyFolder(folder)

        return new


def test_names_of_files(tmp_path: Path) -> None:
    """The first key is `master.key`, the next `master-2.key`; both are their owner's only."""
    store = KeyFolder(tmp_path)
    store.make(1)
    store.make(2)

    names = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert names == {"master.key": 0o600, "master-2.key": 0o600}


@pytest.mark.parametrize("name", ["master-0.key", "master-02.key", "master-x.key", "masters.key"])
def test_other_files_are_no_keys(tmp_path: Path, name: str) -> None:
    """A file of another name is left alone."""
    (tmp_path / name).write_bytes(b"not ours")

    assert list(files(tmp_path, ".key")) == []


def test_a_damaged_key_is_not_made_good(tmp_path: Path) -> None:
    """Where a file is there that is no key, none is made in its place."""
    path = path_of(tmp_path, 2, ".key")
    path.write_bytes(b"half a k")
    path.chmod(0o600)

    with pytest.raises(Trouble, match="not a tactful key file"):
        KeyFolder(tmp_path).make(2)
    assert path.read_bytes() == b"half a k"


def test_wiped_before_removed(tmp_path: Path) -> None:
    """What has the file open when it is destroyed reads zeros."""
    store = KeyFolder(tmp_path)
    store.make(1)
    path = tmp_path / "master.key"
    size = path.stat().st_size

    with path.open("rb") as held:
        store.destroy(1)
        assert held.read() == bytes(size)
    assert not path.exists()


def test_a_key_that_cannot_be_removed(tmp_path: Path) -> None:
    """Where a key cannot be removed, that is said."""
    (tmp_path / "master.key").mkdir()

    with pytest.raises(Trouble, match="cannot remove the key file"):
        KeyFolder(tmp_path).destroy(1)


def test_wiped_and_not_removed(tmp_path: Path) -> None:
    """A key that was wiped by somebody who was killed before removing it is no key any more."""
    store = KeyFolder(tmp_path)
    for generation in (1, 2):
        store.make(generation)
    path = path_of(tmp_path, 1, ".key")
    path.write_bytes(bytes(path.stat().st_size))

    assert set(store.masters()) == {2}
    assert [note.generation for note in store.notes()] == [2]
    store.destroy(3)
    assert not path.exists()
    store.keep(1, bytes(range(32)))
    assert store.masters()[1] == bytes(range(32))


def test_the_only_key_was_wiped(tmp_path: Path) -> None:
    """Where zeros are all that is left, the file is named, and nothing takes its place unasked."""
    path = path_of(tmp_path, 1, ".key")
    path.write_bytes(bytes(60))
    path.chmod(0o600)

    with pytest.raises(Trouble, match="not a tactful key file: restore it"):
        KeyFolder(tmp_path).masters()

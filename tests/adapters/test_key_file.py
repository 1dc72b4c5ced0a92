"""The master key is whole or absent, and nobody else's to read."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tactful.adapters.key_file import KeyFile, create_key_file
from tactful.terms import Trouble


def test_is_private_and_comes_back(tmp_path: Path) -> None:
    """A new key is 32 bytes, readable by its owner only, and the same when read again."""
    path = tmp_path / "master.key"
    key = create_key_file(path).master()
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyFile(path).master() == key


def test_keys_differ(tmp_path: Path) -> None:
    """No two keys are alike."""
    keys = {create_key_file(tmp_path / name).master() for name in "abc"}
    assert len(keys) == 3


def test_never_overwrites(tmp_path: Path) -> None:
    """A key that exists stays; the attempt leaves nothing behind."""
    path = tmp_path / "master.key"
    key = create_key_file(path).master()
    with pytest.raises(Trouble, match="never overwritten"):
        create_key_file(path)
    assert KeyFile(path).master() == key
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o777])
def test_refuses_what_others_may_read(tmp_path: Path, mode: int) -> None:
    """A key that others may read is refused, with the command that repairs it."""
    path = tmp_path / "master.key"
    create_key_file(path)
    path.chmod(mode)
    with pytest.raises(Trouble, match=f"chmod 600 {path}"):
        KeyFile(path).master()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 32,
        b"tactful-master-key-1:",
        b"tactful-master-key-1:AAAA\n",
        b"\xff\xfe",
        b"A" * 44,
    ],
)
def test_refuses_what_is_no_key(tmp_path: Path, content: bytes) -> None:
    """Anything but a whole key is refused."""
    path = tmp_path / "master.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(Trouble, match="not a tactful key file"):
        KeyFile(path).master()


def test_a_missing_key_says_what_to_do(tmp_path: Path) -> None:
    """Without the file the message tells to restore it."""
    with pytest.raises(Trouble, match="restore it"):
        KeyFile(tmp_path / "absent").master()


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Where the key cannot be written, that is said in one line."""
    with pytest.raises(Trouble, match="cannot write the key file"):
        create_key_file(tmp_path / "absent" / "master.key")


def test_repr_shows_no_key(tmp_path: Path) -> None:
    """The `repr` names the file and not its content."""
    file = create_key_file(tmp_path / "master.key")
    assert repr(file) == f"KeyFile({str(tmp_path / 'master.key')!r})"

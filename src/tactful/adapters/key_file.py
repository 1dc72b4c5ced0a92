"""
A key in a file that only its owner may read; first of all the master key.

Whoever holds the master key and the store can read every identifier; whoever loses it can read
none.  A key is made once and never changed here: its generations are `key_folder`'s business, key
services `kms_keys`'s.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tactful.mechanisms.keyring import FIRST
from tactful.mechanisms.sealing import KEY_BYTES
from tactful.terms import Trouble

MASTER = "master"
_OTHERS = 0o077


@dataclass(frozen=True, slots=True, repr=False)
class KeyFile:
    """
    A key on disk: the master key, unless `kind` says another.  Its `repr` shows the path only.

    The file holds `tactful-<kind>-key-1:` and 32 bytes in base64.
    """

    path: Path
    kind: str = MASTER

    def __repr__(self) -> str:
        """Name the file, never what is in it."""
        return f"KeyFile({str(self.path)!r})"

    def master(self) -> bytes:
        """Return the 32 bytes of the master key, as `secret` does."""
        return self.secret()

    def masters(self) -> Mapping[int, bytes]:
        """Return the master key as that of a shop that never rotated it."""
        return {FIRST: self.secret()}

    def secret(self) -> bytes:
        """
        Return the 32 bytes of the key.

        Raises:
            Trouble: no such file, readable by others, or not a key; the message says what to do.
        """
        try:
            mode = self.path.stat().st_mode
            content = self.path.read_bytes()
        except OSError as error:
            raise Trouble(
                f"the key file {self.path} cannot be read: restore it from your backup"
            ) from error
        if mode & _OTHERS:
            raise Trouble(
                f"others may read the key file: run `chmod 600 {self.path}`, and change the key "
                "if somebody did"
            )
        return self._parse(content)

    def _parse(self, content: bytes) -> bytes:
        prefix = _prefix(self.kind)
        try:
            key = base64.b64decode(content.strip().removeprefix(prefix), validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY_BYTES or not content.startswith(prefix):
            raise Trouble(f"{self.path} is not a tactful key file: restore it from your backup")
        return key


def create_key_file(
    path: Path, *, kind: str = MASTER, random: Callable[[int], bytes] = os.urandom
) -> KeyFile:
    """
    Make a new key at *path*, whole or not at all, readable by its owner only.

    Raises:
        Trouble: there is a key already, or the folder cannot be written.
    """
    write_new(path, _prefix(kind) + base64.b64encode(random(KEY_BYTES)) + b"\n")
    return KeyFile(path, kind)


def write_new(path: Path, content: bytes) -> None:
    """
    Write a key file at *path*, whole or not at all, readable by its owner only.

    Raises:
        Trouble: there is one already, or the folder cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        write_private(draft, content)
        os.link(draft, path)  # unlike a rename, a link never replaces a key that exists
        sync_folder(path.parent)
    except FileExistsError as error:
        raise Trouble(f"{path} exists already: a key is never overwritten") from error
    except OSError as error:
        raise Trouble(f"cannot write the key file {path}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make the names in *folder* durable."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_private(path: Path, content: bytes) -> None:
    """Write *content* durably to a new file at *path* that only its owner can read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _prefix(kind: str) -> bytes:
    return f"tactful-{kind}-key-1:".encode()

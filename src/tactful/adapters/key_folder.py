"""
The master keys of a shop as files in its key folder: `master.key`, then `master-2.key`, ...

Keeps one file per generation.  Deciding when a key is made or destroyed is the caller's business.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tactful.adapters.key_file import KeyFile, create_key_file, sync_folder
from tactful.mechanisms.keyring import FIRST, KeyNote
from tactful.terms import Trouble

SUFFIX: Final = ".key"
_NAME: Final = re.compile(r"master(?:-(?P<number>[1-9][0-9]{0,3}))?")


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """Implements `tactful.mechanisms.keyring.KeyStore` on a folder that only its owner may read."""

    folder: Path
    random: Callable[[int], bytes] = os.urandom

    def masters(self) -> Mapping[int, bytes]:
        """Return the keys that lie in the folder, by generation."""
        found = {number: KeyFile(path).master() for number, path in files(self.folder, SUFFIX)}
        return found or {FIRST: KeyFile(path_of(self.folder, FIRST, SUFFIX)).master()}

    def make(self, generation: int) -> None:
        """Make a new key file, unless it is there."""
        path = path_of(self.folder, generation, SUFFIX)
        _remove_wiped(path)
        if path.exists():
            KeyFile(path).master()
        else:
            create_key_file(path, random=self.random)

    def keep(self, generation: int, key: bytes) -> None:
        """Write *key* into a file of its own."""
        path = path_of(self.folder, generation, SUFFIX)
        _remove_wiped(path)
        if not path.exists():
            create_key_file(path, random=lambda _: key)
        elif KeyFile(path).master() != key:
            raise Trouble(f"{path} holds another key: a key is never overwritten")

    def destroy(self, generation: int) -> None:
        """
        Overwrite the file, then remove it; what a disk keeps of old blocks is beyond us.

        What others wiped, and were killed before they removed it, goes with it.
        """
        path = path_of(self.folder, generation, SUFFIX)
        try:
            for left in self.folder.glob(f"master*{SUFFIX}"):
                _remove_wiped(left)
            wipe(path)
        except FileNotFoundError:
            return
        except OSError as error:
            raise Trouble(f"cannot remove the key file {path}: {error.strerror}") from error

    def notes(self) -> tuple[KeyNote, ...]:
        """Return what may be told of each key; it was made when its file was last written."""
        return tuple(
            KeyNote(
                generation=number,
                made=datetime.fromtimestamp(path.stat().st_mtime, tz=UTC),
                where=str(path),
            )
            for number, path in files(self.folder, SUFFIX)
        )


def path_of(folder: Path, generation: int, suffix: str) -> Path:
    """Return where the key of *generation* lies."""
    name = "master" if generation == FIRST else f"master-{generation}"
    return folder / f"{name}{suffix}"


def files(folder: Path, suffix: str) -> Iterator[tuple[int, Path]]:
    """Yield the generations that lie in *folder* with their files, the oldest first."""
    found = {}
    for path in folder.glob(f"master*{suffix}"):
        name = _NAME.fullmatch(path.name.removesuffix(suffix))
        if name and not _is_wiped(path):
            found[int(name["number"] or FIRST)] = path
    yield from sorted(found.items())


def _remove_wiped(path: Path) -> None:
    """Remove the file at *path* if nothing but its removal was left to do when it was wiped."""
    if _is_wiped(path):
        path.unlink(missing_ok=True)


def wipe(path: Path) -> None:
    """Overwrite the file at *path* with zeros, durably, and remove it."""
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    sync_folder(path.parent)


def _is_wiped(path: Path) -> bool:
    """Tell whether *path* was overwritten or is gone: who wiped it may be killed in between."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return True
    except OSError:
        return False  # whoever reads the key says what is wrong
    return bool(content) and not content.strip(b"\0")

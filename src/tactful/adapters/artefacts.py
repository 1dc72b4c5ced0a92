"""
Trained models as immutable folders of arrays, put into use all at once.

An artefact is written beside the others, made durable, and becomes current when the file
`current` is replaced; whoever maps an older one may finish with it.  Older ones are removed at
once, because a model may have learned from a subject who is erased since.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from tactful.adapters.key_file import sync_folder
from tactful.terms import NotFound, StoreFull, Trouble

Arrays = Mapping[str, NDArray[np.generic]]

FORMAT: Final = 1
_CURRENT: Final = "current"
_MANIFEST: Final = "manifest.json"
_DRAFT: Final = ".draft"


class Written(msgspec.Struct, frozen=True):
    """What the manifest says of one file."""

    bytes: int
    sha256: str
    empty: bool


class Manifest(msgspec.Struct, frozen=True):
    """The last file that is written to an artefact: one entry per array."""

    format: int
    files: dict[str, Written]


class ArtefactFolder:
    """The artefacts of one shop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def newest(self) -> str | None:
        """Return the name of the artefact in use, or None before the first."""
        try:
            return (self._folder / _CURRENT).read_text("ascii").strip()
        except FileNotFoundError:
            return None

    def open(self, name: str) -> Arrays:
        """
        Return the arrays of *name*, memory-mapped and read-only.

        Raises:
            NotFound: no longer there: a newer one was published.
            Trouble: a file is missing or cut short; the message names it.
        """
        folder = self._folder / name
        files = _read_manifest(folder)
        return {array: _map(folder / f"{array}.npy", entry) for array, entry in files.items()}

    def verify(self, name: str) -> None:
        """
        Read every byte of *name* and compare it with what was published.

        Raises:
            NotFound: no longer there.
            Trouble: a file is missing or was altered; the message names it.
        """
        folder = self._folder / name
        for array, entry in _read_manifest(folder).items():
            path = folder / f"{array}.npy"
            if not path.exists() or _sha256(path) != entry.sha256:
                raise _damaged(path)

    def publish(self, arrays: Arrays) -> str:
        """
        Put *arrays* into use, all at once or not at all; return the new artefact's name.

        Raises:
            StoreFull: they cannot be written; what was in use stays in use.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._alone():
                return self._publish(arrays)
        except OSError as error:
            raise StoreFull(
                f"cannot write the model to {self._folder}: {error.strerror}; "
                "the one in use stays in use"
            ) from error

    def _publish(self, arrays: Arrays) -> str:
        name = self._next_name()
        draft = self._folder / _DRAFT
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir()
        files = {array: _write(draft / f"{array}.npy", value) for array, value in arrays.items()}
        manifest = msgspec.json.encode(Manifest(format=FORMAT, files=files))
        _write_whole(draft / _MANIFEST, msgspec.json.format(manifest))
        sync_folder(draft)
        draft.rename(self._folder / name)
        _write_whole(self._folder / f"{_CURRENT}.new", f"{name}\n".encode())
        (self._folder / f"{_CURRENT}.new").rename(self._folder / _CURRENT)
        sync_folder(self._folder)
        self._remove_all_but(name)
        return name

    def _next_name(self) -> str:
        numbers = [int(path.name) for path in self._folder.iterdir() if path.name.isdecimal()]
        return f"{max(numbers, default=0) + 1:06d}"

    def _remove_all_but(self, name: str) -> None:
        for path in self._folder.iterdir():
            if path.name.isdecimal() and path.name != name:
                shutil.rmtree(path)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold off whoever else publishes here."""
        handle = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _read_manifest(folder: Path) -> Mapping[str, Written]:
    path = folder / _MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        raise NotFound(f"there is no model {folder.name} any more: ask for the newest") from error
    except msgspec.MsgspecError as error:
        raise _damaged(path) from error
    if manifest.format != FORMAT:
        raise Trouble(f"{folder} was written by another version: run `tactful train`")
    return manifest.files


def _map(path: Path, entry: Written) -> NDArray[np.generic]:
    if not path.exists() or path.stat().st_size != entry.bytes:
        raise _damaged(path)
    if entry.empty:  # nothing to map
        empty: NDArray[np.generic] = np.load(path, allow_pickle=False)
        return empty
    mapped: NDArray[np.generic] = np.load(path, mmap_mode="r", allow_pickle=False)
    return mapped


def _write(path: Path, array: NDArray[np.generic]) -> Written:
    with path.open("wb") as file:
        np.save(file, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    return Written(bytes=path.stat().st_size, sha256=_sha256(path), empty=array.size == 0)


def _write_whole(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _damaged(path: Path) -> Trouble:
    return Trouble(f"{path} is damaged or cut short: run `tactful train` to make the model anew")

"""
A backup as a folder: copies of a shop's files, and a manifest that names every one with its digest.

What is in the store, and how it is copied, is the store's business; keys are never in a backup.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from tactful.adapters.key_file import sync_folder, write_private
from tactful.terms import Mistake, Trouble

MANIFEST: Final = "manifest.json"
FORMAT: Final = "tactful-backup-1"
_CHUNK: Final = 1 << 20

Progress = Callable[[int, int], None]


class FileCopied(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a backup."""

    path: str
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup holds, and which master keys open what is sealed in it."""

    format: str
    made: datetime
    tactful: str
    store_version: str
    shop: str
    master_keys: tuple[str, ...]
    counts: dict[str, int]
    files: tuple[FileCopied, ...]


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """
    Yield a draft that becomes the folder *path* when all went well, and vanishes when not.

    Raises:
        Mistake: *path* holds something already.
        Trouble: it cannot be made.
    """
    require_empty(path)
    draft = path.absolute().with_name(f".{path.absolute().name}.{os.getpid()}.draft")
    try:
        draft.mkdir(mode=0o700, parents=True)
        yield draft
        draft.replace(path.absolute())  # onto an empty folder, or onto nothing
        sync_folder(draft.parent)
    except OSError as error:
        raise Trouble(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def require_empty(path: Path) -> None:
    """
    Raise unless *path* is free, or an empty folder.

    Raises:
        Mistake: it holds something.
    """
    if path.is_symlink() or (path.exists() and (not path.is_dir() or any(path.iterdir()))):
        raise Mistake(f"{path} is not empty: name a new folder")


def copy_tree(source: Path, to: Path) -> None:
    """Copy the plain files in *source*, for their owner only; one that vanishes is left out."""
    for found in sorted(source.rglob("*")):
        if found.is_file() and not found.is_symlink():
            target = to / found.relative_to(source)
            private_folder(target.parent)
            try:
                copy_file(found, target)
            except FileNotFoundError:
                target.unlink(missing_ok=True)  # a model that a newer one replaced


def private_folder(path: Path) -> None:
    """Make the folder *path* and those above it that are missing, for their owner only."""
    if not path.is_dir():
        private_folder(path.parent)
        path.mkdir(mode=0o700)


def copy_file(source: Path, to: Path) -> None:
    """Copy one file durably, for its owner only."""
    with source.open("rb") as read:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as written:
            shutil.copyfileobj(read, written, _CHUNK)
            written.flush()
            os.fsync(written.fileno())


def list_files(folder: Path) -> tuple[FileCopied, ...]:
    """Return every file in *folder*, with its size and digest."""
    return tuple(
        FileCopied(
            path=path.relative_to(folder).as_posix(),
            bytes=path.stat().st_size,
            sha256=_digest(path),
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write *manifest*, the last file of a backup."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    write_private(folder / MANIFEST, text + b"\n")


def read_manifest(folder: Path) -> Manifest:
    """
    Read what the backup in *folder* says that it holds.

    Raises:
        Mistake: there is no backup, or one of another format.
    """
    path = folder / MANIFEST
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except OSError as error:
        raise Mistake(f"{folder} is no backup: it has no {MANIFEST} that can be read") from error
    except msgspec.MsgspecError as error:
        raise Mistake(f"{path} is damaged: take another backup") from error
    if manifest.format != FORMAT:
        raise Mistake(f"{path} is of another version of tactful: restore it with that one")
    return manifest


def verify(folder: Path, manifest: Manifest, *, progress: Progress = lambda *_: None) -> None:
    """
    Read every byte of the backup in *folder*, and compare it with its manifest.

    Raises:
        Mistake: a file is missing, too many, or another than was written; the message names it.
    """
    _require_same_names(folder, manifest)
    total, done = sum(file.bytes for file in manifest.files), 0
    for file in manifest.files:
        if _digest(folder / file.path) != file.sha256:
            raise Mistake(f"{folder / file.path} is damaged: nothing was restored")
        done += file.bytes
        progress(done, total)


def _require_same_names(folder: Path, manifest: Manifest) -> None:
    named = {file.path for file in manifest.files}
    there = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_symlink() or not path.is_dir()
    } - {MANIFEST}
    if missing := sorted(named - there):
        raise Mistake(f"{folder / missing[0]} is missing: nothing was restored")
    if strange := sorted(there - named):
        raise Mistake(f"{folder / strange[0]} is not of this backup: nothing was restored")
    for name in named:
        if ".." in PurePosixPath(name).parts or (folder / name).is_symlink():
            raise Mistake(f"{folder / name} leads out of the backup: nothing was restored")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

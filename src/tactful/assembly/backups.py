"""
Back a shop up while it serves, and restore it somewhere else, without opening anything sealed.

Nobody changes the lake while both are copied: events wait in the store meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tactful.adapters import backups
from tactful.adapters.erasure_log import LOG, ErasureLog
from tactful.adapters.lake.lock import lake_lock
from tactful.adapters.settings import FILE, Settings, read_settings
from tactful.adapters.sqlite.connections import FILE as STORE_FILE
from tactful.adapters.sqlite.copying import copy_store
from tactful.assembly.backgrounds import lake_folder
from tactful.assembly.shops import open_shop
from tactful.mechanisms.keyring import shown
from tactful.terms import Mistake

Progress = Callable[[int, int], None]

POLICY = "policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedUp:
    """What a backup holds."""

    made: datetime
    counts: Mapping[str, int]
    files: int
    bytes: int
    master_keys: tuple[str, ...]
    keys: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored; `erased_again` is None where that is still to be done."""

    made: datetime
    counts: Mapping[str, int]
    master_keys: tuple[str, ...]
    erased_again: int | None


def back_up(folder: Path, to: Path, *, progress: Progress = lambda *_: None) -> BackedUp:
    """
    Copy the shop in *folder* to the new folder *to*, all of it or nothing, without its keys.

    Raises:
        NotAShop: *folder* holds no shop.
        Mistake: *to* holds something already, or lies inside the shop.
        Trouble: it cannot be written.
    """
    settings = read_settings(folder)
    if to.absolute().resolve().is_relative_to(folder.resolve()):
        raise Mistake(f"{to} lies in the shop that it would be a backup of: name another place")
    with backups.new_folder(to) as draft:
        manifest = _copy(folder, settings, draft, progress)
        backups.write_manifest(draft, manifest)
    return BackedUp(
        made=manifest.made,
        counts=manifest.counts,
        files=len(manifest.files),
        bytes=sum(file.bytes for file in manifest.files),
        master_keys=manifest.master_keys,
        keys=folder / settings.store.keys,
    )


def restore(
    backup: Path,
    folder: Path,
    *,
    keys: Path | None = None,
    erased: Path | None = None,
    verifying: Progress = lambda *_: None,
    erasing: Progress = lambda *_: None,
) -> Restored:
    """
    Make the shop in the backup the new shop *folder*, and erase again who was erased since.

    Args:
        backup: What `back_up` wrote.
        folder: A new folder.
        keys: The key folder of the shop; without it the shop is restored, but does not open yet.
        erased: The log of erasures; `erasures.log` in *keys* by default.
        verifying: Told how many of how many bytes are verified.
        erasing: Told how many of how many subjects are erased again.

    Raises:
        Mistake: the backup is not whole, or *folder* holds something; nothing was restored.
        Trouble: the keys are not those of the backup.
    """
    if erased is not None and keys is None:
        raise Mistake("erasing again needs the keys: name their folder")
    manifest = backups.read_manifest(backup)
    backups.require_empty(folder)
    backups.verify(backup, manifest, progress=verifying)
    with backups.new_folder(folder) as draft:
        _fill(backup, draft)
        again = None
        if keys is not None:
            _bring_keys(draft, keys, erased)
            again = _erase_again(draft, since=manifest.made, progress=erasing)
    return Restored(
        made=manifest.made,
        counts=manifest.counts,
        master_keys=manifest.master_keys,
        erased_again=again,
    )


def _copy(folder: Path, settings: Settings, draft: Path, progress: Progress) -> backups.Manifest:
    made = datetime.now(UTC)
    backups.copy_file(folder / FILE, draft / FILE)
    backups.private_folder(draft / settings.store.data)
    with _steady(lake := lake_folder(folder, settings)):
        copied = copy_store(
            folder / settings.store.data,
            draft / settings.store.data / STORE_FILE,
            progress=progress,
        )
        if lake.resolve().is_relative_to(folder.resolve()):
            backups.copy_tree(lake, draft / lake.resolve().relative_to(folder.resolve()))
    for name in (POLICY, settings.store.models):
        backups.copy_tree(folder / name, draft / name)
    return backups.Manifest(
        format=backups.FORMAT,
        made=made,
        tactful=version("tactful"),
        store_version=copied.version,
        shop=settings.shop.name,
        master_keys=tuple(shown(mark) for mark in copied.fingerprints),
        counts=dict(copied.counts),
        files=backups.list_files(draft),
    )


@contextmanager
def _steady(lake: Path) -> Iterator[None]:
    """Keep everybody from changing the *lake*: store and lake are copied as of one moment."""
    with lake_lock(lake) if lake.is_dir() else nullcontext():
        yield


def _fill(backup: Path, draft: Path) -> None:
    backups.copy_tree(backup, draft)
    (draft / backups.MANIFEST).unlink()
    store = read_settings(draft).store
    for name in (store.data, store.keys, store.models):
        backups.private_folder(draft / name)


def _bring_keys(draft: Path, keys: Path, erased: Path | None) -> None:
    home = draft / read_settings(draft).store.keys
    if not keys.is_dir():
        raise Mistake(f"there is no key folder {keys}")
    backups.copy_tree(keys, home)
    if erased is not None:
        (home / LOG).unlink(missing_ok=True)
        backups.copy_file(erased, home / LOG)


def _erase_again(folder: Path, *, since: datetime, progress: Progress) -> int:
    log = ErasureLog(folder / read_settings(folder).store.keys)
    opened = open_shop(folder)
    try:
        who = log.among(opened.numbers(), since=since)
        return opened.erase_again(who, lambda done: progress(done, len(who)))
    finally:
        opened.close()

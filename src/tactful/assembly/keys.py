"""
The master key of a shop: which store keeps it, its generations, and how they change.

The steps of a rotation are the store's (`adapters.sqlite.rekeying`); here they are put in the
order in which nothing can be lost: a key is durable before anything is wrapped under it, and
destroyed only after nothing is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal, Protocol

from tactful.adapters.key_folder import KeyFolder
from tactful.adapters.kms_keys import KmsKeys
from tactful.adapters.settings import (
    KeysSettings,
    Settings,
    read_settings,
    write_keys_settings,
)
from tactful.mechanisms.keyring import KeyStore, fingerprint, shown
from tactful.terms import Mistake, Trouble

FILE_STORE: Final = "file"
KMS_STORE: Final = "aws-kms"

Progress = Callable[[int, int], None]
StoreName = Literal["file", "aws-kms"]


class Rekeying(Protocol):
    """What an open store can do about its keys."""

    @property
    def is_reindexing(self) -> bool:
        """Tell whether identifiers are being indexed anew."""

    def generations(self) -> Mapping[int, bytes]:
        """Return the fingerprint of each generation that is in use, the oldest first."""

    def counts(self) -> Mapping[int, int]:
        """Return how many keys of subjects each generation wraps."""

    def begin(self, generation: int) -> None:
        """Wrap what is new under *generation*."""

    def rewrap(self, progress: Progress) -> int:
        """Wrap what older generations wrap under the newest."""

    def retire(self) -> tuple[int, ...]:
        """Let go of every generation but the newest."""

    def begin_index(self) -> None:
        """Index new identifiers under a new key."""

    def reindex(self, progress: Progress) -> int:
        """Index every identifier under the newest key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyShown:
    """What `tactful keys show` says of one generation of the master key."""

    generation: int
    fingerprint: str
    made: datetime
    where: str
    subjects: int
    in_use: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysShown:
    """What it says of the whole."""

    store: str
    keys: tuple[KeyShown, ...]
    unfinished: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What a rotation did."""

    generation: int
    rewrapped: int
    reindexed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopKeyStore:
    """
    The key store that the settings in *folder* name, read anew each time it is asked.

    So a server takes up a rotation also after its master key was moved to another key store.
    """

    folder: Path

    def masters(self) -> Mapping[int, bytes]:
        """Return the master keys, by generation."""
        return self.now().masters()

    def now(self) -> KeyStore:
        """Return the key store that the settings name now."""
        settings = read_settings(self.folder)
        return key_store(self.folder, settings, settings.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterKeys:
    """The master key of an open shop, for those who look after it."""

    folder: Path
    rekeying: Rekeying

    def show(self) -> KeysShown:
        """Return what may be told of the keys, without showing any."""
        counts, marks = self.rekeying.counts(), self.rekeying.generations()
        settings = read_settings(self.folder)
        store = key_store(self.folder, settings, settings.keys)
        masters = store.masters()
        return KeysShown(
            store=settings.keys.store,
            unfinished=self._is_unfinished(counts),
            keys=tuple(
                KeyShown(
                    generation=note.generation,
                    fingerprint=shown(fingerprint(masters[note.generation])),
                    made=note.made,
                    where=note.where,
                    subjects=counts.get(note.generation, 0),
                    in_use=note.generation in marks,
                )
                for note in store.notes()
            ),
        )

    def rotate(self, *, index: bool, wrapping: Progress, indexing: Progress) -> Rotated:
        """
        Wrap everything under a new generation; where a rotation was cut short, finish that one.

        Args:
            index: Whether to index every identifier anew, under a new key, as well.
            wrapping: Told how many keys of how many are wrapped anew.
            indexing: Told how many identifiers of how many are indexed anew.

        Raises:
            Trouble: the key store does not answer; nothing was written.
        """
        counts = self.rekeying.counts()
        newest = max(counts)
        if not self._is_unfinished(counts):
            newest = self._begin(newest + 1)
        rewrapped = self.rekeying.rewrap(wrapping)
        if index:
            self.rekeying.begin_index()
        reindexed = self.rekeying.reindex(indexing) if self.rekeying.is_reindexing else 0
        return Rotated(generation=newest, rewrapped=rewrapped, reindexed=reindexed)

    def retire(self) -> tuple[int, ...]:
        """
        Destroy every generation but the newest; return which.

        Raises:
            Mistake: something is wrapped under one of them.
        """
        gone = set(self.rekeying.retire())
        newest = max(self.rekeying.generations())
        store = ShopKeyStore(folder=self.folder).now()
        gone |= {note.generation for note in store.notes() if note.generation < newest}
        for generation in sorted(gone):
            store.destroy(generation)
        return tuple(sorted(gone))

    def _is_unfinished(self, counts: Mapping[int, int]) -> bool:
        return self.rekeying.is_reindexing or any(counts[g] for g in counts if g < max(counts))

    def _begin(self, generation: int) -> int:
        ShopKeyStore(folder=self.folder).now().make(generation)
        self.rekeying.begin(generation)
        return generation


def key_store(folder: Path, settings: Settings, keys: KeysSettings) -> KeyStore:
    """Return the key store that *keys* names, for the shop in *folder*."""
    home = folder / settings.store.keys
    if keys.store == FILE_STORE:
        return KeyFolder(home)
    return KmsKeys(
        folder=home,
        shop=settings.shop.name,
        key_id=keys.kms_key_id,
        region=keys.region,
        endpoint_url=keys.endpoint_url,
    )


def move_shop_keys(
    folder: Path, to: StoreName, *, kms_key_id: str = "", region: str = "", endpoint_url: str = ""
) -> tuple[int, ...]:
    """
    Bring the master keys of the shop in *folder* into the key store *to*; return the generations.

    The keys stay the same, so nothing else changes.  They are read back from there before the
    settings name it, and only then are they destroyed where they were.  None are returned where
    they lie there already, and nowhere else.

    Raises:
        NotAShop: there is no shop.
        Mistake: this is not a way to move.
        Trouble: either key store fails; the shop goes on with the one it had.
    """
    settings = read_settings(folder)
    if "TACTFUL_KEYS_STORE" in os.environ:
        raise Mistake("TACTFUL_KEYS_STORE outranks the settings: unset it, then move the keys")
    wanted = KeysSettings(store=to, kms_key_id=kms_key_id, region=region, endpoint_url=endpoint_url)
    before, after = _two_stores(folder, settings, wanted)
    if wanted == settings.keys:
        return _clean_up(before, after)
    if to == settings.keys.store:
        raise Mistake("from one key of AWS KMS to another there are two steps: file, then aws-kms")
    masters = before.masters()
    for generation, key in masters.items():
        after.keep(generation, key)
    if after.masters() != masters:
        raise Trouble("the new key store does not give back what it was given: nothing was moved")
    write_keys_settings(folder, wanted)
    return _clean_up(before, after)


def _two_stores(
    folder: Path, settings: Settings, wanted: KeysSettings
) -> tuple[KeyStore, KeyStore]:
    """Return the key store that is left, and the one that is wanted."""
    left = settings.keys
    if wanted == left:  # moved before, perhaps cut short: the other store is looked at
        other: StoreName = KMS_STORE if wanted.store == FILE_STORE else FILE_STORE
        left = KeysSettings(store=other, kms_key_id="none")
    return key_store(folder, settings, left), key_store(folder, settings, wanted)


def _clean_up(before: KeyStore, after: KeyStore) -> tuple[int, ...]:
    """Destroy in *before* what *after* has."""
    there = after.masters()
    moved = tuple(note.generation for note in before.notes() if note.generation in there)
    for generation in moved:
        before.destroy(generation)
    return moved

"""
The generations of a master key: what is new is wrapped under the newest, the older still open.

Knows nothing of where keys are kept: it asks a key store, and asks again when it meets a
generation that it does not have.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from tactful.mechanisms.sealing import blind_index, derive
from tactful.terms import Trouble

FIRST: Final = 1
"""The generation of a key that was never rotated."""

_CHECK: Final = "tactful store"


class Masters(Protocol):
    """Where master keys are read."""

    def masters(self) -> Mapping[int, bytes]:
        """Return the master keys that were not destroyed, by generation; at least one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyNote:
    """What may be told of a master key: its generation, since when it is there, and where."""

    generation: int
    made: datetime
    where: str


class KeyStore(Masters, Protocol):
    """
    Keeps the master keys of one shop, each under the number of its generation.

    Whatever fails raises `Trouble`, with nothing written, and a message that says what to do.
    """

    def make(self, generation: int) -> None:
        """Make a new key for *generation*, durably; one that is there already stays as it is."""

    def keep(self, generation: int, key: bytes) -> None:
        """Keep *key* for *generation*, durably; refuse where another one is there."""

    def destroy(self, generation: int) -> None:
        """Destroy the key of *generation*, if it is there."""

    def notes(self) -> Sequence[KeyNote]:
        """Return what may be told of each key, the oldest first, without opening any."""


class Keyring:
    """The master keys in memory.  Safe to use from many threads; its `repr` shows none."""

    def __init__(self, store: Masters) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._stale = False
        self._keys = dict(store.masters())

    @property
    def newest(self) -> int:
        """Return the highest generation."""
        return max(self._keys)

    def masters(self) -> tuple[bytes, ...]:
        """Return the keys, the newest first; those last read where they cannot be read now."""
        if self._stale:
            self._stale = False
            with suppress(Trouble):  # what is known still opens; what is new raises when needed
                self._read()
        keys = self._keys
        return tuple(keys[generation] for generation in sorted(keys, reverse=True))

    def find(self, generation: int) -> bytes | None:
        """
        Return the key of *generation*, or None where there is none, even when asked anew.

        Raises:
            Trouble: it is not known here, and the key store cannot be asked.
        """
        if generation not in self._keys:
            with self._lock:
                if generation not in self._keys:
                    self._read()
        return self._keys.get(generation)

    def master(self, generation: int) -> bytes:
        """
        Return the key of *generation*.

        Raises:
            Trouble: there is none, or the key store cannot be asked.
        """
        key = self.find(generation)
        if key is None:
            raise Trouble(
                f"generation {generation} of the master key is missing: "
                "put it back, from your backup"
            )
        return key

    def expire(self) -> None:
        """Read the keys again before they are next handed out together: some changed."""
        self._stale = True

    def _read(self) -> None:
        self._keys = dict(self._store.masters())


def fingerprint(master: bytes) -> bytes:
    """Return 16 bytes that tell master keys apart and say nothing about them."""
    return blind_index(derive(master, "tactful 1 check"), "check", _CHECK)


def shown(mark: bytes) -> str:
    """Return a fingerprint as people compare it: 9f3c-20ab-..."""
    text = mark.hex()
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))

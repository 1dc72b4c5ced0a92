"""A bounded dict in front of the disk that never keeps what a commit has made stale."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def _one(_: object) -> int:
    """Weigh every value alike."""
    return 1


class Memory(Generic[K, V]):
    """
    Remembers up to *most* values, or so many by what each weighs, the oldest forgotten first.

    A value read before a change and remembered after it would stay wrong for good; so whoever
    fills the memory says with a stamp, taken before reading, what they may have missed.
    """

    def __init__(self, *, most: int, weigh: Callable[[V], int] = _one) -> None:
        self.kept: dict[K, V] = {}
        self._most = most
        self._weigh = weigh
        self._weight = 0
        self.stamp = 0
        self._lock = threading.Lock()

    def fill(self, key: K, read: Callable[[], V]) -> V:
        """Return what *read* says, and remember it unless something changed meanwhile."""
        stamp = self.stamp
        value = read()
        self.keep(key, value, stamp=stamp)
        return value

    def keep(self, key: K, value: V, *, stamp: int) -> None:
        """Remember *value*, read after *stamp* was taken, unless something changed meanwhile."""
        with self._lock:
            if stamp != self.stamp:
                return
            weight = self._weigh(value) - (self._weigh(self.kept[key]) if key in self.kept else 0)
            self.kept[key] = value
            self._weight += weight
            while self._weight > self._most:
                self._forget(next(iter(self.kept)))

    def drop(self, key: K) -> None:
        """Forget *key*, now and for whoever is reading it."""
        with self._lock:
            self.stamp += 1
            self._forget(key)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self.stamp += 1
            self.kept.clear()
            self._weight = 0

    def _forget(self, key: K) -> None:
        if key in self.kept:
            self._weight -= self._weigh(self.kept.pop(key))

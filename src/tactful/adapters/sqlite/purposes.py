"""
Purposes as bits of one integer, numbered for good.

The numbers belong to the store, not to the order of the policy file: a policy may be reordered,
or lose a purpose and take it up again, and every mask still means what it meant.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from tactful.terms import Mistake, PolicyMistake

_MOST = 62  # SQLite's integers are signed, 64 bits wide


class PurposeBits:
    """Translates between sets of purposes and masks."""

    def __init__(self, bits: dict[str, int]) -> None:
        self._bits = bits
        self._masks: dict[frozenset[str], int] = {}
        self._names: dict[int, frozenset[str]] = {}

    def mask(self, purposes: frozenset[str]) -> int:
        """
        Return the mask of *purposes*.

        Raises:
            Mistake: one of them is not in the policy, and never was.
        """
        known = self._masks.get(purposes)
        if known is None:
            known = self._masks[purposes] = sum(1 << self._bit(purpose) for purpose in purposes)
        return known

    def bit(self, purpose: str) -> int:
        """Return the mask of one purpose; 0 for one that nothing was ever kept for."""
        place = self._bits.get(purpose)
        return 0 if place is None else 1 << place

    def names(self, mask: int) -> frozenset[str]:
        """Return the purposes in *mask*."""
        known = self._names.get(mask)
        if known is None:
            found = (name for name, bit in self._bits.items() if mask >> bit & 1)
            known = self._names[mask] = frozenset(found)
        return known

    def _bit(self, purpose: str) -> int:
        if purpose not in self._bits:
            raise Mistake(f"the policy has no purpose called {purpose!r}")
        return self._bits[purpose]


def number_purposes(db: sqlite3.Connection, purposes: Iterable[str]) -> PurposeBits:
    """Give every new purpose the next number, in the running transaction."""
    bits: dict[str, int] = dict(db.execute("SELECT name, bit FROM purposes"))
    for name in purposes:
        if name not in bits:
            bits[name] = len(bits)
            db.execute("INSERT INTO purposes (name, bit) VALUES (?, ?)", (name, bits[name]))
    if len(bits) > _MOST:
        raise PolicyMistake(f"more than {_MOST} purposes: remove some from policy/purposes.toml")
    return PurposeBits(bits)

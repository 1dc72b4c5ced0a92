"""
A set of numbered vendors or purposes, held in one integer.

A `frozenset` of a few hundred vendors takes longer to build than the rest of a consent string takes
to decode; a mask costs the same for one vendor and for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeVar

from tactful.mechanisms.consent_strings.mistake import ConsentStringMistake

MAX_ID = 65_535
"""The largest number that a consent string can name: ids have 16 bits."""

Element = TypeVar("Element")
RUN = re.compile("1+")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ids(AbstractSet[int]):
    """
    Numbers from 1 to 65535; equal to, and hashed like, the `frozenset` of the same numbers.

    Bit *n* of `mask` is set if *n* belongs to it; bit 0 never is.
    """

    mask: int = 0

    @classmethod
    def of(cls, ids: Iterable[int]) -> Ids:
        """
        Return the set of *ids*.

        Raises:
            ConsentStringMistake: a number that no consent string can name.
        """
        if isinstance(ids, Ids):
            return ids
        mask = 0
        for number in ids:
            if not 1 <= number <= MAX_ID:
                raise ConsentStringMistake(f"an id must lie between 1 and {MAX_ID}")
            mask |= 1 << number
        return cls(mask)

    @classmethod
    def _from_iterable(cls, it: Iterable[Element]) -> AbstractSet[Element]:
        """Let `&`, `|` and `-` make plain sets."""
        return frozenset(it)

    @property
    def highest(self) -> int:
        """Return the largest number, 0 where there is none."""
        return max(self.mask.bit_length() - 1, 0)

    def runs(self) -> Iterator[tuple[int, int]]:
        """Yield the first and the last number of every unbroken row, in order."""
        for run in RUN.finditer(f"{self.mask:b}"[::-1]):
            yield run.start(), run.end() - 1

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and number > 0 and bool(self.mask >> number & 1)

    def __iter__(self) -> Iterator[int]:
        for first, last in self.runs():
            yield from range(first, last + 1)

    def __len__(self) -> int:
        return self.mask.bit_count()

    def __hash__(self) -> int:
        return self._hash()

    def __repr__(self) -> str:
        """Tell how many: which ones is a person's choice."""
        return f"Ids({len(self)} of them)"

"""
The vocabulary of a log: item ids in order, each known by its position.

The order is that of the ids themselves, so that two logs with the same items have the same
codes, whatever happened before.  Does not know what an item is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tactful.mechanisms.arrays import Codes, Offsets, frozen, offsets_of

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Ids in ascending order, without repetition."""

    ids: tuple[str, ...]
    codes: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", {name: code for code, name in enumerate(self.ids)})

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(cls, ids: Iterable[str]) -> Vocabulary:
        """Return the vocabulary of *ids*, in any order and with any repetition."""
        return cls(tuple(sorted(set(ids))))

    def known(self, ids: Iterable[str]) -> Codes:
        """Return the codes of those *ids* that are known, in the order given."""
        codes = self.codes
        return np.array([codes[name] for name in ids if name in codes], np.int32)

    def newest(self, ids: Sequence[str], *, limit: int) -> Codes:
        """Return the codes of the last *limit* different known *ids*, the last one first."""
        found: dict[int, None] = {}
        for name in reversed(ids):
            code = self.codes.get(name)
            if code is not None:
                found[code] = None
                if len(found) == limit:
                    break
        return np.array(list(found), np.int32)

    def packed(self) -> tuple[Bytes, Offsets]:
        """Return all ids as UTF-8 in one array, and where each begins."""
        # An id may hold a lone surrogate, which JSON can spell: it must come back as it was.
        encoded = [name.encode("utf-8", "surrogatepass") for name in self.ids]
        text = np.frombuffer(b"".join(encoded), np.uint8)
        return frozen(text, np.uint8), frozen(offsets_of(np.array([*map(len, encoded)])), np.int64)

    @classmethod
    def unpacked(cls, text: Bytes, offsets: Offsets) -> Vocabulary:
        """Return the vocabulary that `packed` wrote down."""
        whole, spans = text.tobytes(), pairwise(offsets.tolist())
        return cls(tuple(whole[a:b].decode("utf-8", "surrogatepass") for a, b in spans))

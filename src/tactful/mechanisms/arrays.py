"""
Types of the arrays that the mechanisms hold, and how an array is made unchangeable.

Knows nothing of what the numbers mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]
"""Item, session or group codes: positions in a vocabulary or in a log."""

Offsets = npt.NDArray[np.int64]
"""Where each row of a ragged array begins; one longer than the rows."""

Numbers = npt.NDArray[np.float64]

Arrays = Mapping[str, npt.NDArray[Any]]


def frozen(array: npt.NDArray[Any], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """
    Return *array* as a plain, contiguous, read-only array of *dtype*.

    Every array that reaches a kernel goes through here: one kind of array means one
    compilation, and a memory-mapped file behaves like an array made in memory.
    """
    plain = np.ascontiguousarray(array, dtype=dtype).view(np.ndarray).view()
    plain.setflags(write=False)
    return plain


def offsets_of(lengths: npt.NDArray[Any]) -> Offsets:
    """Return where rows of these *lengths* begin, and where the last one ends."""
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, dtype=np.int64, out=offsets[1:])
    return offsets

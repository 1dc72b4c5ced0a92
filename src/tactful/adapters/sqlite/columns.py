"""Turn the slots of all digests into columns, a part at a time that fits the processor's cache."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tactful.adapters.sqlite.digests import SUBJECTS_A_ROW, slot_type, to_slot
from tactful.gate import Digest, DigestColumns, Signal
from tactful.gate.facts import code_of, nobody
from tactful.terms import Minor, Policy, Said

_ROWS_AT_A_TIME: Final = 256


class Columns:
    """
    The columns of all *subjects*, sorted, until they are `whole`; who said nothing is nobody.

    Whoever is not among *subjects* is left out.
    """

    def __init__(self, policy: Policy, subjects: NDArray[np.int64]) -> None:
        silent = nobody(policy)
        shape = (len(policy.purpose_order), len(subjects))
        self._subjects = subjects
        self._type = slot_type(shape[0])
        self._silent = _slot_of(silent, self._type)
        self._table = _code_table(policy)
        self._codes = np.empty(shape, dtype=np.uint16)
        self._until = np.empty(shape, dtype=np.int64)
        self._put(slice(None), np.broadcast_to(self._silent, 1))

    def fill(self, rows: Iterable[tuple[int, bytes]]) -> None:
        """Put in *rows* of digests: (block, facts), see digests.py."""
        rest = iter(rows if len(self._subjects) else ())
        while part := list(islice(rest, _ROWS_AT_A_TIME)):
            blocks = np.array([block for block, _ in part], dtype=np.int64)
            slots = np.frombuffer(bytearray().join(facts for _, facts in part), dtype=self._type)
            self._fill(blocks, slots)

    def whole(self, young: Sequence[tuple[int, bytes]]) -> DigestColumns:
        """Return all columns, with until when age asks for what of whom, sorted by subject."""
        minors = np.array([subject for subject, _ in young], dtype=np.int64)
        return DigestColumns(
            subjects=self._subjects,
            codes=self._codes,
            until=self._until,
            minors=np.searchsorted(self._subjects, minors),
            young=_young([until for _, until in young], len(self._codes)),
        )

    def _fill(self, blocks: NDArray[np.int64], slots: NDArray[np.void]) -> None:
        numbers = (blocks[:, None] * SUBJECTS_A_ROW + np.arange(SUBJECTS_A_ROW)).ravel()
        slots[slots["subject"] == 0] = self._silent
        places = np.searchsorted(self._subjects, numbers)
        there = self._subjects.take(places, mode="clip") == numbers
        if not there.all():
            slots, places = slots[there], places[there]
        if len(slots):
            self._put(_as_slice(places), slots)

    def _put(self, places: slice | NDArray[np.intp], slots: NDArray[np.void]) -> None:
        codes = self._table[slots["regime"], slots["said"].T, slots["restricted"]]
        self._codes[:, places] = codes
        self._until[:, places] = slots["until"].T


def _slot_of(facts: Digest, type_: np.dtype[np.void]) -> NDArray[np.void]:
    return np.frombuffer(to_slot(0, facts), dtype=type_)


def _as_slice(places: NDArray[np.intp]) -> slice | NDArray[np.intp]:
    """Return sorted *places* as a slice, far faster to write to, where they are one."""
    first, last = int(places[0]), int(places[-1])
    return slice(first, last + 1) if last - first + 1 == len(places) else places


def _young(rows: Sequence[bytes], purposes: int) -> NDArray[np.int64]:
    """Return until when age asks for what, shape (purposes, 3, m)."""
    flat = np.frombuffer(b"".join(rows), dtype="<i8")
    return flat.reshape(len(rows), purposes, len(Minor) - 1).transpose(1, 2, 0)


def _code_table(policy: Policy) -> NDArray[np.uint16]:
    """Return the codes without a signal as an array, shape (regimes, said, restricted)."""
    shape = (len(policy.regimes), len(Said), 2)
    table = np.empty(shape, dtype=np.uint16)
    for regime, said, restricted in np.ndindex(shape):
        table[regime, said, restricted] = _code(regime, said, restricted=bool(restricted))
    return table


def _code(regime: int, said: int, *, restricted: bool) -> int:
    """Return a code as columns hold it: without a signal, and without regard to age."""
    return code_of(regime, said, signal=Signal.NONE, minor=Minor.NO, restricted=restricted)

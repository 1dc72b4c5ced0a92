"""Take rows, or what they are kept for, out of a bucket of the lake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tactful.adapters.lake.columns import changed, day_number, to_rows
from tactful.adapters.lake.table import EventTable
from tactful.adapters.sqlite.expiring import Terms
from tactful.adapters.sqlite.outflow import ALL_OF_IT, Held, Owed
from tactful.adapters.sqlite.purposes import PurposeBits
from tactful.adapters.sqlite.rows import allowed_for, reduce_body
from tactful.terms import TrackingPlan

Flags = NDArray[np.bool_]
_MICROSECONDS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What was lost: the messages of imports that may come again, and how many rows."""

    gone: tuple[bytes, ...] = ()
    deleted: int = 0
    counted: Counter[str] = field(default_factory=Counter)

    def and_also(self, other: Lost) -> Lost:
        """Return both together."""
        return Lost(gone=self.gone + other.gone, deleted=self.deleted + other.deleted)


def masks_of(subjects: pa.Table, owed: Sequence[Owed]) -> NDArray[np.int64]:
    """Return, for each row of *subjects* (subject, batch), the purposes that are owed to go."""
    masks = np.zeros(subjects.num_rows, dtype=np.int64)
    numbers, batches = subjects["subject"].to_numpy(), subjects["batch"].to_numpy()
    for subject, batch, purposes in owed:
        masks[(numbers == subject) & (batches <= batch)] |= purposes
    return masks


def lose(
    rows: pa.Table, owed: Sequence[Owed], *, plan: TrackingPlan, bits: PurposeBits
) -> tuple[pa.Table | None, Lost]:
    """Return *rows* without what is *owed* to go, or None where nothing is; and what was lost."""
    purposes = rows["purposes"].to_numpy()
    masks = masks_of(rows, owed)
    left = purposes & ~masks
    erased = masks == ALL_OF_IT
    touched = erased | (left != purposes)
    if not touched.any():
        return None, Lost()
    deleted = touched & (erased | (left == 0))
    allowed = _Allowed(plan, bits)
    after = _reduced(rows, left, touched & ~deleted, allowed).filter(pa.array(~deleted))
    return after, Lost(gone=_imports(rows, deleted), deleted=int(deleted.sum()))


def expired(
    table: EventTable, bucket: int, terms: Terms, *, spared: Collection[int], held: Held
) -> tuple[pa.Table | None, Lost]:
    """Return the rows of *bucket* without what is past its term, or None where nothing is."""
    look = table.read(bucket, ("subject", "at", "purposes"))
    if not _touched(look, terms, spared)[1].any():
        return None, Lost()
    rows = table.read(bucket)
    left, touched = _touched(rows, terms, spared)
    deleted = touched & (left == 0)
    allowed = _Allowed(terms.plan, terms.bits)
    after = _reduced(rows, left, touched & ~deleted, allowed).filter(pa.array(~deleted))
    counted = _counted(rows, left, touched & alone(rows, held), terms)
    return after, Lost(gone=_imports(rows, deleted), deleted=int(deleted.sum()), counted=counted)


def alone(rows: pa.Table, held: Held) -> Flags:
    """Tell of each row whether it counts and stands in the lake alone."""
    batches, days = rows["batch"].to_numpy(), rows["day"].to_numpy()
    found: Flags = batches <= held.watermark
    for day, first in held.days.items():
        found &= ~((days == day_number(day)) & (batches >= first))
    return found


def _touched(
    rows: pa.Table, terms: Terms, spared: Collection[int]
) -> tuple[NDArray[np.int64], Flags]:
    at = rows["at"].cast(pa.int64()).to_numpy()
    purposes = rows["purposes"].to_numpy()
    left = purposes.copy()
    for _, bit, before in terms.all:
        left[at < before * _MICROSECONDS] &= ~np.int64(bit)
    touched: Flags = left != purposes
    if spared:
        touched &= ~np.isin(rows["subject"].to_numpy(), list(spared))
    return np.where(touched, left, purposes), touched


def _counted(rows: pa.Table, left: NDArray[np.int64], which: Flags, terms: Terms) -> Counter[str]:
    counted: Counter[str] = Counter()
    before = rows["purposes"].to_numpy()[which].tolist()
    for purposes, still in zip(before, left[which].tolist(), strict=True):
        terms.count(counted, purposes, still)
    return counted


class _Allowed:
    """The properties that an event may hold, by what it is kept for."""

    def __init__(self, plan: TrackingPlan, bits: PurposeBits) -> None:
        self._plan = plan
        self._bits = bits
        self._known: dict[int, Mapping[str, frozenset[str]]] = {}

    def of(self, name: str, purposes: int) -> frozenset[str]:
        """Return what the event *name* may hold for *purposes*."""
        if purposes not in self._known:
            self._known[purposes] = allowed_for(self._bits.names(purposes), self._plan)
        return self._known[purposes].get(name, frozenset())


def _reduced(rows: pa.Table, left: NDArray[np.int64], which: Flags, allowed: _Allowed) -> pa.Table:
    """Return *rows* where those of *which* hold only what they are *left* for."""
    places = np.flatnonzero(which).tolist()
    bodies = {}
    for place, row in zip(places, to_rows(rows.take(pa.array(places, pa.int64()))), strict=True):
        kept_for = int(left[place])
        bodies[place] = (kept_for, reduce_body(row.body, allowed.of(row.name, kept_for)))
    return changed(rows, bodies)


def _imports(rows: pa.Table, deleted: Flags) -> tuple[bytes, ...]:
    """Return the messages of the *deleted* rows that were imported: no other is remembered long."""
    gone = rows.select(["source", "message"]).filter(pa.array(deleted)).to_pylist()
    return tuple(one["message"] for one in gone if one["source"].startswith("import"))

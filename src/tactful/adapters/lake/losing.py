"""Take rows, or what they are kept for, out of a bucket of the lake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tactful.adapters.lake.columns import changed, day_number, properties_in, to_rows
from tactful.adapters.lake.table import EventTable
from tactful.adapters.sqlite.expiring import Terms
from tactful.adapters.sqlite.outflow import ALL_OF_IT, Held, Owed
from tactful.adapters.sqlite.purposes import PurposeBits
from tactful.adapters.sqlite.rows import Row, allowed_for, reduce_body
from tactful.terms import TrackingPlan

Flags = NDArray[np.bool_]
MayHold = Callable[[Row, int], frozenset[str]]
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
    after = _reduced(rows, left, touched & ~deleted, allowed.of).filter(pa.array(~deleted))
    return after, Lost(gone=_imports(rows, deleted), deleted=int(deleted.sum()))


def expired(
    table: EventTable, bucket: int, terms: Terms, *, spared: Collection[int], held: Held
) -> tuple[pa.Table | None, Lost]:
    """Return the rows of *bucket* without what is past its term, or None where nothing is."""
    look = table.read(bucket, _looked_at(terms))
    if not _touched(look, terms, spared)[1].any():
        return None, Lost()
    rows = table.read(bucket)
    left, touched = _touched(rows, terms, spared)
    deleted = touched & (left == 0)
    after = _reduced(rows, left, touched & ~deleted, _within(terms)).filter(pa.array(~deleted))
    counted = _counted(rows, left, touched & alone(rows, held), terms)
    return after, Lost(gone=_imports(rows, deleted), deleted=int(deleted.sum()), counted=counted)


def overdue(
    table: EventTable, bucket: int, terms: Terms, *, spared: Collection[int], held: Held
) -> Counter[str]:
    """Return what `expired` would count, and change nothing."""
    rows = table.read(bucket, (*_looked_at(terms), "batch", "day"))
    left, touched = _touched(rows, terms, spared)
    return _counted(rows, left, touched & alone(rows, held), terms)


def _looked_at(terms: Terms) -> tuple[str, ...]:
    """Return the columns that tell what is past its term."""
    by_name = ("name",) if terms.own or terms.own_of_properties else ()
    by_property = ("properties",) if terms.own_of_properties else ()
    return ("subject", "at", "purposes", *by_name, *by_property)


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
    for name, before in terms.own.items():
        left[_named(rows, name) & (at < before * _MICROSECONDS)] = 0
    touched: Flags = (left != purposes) | _outlived(rows, at, terms)
    if spared:
        touched &= ~np.isin(rows["subject"].to_numpy(), list(spared))
    return np.where(touched, left, purposes), touched


def _named(rows: pa.Table, name: str) -> Flags:
    found: Flags = pc.equal(rows["name"], name).to_numpy()
    return found


def _outlived(rows: pa.Table, at: NDArray[np.int64], terms: Terms) -> Flags:
    """Tell of each row whether it holds a property past the plan's own term."""
    found: Flags = np.zeros(rows.num_rows, dtype=np.bool_)
    for name, ends in terms.own_of_properties.items():
        late = _named(rows, name) & (at < max(ends.values()) * _MICROSECONDS)
        for place in np.flatnonzero(late).tolist():
            outlived = terms.outlived(name, int(at[place]) // _MICROSECONDS)
            held = properties_in(rows["properties"][place].as_py())
            found[place] = not outlived.isdisjoint(held)
    return found


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

    def of(self, row: Row, purposes: int) -> frozenset[str]:
        """Return what *row* may hold for *purposes*."""
        if purposes not in self._known:
            self._known[purposes] = allowed_for(self._bits.names(purposes), self._plan)
        return self._known[purposes].get(row.name, frozenset())


def _within(terms: Terms) -> MayHold:
    """Return what tells which properties an event may hold by all *terms*, the plan's own too."""
    allowed = _Allowed(terms.plan, terms.bits)

    def within(row: Row, purposes: int) -> frozenset[str]:
        return allowed.of(row, purposes) - terms.outlived(row.name, row.at)

    return within


def _reduced(rows: pa.Table, left: NDArray[np.int64], which: Flags, may_hold: MayHold) -> pa.Table:
    """Return *rows* where those of *which* hold only what they may for what they are *left* for."""
    places = np.flatnonzero(which).tolist()
    bodies = {}
    for place, row in zip(places, to_rows(rows.take(pa.array(places, pa.int64()))), strict=True):
        kept_for = int(left[place])
        bodies[place] = (kept_for, reduce_body(row.body, may_hold(row, kept_for)))
    return changed(rows, bodies)


def _imports(rows: pa.Table, deleted: Flags) -> tuple[bytes, ...]:
    """Return the messages of the *deleted* rows that were imported: no other is remembered long."""
    gone = rows.select(["source", "message"]).filter(pa.array(deleted)).to_pylist()
    return tuple(one["message"] for one in gone if one["source"].startswith("import"))

"""
Read the rows that stand in the lake alone, of one person or of many.

What is owed to be forgotten is not seen any more, also where the files still hold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tactful.adapters.lake.columns import BUCKETS, SCHEMA, bucket_of, day_of, to_rows, whole
from tactful.adapters.lake.losing import alone, masks_of
from tactful.adapters.lake.ports import Outflow
from tactful.adapters.lake.table import EventTable
from tactful.adapters.sqlite.marks import Marks, came_between
from tactful.adapters.sqlite.outflow import ALL_OF_IT, Held, Owed
from tactful.adapters.sqlite.purposes import PurposeBits
from tactful.adapters.sqlite.rows import Row, allowed_for, reduce_body
from tactful.terms import SubjectId, TrackingPlan

_SEARCHED: Final = 8
"""Up to how many subjects a file is searched for each; for more it is read whole."""


class LakeReading:
    """Reads what the store does not hold any more."""

    def __init__(
        self, table: EventTable, outflow: Outflow, *, plan: TrackingPlan, bits: PurposeBits
    ) -> None:
        self._table = table
        self._outflow = outflow
        self._plan = plan
        self._bits = bits

    def rows_of(self, members: Sequence[SubjectId], *, mask: int, held: Held) -> list[Row]:
        """Return the rows of *members* that meet *mask*, oldest first."""
        numbers = np.array(sorted(members), dtype=np.int64)
        rows = self.rows_of_many(numbers, mask=mask, held=held)
        return sorted(rows, key=_time)

    def came_between(
        self, subject: SubjectId, *, mask: int, held: Held, after: Marks, upto: Marks | None
    ) -> list[Row]:
        """Return the rows of *subject* that meet *mask* and came between the marks."""
        owed = self._outflow.owed()
        numbers = np.array([subject], dtype=np.int64)
        found = self._table.steady(lambda: self._found(numbers, held))
        places = zip(found["day"].to_pylist(), found["row"].to_pylist(), strict=True)
        wanted = [
            came_between(day_of(day).isoformat(), place, after=after, upto=upto)
            for day, place in places
        ]
        found = found.filter(pa.array(wanted, pa.bool_()))
        return self._plain(found, owed, mask) if found.num_rows else []

    def rows_of_many(self, numbers: NDArray[np.int64], *, mask: int, held: Held) -> list[Row]:
        """Return the rows of *numbers*, sorted, that meet *mask*: by number and then by time."""
        # Before the files: what is settled after this is still in the files that are read.
        owed = self._outflow.owed()
        found = self._table.steady(lambda: self._found(numbers, held))
        return self._plain(found, owed, mask) if found.num_rows else []

    def _found(self, numbers: NDArray[np.int64], held: Held) -> pa.Table:
        files = self._table.files()
        few = len(numbers) < BUCKETS
        buckets = {bucket_of(number) for number in numbers.tolist()} if few else files
        parts = [
            _of_file(str(path), numbers, held)
            for bucket in buckets
            for path in files.get(bucket, ())
        ]
        parts = [part for part in parts if part.num_rows]
        if not parts:
            return SCHEMA.empty_table()
        order = [("subject", "ascending"), ("at", "ascending"), ("day", "ascending")]
        return pa.concat_tables(parts).sort_by([*order, ("row", "ascending")])

    def _plain(self, found: pa.Table, owed: Sequence[Owed], mask: int) -> list[Row]:
        subjects = set(found["subject"].unique().to_pylist())
        masks = masks_of(found, [one for one in owed if one.subject in subjects])
        left = found["purposes"].to_numpy() & ~masks
        seen = (left & mask != 0) & (masks != ALL_OF_IT)
        rows = to_rows(found.filter(pa.array(seen)))
        less, kept_for = (masks != 0)[seen].tolist(), left[seen].tolist()
        return [
            self._reduced(row, purposes) if fewer else row
            for row, purposes, fewer in zip(rows, kept_for, less, strict=True)
        ]

    def _reduced(self, row: Row, purposes: int) -> Row:
        names = self._bits.names(purposes)
        allowed = allowed_for(names, self._plan).get(row.name, frozenset())
        return row._replace(purposes=purposes, body=reduce_body(row.body, allowed))


def _of_file(path: str, numbers: NDArray[np.int64], held: Held) -> pa.Table:
    """Return the rows of *numbers* in one file, skipping what cannot hold any."""
    subject = pc.field("subject")
    few = len(numbers) <= _SEARCHED
    first, last = int(numbers[0]), int(numbers[-1])
    wanted = subject.isin(numbers.tolist()) if few else (subject >= first) & (subject <= last)
    rows = whole(pq.read_table(path, filters=wanted, partitioning=None))
    if not few and rows.num_rows:
        rows = rows.filter(pa.array(np.isin(rows["subject"].to_numpy(), numbers)))
    return rows.filter(pa.array(alone(rows, held))) if rows.num_rows else rows


def _time(row: Row) -> int:
    return row.at

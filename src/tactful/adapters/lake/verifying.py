"""Compare the lake with the store, day by day, where both hold the same events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tactful.adapters.lake.columns import SCHEMA, day_number, to_rows, whole
from tactful.adapters.lake.ports import Outflow
from tactful.adapters.lake.table import EventTable
from tactful.adapters.sqlite.rows import Row

_SUM: Final = 2**64


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One day, as the store and the lake hold it: how many events, and the sum of their hashes."""

    day: date
    in_store: tuple[int, int]
    in_lake: tuple[int, int]

    @property
    def same(self) -> bool:
        """Tell whether both hold the same events."""
        return self.in_store == self.in_lake

    @property
    def says(self) -> str:
        """Say how they compare."""
        stored, laked = self.in_store[0], self.in_lake[0]
        if self.same:
            return f"{self.day}: {stored:,} events, the same in both"
        differ = " of another content" if stored == laked else ""
        return f"{self.day}: {stored:,} events in the store, {laked:,}{differ}"


def compare_day(table: EventTable, outflow: Outflow, day: date, *, upto: int) -> Compared:
    """Return how the rows of *day* up to the place *upto* compare."""
    stored = _summed(outflow.day_rows(day, upto=upto))
    held = outflow.held()
    rows = _of_day(table, day, first=held.days.get(day, 0), last=held.watermark)
    laked = _summed(zip(rows["row"].to_pylist(), to_rows(rows), strict=True))
    return Compared(day=day, in_store=stored, in_lake=laked)


def verify(table: EventTable, outflow: Outflow) -> Iterator[Compared]:
    """Yield how each day compares of which the store still holds the table, oldest first."""
    for day, fed in outflow.fed().items():
        if fed:
            yield compare_day(table, outflow, day, upto=fed)


def _of_day(table: EventTable, day: date, *, first: int, last: int) -> pa.Table:
    batch = pc.field("batch")
    ours = (pc.field("day") == day_number(day)) & (batch >= first) & (batch <= last)

    def read() -> pa.Table:
        paths = [path for paths in table.files().values() for path in paths]
        found = [pq.read_table(path, filters=ours, partitioning=None) for path in paths]
        return pa.concat_tables(map(whole, found)) if found else SCHEMA.empty_table()

    return table.steady(read)


def _summed(rows: Iterator[tuple[int, Row]]) -> tuple[int, int]:
    count = total = 0
    for place, row in rows:
        digest = blake2b(repr((place, *row)).encode(), digest_size=8).digest()
        total = (total + int.from_bytes(digest)) % _SUM
        count += 1
    return count, total

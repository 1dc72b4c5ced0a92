"""Rows out of Parquet files, batch by batch, with the values as Python has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyarrow.parquet import ParquetFile

from tactful.adapters.table_lines import Progress, opened
from tactful.capabilities.collect.tables.rows import Reject, Row
from tactful.terms import Mistake

BATCH_ROWS = 4096


def parquet_columns(path: Path) -> tuple[str, ...]:
    """
    Return the names of the columns.

    Raises:
        Mistake: the file is damaged.
    """
    with opened(path) as file:
        return tuple(_table(file, path).schema_arrow.names)


def parquet_rows(path: Path, progress: Progress) -> Iterator[Row | Reject]:
    """
    Yield the rows; rows count as lines, from 1.

    Raises:
        Mistake: the file is damaged from its beginning.
    """
    total = path.stat().st_size
    with opened(path) as file:
        table = _table(file, path)
        rows = max(table.metadata.num_rows, 1)
        done = 0
        try:
            for batch in table.iter_batches(batch_size=BATCH_ROWS):
                for values in _plain(batch).to_pylist():
                    done += 1
                    yield Row(done, values)
                progress(total * done // rows, total)
        except (pa.ArrowException, OSError, ValueError):
            yield Reject(line=done + 1, reason="the Parquet file is damaged from here on")
        progress(total, total)


def _table(file: object, path: Path) -> ParquetFile:
    try:
        return ParquetFile(file)
    except (pa.ArrowException, OSError):
        raise Mistake(f"{path} is a damaged or incomplete Parquet file: get it again") from None


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Cut nanoseconds off: Python's times have none."""
    fields = [
        field.with_type(pa.timestamp("us", field.type.tz))
        if pa.types.is_timestamp(field.type)
        else field
        for field in batch.schema
    ]
    return batch.cast(pa.schema(fields), safe=False)

"""
Rows out of CSV, JSON lines, Parquet and product feeds, plain or gzipped, in bounded memory.

What the columns mean is not known here: see `tactful.capabilities.collect.tables.mapping`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from tactful.adapters.table_csv import csv_columns, csv_rows
from tactful.adapters.table_feed import feed_rows, is_feed
from tactful.adapters.table_lines import Progress, opened, read_lines
from tactful.capabilities.collect.tables.mapping import Dialect
from tactful.capabilities.collect.tables.rows import LONGEST_RAW, Reject, Row
from tactful.terms import Mistake

FEED = "feed"

UNREADABLE = {
    b"PK\x03\x04": "a zip or Excel file: save the sheet as CSV, or unpack it",
    b"\xd0\xcf\x11\xe0": "an old Excel file: save the sheet as CSV",
    b"BZh": "packed with bzip2: unpack it, or pack it with gzip",
    b"\xfd7zX": "packed with xz: unpack it, or pack it with gzip",
    b"\x28\xb5\x2f\xfd": "packed with zstd: unpack it, or pack it with gzip",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShape:
    """Which form a file has, and its columns: those of its first line where lines may differ."""

    form: str
    columns: tuple[str, ...]


def table_shape(path: Path, *, dialect: Dialect) -> TableShape:
    """
    Look at the beginning of *path*.

    Raises:
        Mistake: the file is missing, empty, damaged, or in no form we read.
    """
    form = _form(path, dialect)
    if form == "parquet":
        from tactful.adapters.table_parquet import parquet_columns

        return TableShape(form=form, columns=parquet_columns(path))
    if form == FEED:
        return TableShape(form=form, columns=())
    lines = read_lines(path, encoding=dialect.encoding, progress=_silent)
    if form == "csv":
        return TableShape(form=form, columns=csv_columns(lines, dialect, path))
    first = next((row for row in _json_rows(lines) if isinstance(row, Row)), None)
    return TableShape(form=form, columns=tuple(first.values) if first else ())


def read_rows(
    path: Path, *, dialect: Dialect, progress: Progress | None = None
) -> Iterator[Row | Reject]:
    """
    Yield the rows of *path*; a record that cannot be read is a `Reject` and costs no other.

    Args:
        path: CSV, JSON lines, a product feed (gzipped or not) or Parquet: its content says which.
        dialect: How a CSV file is written.
        progress: Told `(bytes read, bytes in all)` as the file is worked through.

    Raises:
        Mistake: the file is missing, empty, damaged, or in no form we read.
    """
    told = progress or _silent
    form = _form(path, dialect)
    if form == "parquet":
        from tactful.adapters.table_parquet import parquet_rows

        return parquet_rows(path, told)
    if form == FEED:
        return feed_rows(path, told)
    lines = read_lines(path, encoding=dialect.encoding, progress=told)
    return csv_rows(lines, dialect, path) if form == "csv" else _json_rows(lines)


def _silent(_read: int, _total: int) -> None:
    """Tell nobody."""


def _form(path: Path, dialect: Dialect) -> str:
    with opened(path) as file:
        head = file.peek(4)
    if head.startswith(b"PAR1"):
        return "parquet"
    for magic, what in UNREADABLE.items():
        if head.startswith(magic):
            raise Mistake(f"{path} is {what}")
    if is_feed(path):
        return FEED
    lines = read_lines(path, encoding=dialect.encoding, progress=_silent)
    first = next((line for line in lines if isinstance(line, str) and line.strip()), "")
    if first.lstrip().startswith("["):
        raise Mistake(f"{path} is one JSON list: write one object a line (jq -c '.[]' does)")
    return "jsonl" if first.lstrip().startswith("{") else "csv"


def _json_rows(lines: Iterator[str | Reject]) -> Iterator[Row | Reject]:
    decoder = msgspec.json.Decoder(dict[str, object])
    for number, line in enumerate(lines, 1):
        if isinstance(line, Reject):
            yield line
        elif line.strip():
            try:
                yield Row(number, decoder.decode(line), line)
            except (msgspec.DecodeError, RecursionError):
                reason = "is not a JSON object"
                yield Reject(line=number, reason=reason, raw=line[:LONGEST_RAW])

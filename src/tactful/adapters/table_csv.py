"""
Records out of the lines of a CSV file (RFC 4180, read leniently).

A stray quote costs its own line, never the rest of the file.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from tactful.capabilities.collect.tables.mapping import Dialect
from tactful.capabilities.collect.tables.rows import LONGEST_RAW, Reject, Row
from tactful.terms import Mistake

LONGEST_RECORD = 100
"""A quoted field may run over this many lines; past it the quote was opened by mistake."""


def csv_columns(lines: Iterator[str | Reject], dialect: Dialect, path: Path) -> tuple[str, ...]:
    """
    Return the names in the first line.

    Raises:
        Mistake: there is none that can be read, or one stands twice.
    """
    return _header(_Feed(lines), dialect, path)


def csv_rows(lines: Iterator[str | Reject], dialect: Dialect, path: Path) -> Iterator[Row | Reject]:
    """
    Yield the records after the header.

    Args:
        lines: Without their ends.
        dialect: How the file is written.
        path: What it is called in a complaint.

    Raises:
        Mistake: the header cannot be used.
    """
    feed = _Feed(lines)
    header = _header(feed, dialect, path)
    reader = csv.reader(feed, delimiter=dialect.delimiter)
    while True:
        feed.begin()
        cells = _record(reader, feed, header, dialect)
        yield from feed.rejects
        feed.rejects.clear()
        if cells is None:
            return
        if isinstance(cells, Reject):
            yield cells
        elif any(cells):  # spreadsheets leave empty lines behind
            values = dict(zip(header, cells, strict=True))
            yield Row(feed.taken[0][0], values, feed.raw)


class _Feed:
    """Hands lines to `csv.reader`, remembers which one record took, and takes lines back."""

    def __init__(self, lines: Iterator[str | Reject]) -> None:
        self._lines = enumerate(lines, 1)
        self._back: deque[tuple[int, str]] = deque()
        self.taken: list[tuple[int, str]] = []
        self.rejects: list[Reject] = []
        self.starved = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= LONGEST_RECORD:
            self.starved = True
            raise StopIteration
        line = self._back.popleft() if self._back else self._next()
        self.taken.append(line)
        return line[1] + "\n"

    def _next(self) -> tuple[int, str]:
        for number, line in self._lines:
            if isinstance(line, str):
                return number, line
            self.rejects.append(line)
        self.starved = True
        raise StopIteration

    def begin(self) -> None:
        """Begin a record."""
        self.taken = []
        self.starved = False

    def give_back(self) -> None:
        """Keep the first line of the record only: the others are read again."""
        self._back.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]

    @property
    def raw(self) -> str:
        """Return the lines of the record as they stand in the file."""
        return "\n".join(line for _, line in self.taken)

    def reject(self, reason: str) -> Reject:
        """Return what was taken as a reject."""
        return Reject(line=self.taken[0][0], reason=reason, raw=self.raw[:LONGEST_RAW])


def _record(
    reader: Iterator[list[str]], feed: _Feed, header: Sequence[str], dialect: Dialect
) -> list[str] | Reject | None:
    """Read one record: its cells, what is wrong with it, or None at the end."""
    try:
        cells = next(reader, None)
    except csv.Error:
        feed.give_back()
        return feed.reject("has a field that is too long, or a line end in its middle")
    if cells is None:
        return None
    if _swallows(feed, header, dialect):
        feed.give_back()
        return feed.reject("a quote is opened and never closed")
    if len(cells) != len(header) and any(cells):
        return feed.reject(f"{len(cells)} columns where the header has {len(header)}")
    return cells


def _swallows(feed: _Feed, header: Sequence[str], dialect: Dialect) -> bool:
    """Tell whether a record of several lines is one line with a stray quote, and its neighbours."""
    if len(feed.taken) == 1:
        return feed.starved
    strictly = csv.reader(
        (line + "\n" for _, line in feed.taken), delimiter=dialect.delimiter, strict=True
    )
    try:
        records = list(strictly)
    except csv.Error:
        return True
    return len(records) != 1 or len(records[0]) != len(header)


def _header(feed: _Feed, dialect: Dialect, path: Path) -> tuple[str, ...]:
    try:
        cells = next(csv.reader(feed, delimiter=dialect.delimiter), [])
    except csv.Error:
        cells = []
    if feed.rejects or not any(cells):
        fault = f": {feed.rejects[0].reason}" if feed.rejects else ""
        raise Mistake(f"{path} has no readable first line with the names of the columns{fault}")
    header = tuple(cell.strip() for cell in cells)
    twice = next((n for i, n in enumerate(header) if n and n in header[:i]), None)
    if twice is not None:
        raise Mistake(f"{path} has two columns called {twice[:60]!r}: rename one")
    return header

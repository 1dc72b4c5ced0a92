"""
What an imported file is made of, and what became of each line of it.

A bad line is never an exception and never stops the others: it becomes a `Reject`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from tactful.terms import Mistake

LONGEST_RAW = 2_000


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One record of a file, by column name; `raw` is the line as it stood, where there is one."""

    line: int
    values: Mapping[str, object]
    raw: str = ""

    def __repr__(self) -> str:
        """Show the place only: rows are about people."""
        return f"Row(line {self.line}, {len(self.values)} columns)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """A line that cannot be used, and why in plain words that repeat nothing of it."""

    line: int
    reason: str
    raw: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A row, or a part of one, left out on purpose: counted by reason, not complained about."""

    line: int
    reason: str


class Unfit(Mistake):
    """Raised inside the mapping of one row with the reason it will be rejected for."""


def rejected(row: Row, reason: str) -> Reject:
    """Return *row* as a reject, with the line as it stood so that it can be mended."""
    raw = row.raw or _as_json(row.values)
    return Reject(line=row.line, reason=reason, raw=raw[:LONGEST_RAW])


def _as_json(values: Mapping[str, object]) -> str:
    return msgspec.json.encode(dict(values), enc_hook=str).decode()

"""Rows that wait to be sent to the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

_BEGIN: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END: Final = b"\xff\xff"


@dataclass(slots=True)
class Rows:
    """
    Rows that wait to be sent together, and the savepoint that the server may not know of yet.

    A call that only appends costs no word with the server: its rows go with those of others.
    """

    query: str = ""
    waiting: list[bytes] = field(default_factory=list)
    saved: int | None = None
    told: bool = False


def in_binary(rows: Sequence[bytes]) -> bytes:
    """Return packed *rows* as a binary COPY takes them."""
    return b"".join((_BEGIN, *rows, _END))

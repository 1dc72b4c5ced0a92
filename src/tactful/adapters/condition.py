"""What an operator should know of a store: whether it keeps its promises, and how it grows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """
    The condition of a store; `broken` names the promises that it does not keep, in words.

    `newest_event` is the time of the newest event to the hour, and `newest_statement` when the last
    statement was recorded: neither should lie in the future.
    """

    version: str
    broken: tuple[str, ...]
    bytes_a_day: float
    newest_event: datetime | None
    newest_statement: datetime | None

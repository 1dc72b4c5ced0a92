"""What the rights of a subject need of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from tactful.gate import Permit


class Records(Protocol):
    """Everything stored about one subject, wherever it is."""

    def uses(self, permit: Permit) -> Mapping[tuple[str, date], int]:
        """Return how often each activity used the subject's data, by (activity, day)."""

    def drop_purposes(self, permit: Permit, purposes: frozenset[str]) -> int:
        """
        Stop keeping the subject's events, traits and group for *purposes*; return events touched.

        An event kept for nothing else is deleted; what remains loses the properties that only
        those purposes allowed.
        """

    def erase(self, permit: Permit) -> Mapping[str, int]:
        """
        Destroy the subject's key, then every row; return the rows removed by kind.

        Durable on return, and no byte of the rows stays in the store's files.
        """

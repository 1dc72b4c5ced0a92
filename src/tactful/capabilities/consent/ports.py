"""What consent needs of a store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tactful.gate import Permit
from tactful.terms import Notice, Standing, Statement


class Statements(Protocol):
    """The append-only record of what subjects said."""

    def append(self, permit: Permit, statements: Sequence[Statement]) -> None:
        """
        Record *statements* of the permit's subject.  Durable on return.

        The digest that the gate reads changes in the same transaction: the next question sees it.
        """

    def standing(self, permit: Permit) -> Standing:
        """Return everything the permit's subject has said, oldest first."""


class Showings(Protocol):
    """The words of every notice that was shown before a choice: nobody's data."""

    def keep(self, notice: Notice, at: datetime) -> None:
        """Keep the words of *notice*, once.  Need not wait for the disk."""

    def words(self, notice_hash: str) -> Notice | None:
        """Return the notice whose hash that is, as it was shown."""

"""What consent needs of a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from tactful.gate import Permit
from tactful.terms import Notice, Standing, Statement, SubjectId


class Statements(Protocol):
    """The append-only record of what subjects said."""

    def append(self, permit: Permit, statements: Sequence[Statement]) -> None:
        """
        Record *statements* of the permit's subject.  Durable on return.

        The digest that the gate reads changes in the same transaction: the next question sees it.
        """

    def standing(self, permit: Permit) -> Standing:
        """
        Return everything the permit's person has said, oldest first.

        Where they were known as two and a no of one side has to be repeated to outlast a yes of
        the other, the repetition stands among it, with the source `merge`: nobody said it again.
        """

    def by_number(self, permit: Permit) -> Mapping[SubjectId, Standing]:
        """Return what was said under each number of the permit's person, and nothing besides."""


class Showings(Protocol):
    """The words of every notice that was shown before a choice: nobody's data."""

    def keep(self, notice: Notice, at: datetime) -> None:
        """Keep the words of *notice*, once.  Need not wait for the disk."""

    def words(self, notice_hash: str) -> Notice | None:
        """Return the notice whose hash that is, as it was shown."""

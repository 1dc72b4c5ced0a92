"""What the lake needs of the store that feeds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tactful.adapters.sqlite.outflow import Batch, Held, Owed, Part
from tactful.adapters.sqlite.rows import Row
from tactful.terms import SubjectId


class Outflow(Protocol):
    """
    What leaves the store for the lake; the store holds the truth about how far it has come.

    Each method is one transaction, and durable on return.
    """

    def lake_held(self) -> AbstractContextManager[None]:
        """Keep the servers of other machines that share the store from changing the lake."""

    def held(self) -> Held:
        """Return what counts now; ask *after* reading the store, never before."""

    def plan(self, *, most: int) -> Batch | None:
        """Return the batch that was begun, else begin one of up to *most* rows, else None."""

    def begun(self) -> int | None:
        """Return the number of the batch that is on its way, if one is."""

    def edge(self) -> tuple[int, tuple[Part, ...]]:
        """Return the newest batch that counts and the rows after it, as of one moment."""

    def rows_of(self, parts: Sequence[Part]) -> Iterator[tuple[date, int, Row]]:
        """Yield what is still there of *parts*, by day and place."""

    def rows(self, batch: Batch) -> Iterator[tuple[date, int, Row]]:
        """Yield what is still there of *batch*, by day and place."""

    def passed(self, batch: Batch, *, at: datetime) -> None:
        """Count the rows of *batch* as being in the lake."""

    def waiting(self) -> tuple[int, datetime | None]:
        """Return how many rows wait for the lake, and when the last batch passed."""

    def owed(self) -> tuple[Owed, ...]:
        """Return what the lake has yet to forget."""

    def settled(self, owed: Iterable[Owed], *, gone: Sequence[bytes] = ()) -> None:
        """Note that the lake forgot *owed*, and that the messages *gone* may come again."""

    def retire(self, *, before: date, at: datetime) -> int:
        """Leave the days before *before* to the lake, if it holds them whole; return how many."""

    def drop_retired(self, *, at: datetime) -> int:
        """Drop the tables of days that were retired a while ago; return how many."""

    def goes_by(self, subjects: NDArray[np.int64]) -> Mapping[int, int]:
        """Return the further numbers of the persons in *subjects*, and what each goes by."""

    def members(self, subject: SubjectId) -> tuple[SubjectId, ...]:
        """Return all numbers under which the person behind *subject* is known."""

    def day_rows(self, day: date, *, upto: int) -> Iterator[tuple[int, Row]]:
        """Yield what the table of *day* holds up to the place *upto*, by place."""

    def fed(self) -> Mapping[date, int]:
        """Return, of each day with a table that readers use, up to which row the lake has it."""

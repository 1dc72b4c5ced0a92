"""
The lake behind a store, loaded when it is first needed.

Its libraries take longer to load than the store takes to open, and most commands never ask for an
event that has left the store.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from tactful.adapters.lake.figures import LakeSettings
from tactful.adapters.lake.ports import Outflow
from tactful.adapters.sqlite.marks import Marks
from tactful.adapters.sqlite.purposes import PurposeBits
from tactful.adapters.sqlite.rows import Row
from tactful.terms import Policy, SubjectId

if TYPE_CHECKING:
    from tactful.adapters.lake.lake import Lake
    from tactful.adapters.lake.reading import LakeReading


class LakeBehind:
    """Opens the lake in *folder* at the first use; costs nothing before."""

    def __init__(
        self,
        folder: Path,
        outflow: Outflow,
        *,
        policy: Policy,
        bits: PurposeBits,
        clock: Callable[[], datetime],
        minutes: int = 5,
        keep_recent_days: int = 90,
    ) -> None:
        self.folder = folder
        self.outflow = outflow
        self.bits = bits
        self._policy = policy
        self._clock = clock
        self._minutes = minutes
        self._keep_recent_days = keep_recent_days
        self._loading = threading.Lock()

    @cached_property
    def lake(self) -> Lake:
        """Return the lake."""
        with self._loading:
            from tactful.adapters.lake.lake import Lake

        return Lake(
            self.folder,
            self.outflow,
            plan=self._policy.plan,
            bits=self.bits,
            clock=self._clock,
            settings=self._settings(),
        )

    @cached_property
    def reading(self) -> LakeReading:
        """Return what reads the lake."""
        with self._loading:
            from tactful.adapters.lake.reading import LakeReading

        lake = self.lake
        return LakeReading(lake.table, self.outflow, plan=self._policy.plan, bits=self.bits)

    def came_between(
        self, subject: SubjectId, *, mask: int, after: Marks, upto: Marks | None
    ) -> Sequence[Row]:
        """
        Return what is in the lake alone of *subject*'s events that came between the marks.

        Raises:
            LakeTrouble: it cannot be read.
        """
        held = self.outflow.held()
        if subject > held.last_subject:
            return ()
        return self.reading.came_between(subject, mask=mask, held=held, after=after, upto=upto)

    def feed_when_due(self, stopping: Callable[[], bool]) -> int:
        """Feed if the last batch is long enough ago, or many rows wait; return how many batches."""
        waiting, _ = self.outflow.waiting()
        return self.lake.feed_when_due(stopping) if waiting else 0

    def expire(
        self,
        cutoffs: Mapping[str, datetime],
        *,
        spared: Collection[int],
        now: datetime | None = None,
    ) -> Mapping[str, int]:
        """Stop keeping events for purposes whose term is over; count those in the lake alone."""
        return self.lake.expire(cutoffs, spared=spared, now=now) if self.holds_any() else {}

    def overdue(
        self,
        cutoffs: Mapping[str, datetime],
        *,
        spared: Collection[int],
        now: datetime | None = None,
    ) -> Mapping[str, int]:
        """Return what `expire` would now, and remove nothing."""
        return self.lake.overdue(cutoffs, spared=spared, now=now) if self.holds_any() else {}

    def retire(self, stopping: Callable[[], bool]) -> int:
        """Leave old days to the lake alone, once it is seen to hold them; return how many."""
        return self.lake.retire(stopping) if self.holds_any() else 0

    def holds_any(self) -> bool:
        """Tell whether anything was ever brought into the lake."""
        return self.outflow.held().watermark > 0

    def owes(self) -> bool:
        """Tell whether the lake has anything to forget."""
        return bool(self.outflow.owed())

    def _settings(self) -> LakeSettings:
        every = timedelta(minutes=self._minutes)
        return LakeSettings(every=every, keep_recent_days=self._keep_recent_days)

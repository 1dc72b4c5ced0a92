"""
Feed the lake, let it forget, and keep it small.

The store says what is to be done and notes what has been done; whatever stops in between is done
again, to the same end.  Everything here holds the lake's lock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import groupby, islice
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from tactful.adapters.lake.columns import BUCKETS, bucket_of, to_table
from tactful.adapters.lake.figures import LakeSettings, LakeStatus
from tactful.adapters.lake.lock import lake_lock
from tactful.adapters.lake.losing import Lost, expired, lose, overdue
from tactful.adapters.lake.ports import Outflow
from tactful.adapters.lake.table import EventTable, LakeTrouble, sorted_rows
from tactful.adapters.lake.verifying import compare_day
from tactful.adapters.sqlite.expiring import terms_of
from tactful.adapters.sqlite.outflow import ALL_OF_IT, Batch, Owed
from tactful.adapters.sqlite.purposes import PurposeBits
from tactful.adapters.sqlite.rows import Row
from tactful.terms import TrackingPlan

ROWS_A_BATCH: Final = 500_000
ROWS_TO_HURRY_FOR: Final = 100_000
MOST_FILES: Final = 8
"""How many files a bucket may have before they are made one."""

_CHUNK: Final = 20_000

Stopping = Callable[[], bool]


def _never() -> bool:
    return False


class Lake:
    """
    The history of events beside the store.

    Args:
        folder: Where it lies.
        outflow: The store's side of it.
        plan: What each event may hold, by purpose.
        bits: The store's numbering of purposes.
        clock: Tells the time.
        settings: How often, and how long.
    """

    def __init__(
        self,
        folder: Path,
        outflow: Outflow,
        *,
        plan: TrackingPlan,
        bits: PurposeBits,
        clock: Callable[[], datetime],
        settings: LakeSettings | None = None,
    ) -> None:
        self.folder = folder
        self.outflow = outflow
        self.plan = plan
        self.bits = bits
        self.table = EventTable(folder / "events")
        self._clock = clock
        self._settings = settings or LakeSettings()

    def feed_when_due(self, stopping: Stopping = _never) -> int:
        """Feed if the last batch is long enough ago, or many rows wait; return how many batches."""
        waiting, fed_at = self.outflow.waiting()
        begun = self.outflow.begun() is not None
        long_ago = fed_at is None or self._clock() - fed_at >= self._settings.every
        if begun or waiting >= ROWS_TO_HURRY_FOR or (waiting and long_ago):
            return self.feed(stopping)
        return 0

    def feed(self, stopping: Stopping = _never) -> int:
        """Bring every row that waits into the lake, batch by batch; return how many batches."""
        fed = 0
        with self._alone():
            while not stopping() and (batch := self.outflow.plan(most=ROWS_A_BATCH)):
                self._feed(batch)
                fed += 1
        return fed

    def retire(self, stopping: Stopping = _never) -> int:
        """Leave old days to the lake alone, once it is seen to hold them; return how many."""
        at, retired = self._clock(), 0
        before = at.date() - timedelta(days=self._settings.keep_recent_days)
        self.forget()
        for day, fed in self.outflow.fed().items():
            if day < before and not stopping():
                retired += self._retire(day, fed, at=at)
        self.outflow.drop_retired(at=at)
        return retired

    def forget(self, *, erasures_only: bool = False) -> int:
        """Take out of the lake what it owes to forget; return how many rows went."""
        if not self._owed(erasures_only=erasures_only):
            return 0
        with self._alone():
            self._check_whole()
            owed = self._owed(erasures_only=erasures_only)
            lost = self._lose(owed) if self.table.exists() else Lost()
            self.outflow.settled(owed, gone=lost.gone)
        return lost.deleted

    def overdue(
        self,
        cutoffs: Mapping[str, datetime],
        *,
        spared: Collection[int],
        now: datetime | None = None,
    ) -> Mapping[str, int]:
        """Return what `expire` would now, and remove nothing."""
        terms = terms_of(cutoffs, plan=self.plan, bits=self.bits, now=now)

        def count() -> Counter[str]:
            held, found = self.outflow.held(), Counter[str]()
            for bucket in self.table.files():
                found += overdue(self.table, bucket, terms, spared=spared, held=held)
            return found

        return self.table.steady(count) if terms.end_something and self.table.exists() else {}

    def expire(
        self,
        cutoffs: Mapping[str, datetime],
        *,
        spared: Collection[int],
        now: datetime | None = None,
    ) -> Mapping[str, int]:
        """Stop keeping events for purposes whose term is over; count those in the lake alone."""
        terms = terms_of(cutoffs, plan=self.plan, bits=self.bits, now=now)
        removed: Counter[str] = Counter()
        if not terms.end_something or not self.table.exists():
            return removed
        with self._alone():
            held, changed = self.outflow.held(), False
            for bucket in self.table.files():
                after, lost = expired(self.table, bucket, terms, spared=spared, held=held)
                if after is not None:
                    self.table.replace({bucket: after})
                    self.outflow.settled((), gone=lost.gone)
                    removed += lost.counted
                    changed = True
            if changed:
                self.table.sweep()
        return removed

    def compact(self, *, most_files: int = MOST_FILES) -> int:
        """Make one file of the files of each bucket that has too many; return how many buckets."""
        if not self.table.exists():
            return 0
        with self._alone():
            self.table.widen()
            crowded = [b for b, files in self.table.files().items() if len(files) > most_files]
            for bucket in crowded:
                self.table.replace({bucket: sorted_rows(self.table.read(bucket))})
            self.table.sweep()
            self.table.tidy_log()
        return len(crowded)

    def status(self) -> LakeStatus:
        """
        Return what the lake holds, and how far it is behind.

        Raises:
            LakeTrouble: it cannot be read.
        """
        import pyarrow.parquet as pq

        waiting, fed_at = self.outflow.waiting()
        there = self.table.exists()
        self._check_whole()

        def count() -> tuple[int, int, int]:
            files = [path for paths in self.table.files().values() for path in paths]
            rows = sum(pq.read_metadata(path).num_rows for path in files)
            return rows, len(files), sum(path.stat().st_size for path in files)

        rows, files, size = self.table.steady(count) if there else (0, 0, 0)
        return LakeStatus(
            rows=rows,
            files=files,
            bytes=size,
            watermark=self.outflow.held().watermark,
            version=self.table.version() if there else 0,
            waiting=waiting,
            fed_at=fed_at,
            owed=len(self.outflow.owed()),
        )

    def read_through(self) -> int:
        """
        Read every row; return how many there are.

        Raises:
            LakeTrouble: something is missing or cannot be read, or belongs to another store.
        """
        self._check_whole()
        return sum(self.table.read(bucket).num_rows for bucket in self.table.files())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lake: nobody else changes it meanwhile, on this machine or another."""
        with lake_lock(self.folder), self.outflow.lake_held():
            yield

    def _feed(self, batch: Batch) -> None:
        newest = self.table.newest_batch()
        if newest == batch.number - 1:
            rows = self.outflow.rows(batch)
            self.table.append(by_bucket(_columns(rows, batch.number)), batch=batch.number)
        elif newest != batch.number:
            raise self._not_ours(newest, batch.number - 1)
        self.outflow.passed(batch, at=self._clock())

    def _retire(self, day: date, fed: int, *, at: datetime) -> int:
        """Leave *day* to the lake; the lock is let go after each, for who waits to erase."""
        with self._alone():
            if fed and not (found := compare_day(self.table, self.outflow, day, upto=fed)).same:
                raise LakeTrouble(
                    f"{found.says} in the lake in {self.folder}: the day stays in the store; "
                    "run `tactful lake verify`"
                )
            return self.outflow.retire(before=day + timedelta(days=1), at=at)

    def _check_whole(self) -> None:
        """Raise unless the table is as new as the store says."""
        newest, watermark = self.table.newest_batch(), self.outflow.held().watermark
        if newest not in {watermark, watermark + 1}:
            raise self._not_ours(newest, watermark)

    def _not_ours(self, newest: int, watermark: int) -> LakeTrouble:
        return LakeTrouble(
            f"the lake in {self.folder} ends with batch {newest}, but the store fed it up to "
            f"{watermark}: one of them was put back from a backup; put back the other as well"
        )

    def _owed(self, *, erasures_only: bool) -> list[Owed]:
        owed = self.outflow.owed()
        return [one for one in owed if not erasures_only or one.purposes == ALL_OF_IT]

    def _lose(self, owed: Sequence[Owed]) -> Lost:
        """Take *owed* out of its buckets, then delete the files that held it."""
        whole = Lost()
        for bucket, ours in groupby(
            sorted(owed, key=lambda one: bucket_of(one.subject)), lambda one: bucket_of(one.subject)
        ):
            after, lost = lose(self.table.read(bucket), list(ours), plan=self.plan, bits=self.bits)
            if after is not None:
                self.table.replace({bucket: after})
                whole = whole.and_also(lost)
        self.table.sweep()
        return whole


def _columns(rows: Iterator[tuple[date, int, Row]], number: int) -> pa.Table:
    chunks: list[pa.Table] = []
    while chunk := list(islice(rows, _CHUNK)):
        chunks.append(to_table(chunk, batch=number))
    return pa.concat_tables(chunks) if chunks else to_table([], batch=number)


def by_bucket(rows: pa.Table) -> Mapping[int, pa.Table]:
    """Return *rows* by bucket, each sorted as a file is."""
    buckets = rows["subject"].to_numpy() % BUCKETS
    order = np.argsort(buckets, kind="stable")
    rows, buckets = rows.take(pa.array(order)), buckets[order]
    numbers: Iterable[int] = np.unique(buckets).tolist()
    starts = {b: int(np.searchsorted(buckets, b)) for b in numbers}
    ends = {b: int(np.searchsorted(buckets, b, side="right")) for b in numbers}
    return {b: sorted_rows(rows.slice(starts[b], ends[b] - starts[b])) for b in numbers}

"""A store with a lake behind it, and a clock that the test moves by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq

from tactful.adapters.key_file import KeyFile
from tactful.adapters.lake import LakeBehind, LakeEvents, LakeRecords
from tactful.adapters.lake.lake import Lake
from tactful.adapters.sqlite import SqliteStore, open_store
from tactful.capabilities.collect import Events
from tactful.gate import Permit
from tactful.terms import Event, Policy
from tactful.testing.conformance.shelf import Clock, Shelf

KEEP_DAYS = 30


class Leaving:
    """Events that leave for the lake, and for it alone, as soon as they are stored."""

    def __init__(self, recent: Events, shelf: LakeShelf) -> None:
        self._recent = recent
        self._shelf = shelf

    def append(self, events: Sequence[Event]) -> Future[frozenset[bytes]]:
        """Store *events*, and let the lake take them over."""
        stored = self._recent.append(events)
        stored.exception()
        self._shelf.lake.feed()
        if self._shelf.lake.outflow.held().watermark % 16 == 0:
            self._shelf.lake.compact(most_files=8)
        self._shelf.lake.outflow.retire(before=date.max, at=self._shelf.clock())
        return stored

    def history(self, permit: Permit, *, limit: int | None = None) -> tuple[Event, ...]:
        """Return what the store holds."""
        return self._recent.history(permit, limit=limit)

    def of_audience(self, permit: Permit) -> Iterator[Event]:
        """Yield what the store holds."""
        return self._recent.of_audience(permit)


class LeavesWhenRead:
    """Events that leave for the lake, and for it alone, as soon as they have been read."""

    def __init__(self, recent: Events, shelf: LakeShelf) -> None:
        self._recent = recent
        self._shelf = shelf

    def append(self, events: Sequence[Event]) -> Future[frozenset[bytes]]:
        """Store *events*."""
        return self._recent.append(events)

    def history(self, permit: Permit, *, limit: int | None = None) -> tuple[Event, ...]:
        """Return what the store held a moment ago."""
        found = self._recent.history(permit, limit=limit)
        self._leave()
        return found

    def of_audience(self, permit: Permit) -> Iterator[Event]:
        """Yield what the store held a moment ago."""
        found = list(self._recent.of_audience(permit))
        self._leave()
        return iter(found)

    def _leave(self) -> None:
        self._shelf.lake.outflow.retire(before=date.max, at=self._shelf.clock())


class LakeShelf(Shelf):
    """A shelf whose store has a lake in the same folder."""

    behind: LakeBehind
    sqlite: SqliteStore
    leaves = False
    """Whether every event leaves for the lake as soon as it is stored."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(self._opened)

    @property
    def lake(self) -> Lake:
        """Return the lake."""
        return self.behind.lake

    @property
    def events_folder(self) -> Path:
        """Return where the table lies."""
        return self.folder / "lake" / "events"

    def feed(self) -> int:
        """Bring everything into the lake."""
        return self.lake.feed()

    def retire(self) -> int:
        """Bring everything into the lake, and let so much time pass that it is there alone."""
        self.feed()
        self.clock.move(timedelta(days=KEEP_DAYS + 1))
        retired = self.lake.retire()
        self.clock.move(timedelta(minutes=6))
        self.lake.retire()
        return retired

    def tables(self) -> list[str]:
        """Return the names of the store's tables of events."""
        query = "SELECT name FROM sqlite_master WHERE name GLOB 'events_[0-9]*' AND type = 'table'"
        return sorted(name for (name,) in self.sqlite.outflow._engine.read().execute(query))

    def bytes_on_disk(self) -> bytes:
        """Return the content of all files of store and lake, logs included, and unpacked."""
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        packed = (path for path in files if path.suffix == ".parquet")
        unpacked = (str(pq.ParquetFile(path).read().to_pylist()).encode() for path in packed)
        return b"".join([*(path.read_bytes() for path in files), *unpacked])

    def lake_rows(self) -> int:
        """Return how many rows the files of the lake hold, counted or not."""
        return sum(self.lake.table.read(b).num_rows for b in self.lake.table.files())

    def before_the_lake(self, policy: Policy, clock: Clock) -> SqliteStore:
        """Open the store that feeds the lake."""
        keys = KeyFile(self.folder.parent / "master.key")
        return open_store(self.folder, policy, keys, clock=clock, policy_hash=repr(policy))

    def _opened(self, policy: Policy, clock: Clock) -> SqliteStore:
        store = self.sqlite = self.before_the_lake(policy, clock)
        self.behind = LakeBehind(
            self.folder / "lake",
            store.outflow,
            policy=policy,
            bits=store.bits,
            clock=clock,
            keep_recent_days=KEEP_DAYS,
        )
        store.features.go_on_with(self.behind)
        recent = Leaving(store.events, self) if self.leaves else store.events
        store.events = LakeEvents(recent, self.behind, policy=policy, bits=store.bits)  # type: ignore[assignment]
        store.records = LakeRecords(store.records, self.behind)  # type: ignore[assignment]
        return store


class LeavingShelf(LakeShelf):
    """A shelf where the store keeps no event that it could leave to the lake."""

    leaves = True

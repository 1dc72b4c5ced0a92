"""A store with a lake behind it, and a clock that the test moves by hand."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tactful.adapters.key_file import KeyFile
from tactful.adapters.lake import LakeBehind, LakeEvents, LakeRecords
from tactful.adapters.lake.lake import Lake
from tactful.adapters.sqlite import SqliteStore, open_store
from tactful.terms import Policy
from tactful.testing.conformance.shelf import Clock, Shelf

KEEP_DAYS = 30


class LakeShelf(Shelf):
    """A shelf whose store has a lake in the same folder."""

    behind: LakeBehind
    sqlite: SqliteStore
    always_retired = False

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
        """Return the content of all files of store and lake, logs included."""
        files = (path for path in self.folder.rglob("*") if path.is_file())
        return b"".join(path.read_bytes() for path in sorted(files))

    def lake_rows(self) -> int:
        """Return how many rows the files of the lake hold, counted or not."""
        return sum(self.lake.table.read(b).num_rows for b in self.lake.table.files())

    def _opened(self, policy: Policy, clock: Clock) -> SqliteStore:
        keys = KeyFile(self.folder.parent / "master.key")
        store = open_store(self.folder, policy, keys, clock=clock, policy_hash=repr(policy))
        self.sqlite = store
        self.behind = LakeBehind(
            self.folder / "lake",
            store.outflow,
            policy=policy,
            bits=store.bits,
            clock=clock,
            keep_recent_days=KEEP_DAYS,
        )
        store.events = LakeEvents(store.events, self.behind, policy=policy, bits=store.bits)  # type: ignore[assignment]
        store.records = LakeRecords(store.records, self.behind)  # type: ignore[assignment]
        return store

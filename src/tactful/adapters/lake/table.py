"""
The table of events in the lake: a Delta table, one folder per bucket of subjects.

Knows files and versions, not what may be done with them.  Files are written here and only their
names are handed to Delta, so that its log holds no value of a person: no statistics, and no
condition that names a subject.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from tactful.adapters.lake.columns import ORDER, SCHEMA, whole
from tactful.terms import Trouble

if TYPE_CHECKING:
    from deltalake import DeltaTable

T = TypeVar("T")

APP: Final = "tactful"
"""Under what name Delta notes the number of our newest batch."""

_ROW_GROUP: Final = 50_000
_PACKED: Final = dict.fromkeys(("subject", "at", "row", "value"), "DELTA_BINARY_PACKED")
_WORDS: Final = (
    "name",
    "source",
    "currency",
    "items.list.element",
    "quantity",
    "batch",
    "day",
    "purposes",
)
"""Columns that say the same again and again: a dictionary of them takes less than they do."""

_TRIES: Final = 5
_CONFIGURATION: Final = {
    "delta.dataSkippingNumIndexedCols": "0",  # no statistics of any column, whoever writes
    "delta.logRetentionDuration": "interval 1 days",
}


class LakeTrouble(Trouble):
    """The lake cannot be read or written; the store itself goes on."""


class EventTable:
    """The Delta table in *folder*.  Whoever changes it holds the lake's lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def exists(self) -> bool:
        """Tell whether there is a table yet."""
        return (self.folder / "_delta_log").is_dir()

    def newest_batch(self) -> int:
        """Return the number of the newest batch that was appended; 0 before the first."""
        if not self.exists():
            return 0
        with self._trouble():
            return self._open().transaction_version(APP) or 0

    def version(self) -> int:
        """Return the version of the table."""
        with self._trouble():
            return int(self._open().version())

    def files(self) -> Mapping[int, Sequence[Path]]:
        """Return the files that make the table up now, by bucket."""
        if not self.exists():
            return {}
        with self._trouble():
            return self._files(self._open())

    def rows(self) -> int:
        """Return how many rows there are, as the log tells without opening a file."""
        if not self.exists():
            return 0
        with self._trouble():
            actions = pa.table(self._open().get_add_actions(flatten=True))
            return sum(actions["num_records"].to_pylist())

    def append(self, parts: Mapping[int, pa.Table], *, batch: int) -> None:
        """Add the rows of *parts*, by bucket, and note *batch* with them, all or nothing."""
        from deltalake import CommitProperties, Transaction

        with self._trouble():
            table = self._opened_or_made()
            added = [self._write(bucket, rows) for bucket, rows in parts.items() if rows.num_rows]
            noted = CommitProperties(app_transactions=[Transaction(APP, batch)])
            self._commit(table, added, noted)

    def replace(self, parts: Mapping[int, pa.Table]) -> None:
        """Put the rows of *parts* in place of all that its buckets hold, all or nothing."""
        from deltalake.transaction import RemoveAction

        with self._trouble():
            table = self._open()
            now, files = int(time.time() * 1000), self._files(table)
            removed = [
                RemoveAction(
                    path=str(path.relative_to(self.folder)),
                    data_change=True,
                    deletion_timestamp=now,
                    partition_values={"bucket": str(bucket)},
                )
                for bucket in parts
                for path in files.get(bucket, ())
            ]
            added = [self._write(bucket, rows) for bucket, rows in parts.items() if rows.num_rows]
            self._commit(table, [*added, *removed], None)

    def sweep(self) -> int:
        """Delete every file that is no part of the table, or never was; return how many."""
        if not self.exists():
            return 0
        with self._trouble():
            gone = self._open().vacuum(
                retention_hours=0, enforce_retention_duration=False, dry_run=False, full=True
            )
            return len(gone)

    def tidy_log(self) -> None:
        """Sum up the table's log, so that opening it stays quick."""
        with self._trouble():
            table = self._open()
            table.create_checkpoint()
            table.cleanup_metadata()

    def widen(self) -> None:
        """Add the columns that a table of an older tactful lacks: its files read as null there."""
        from deltalake import Schema

        with self._trouble():
            table = self._open()
            known = {field.name for field in table.schema().fields}
            fields = Schema.from_arrow(SCHEMA).fields
            fields = Schema.from_arrow(SCHEMA).fields
            lacking = [field for field in fields if field.name not in known]
            if lacking:
                table.alter.add_columns(lacking)

    def read(self, bucket: int, columns: Sequence[str] | None = None) -> pa.Table:
        """Return all rows of *bucket*, whatever their batch, with all or some *columns*."""

        def read() -> pa.Table:
            paths = self.files().get(bucket, ())
            tables = [_read_file(path, columns) for path in paths]
            return pa.concat_tables(tables) if tables else SCHEMA.empty_table()

        return self.steady(read)

    def steady(self, read: Callable[[], T]) -> T:
        """
        Return what *read* returns, tried again where a file went away under it.

        Raises:
            LakeTrouble: the files that the table names are not there, or cannot be read.
        """
        with self._trouble():
            for _ in range(_TRIES):
                before = self.files()
                try:
                    return read()
                except OSError:
                    if self.files() == before:  # nobody replaced it: it is missing
                        raise
            return read()

    def _files(self, table: DeltaTable) -> dict[int, list[Path]]:
        found: dict[int, list[Path]] = {}
        for action in pa.table(table.get_add_actions(flatten=True)).to_pylist():
            path = self.folder / action["path"]
            found.setdefault(int(action["partition.bucket"]), []).append(path)
        return {bucket: sorted(paths, key=_age) for bucket, paths in sorted(found.items())}

    def _open(self) -> DeltaTable:
        from deltalake import DeltaTable

        return DeltaTable(str(self.folder))

    def _opened_or_made(self) -> DeltaTable:
        if self.exists():
            return self._open()
        from deltalake import DeltaTable, Schema

        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        schema = pa.schema([*SCHEMA, ("bucket", pa.int32())])
        return DeltaTable.create(
            str(self.folder),
            Schema.from_arrow(schema),
            partition_by=["bucket"],
            configuration=_CONFIGURATION,
        )

    def _write(self, bucket: int, rows: pa.Table) -> Any:  # noqa: ANN401 - deltalake is imported late
        """Write one file, durably, and return what names it to Delta."""
        from deltalake.transaction import AddAction

        name = f"bucket={bucket}/{time.time_ns():020d}-{secrets.token_hex(4)}.parquet"
        path = self.folder / name
        path.parent.mkdir(exist_ok=True, mode=0o700)
        with open(path, "xb", opener=_private) as file:
            pq.write_table(
                rows,
                file,
                compression="zstd",
                row_group_size=_ROW_GROUP,
                use_dictionary=list(_WORDS),
                column_encoding=_PACKED | {"message": "PLAIN"},
                store_schema=False,
            )
            file.flush()
            os.fsync(file.fileno())
        return AddAction(
            path=name,
            size=path.stat().st_size,
            partition_values={"bucket": str(bucket)},
            modification_time=int(time.time() * 1000),
            data_change=True,
            stats=json.dumps({"numRecords": rows.num_rows}),
        )

    def _commit(self, table: DeltaTable, actions: Sequence[Any], noted: object | None) -> None:
        from deltalake import PostCommitHookProperties

        after = PostCommitHookProperties(create_checkpoint=False, cleanup_expired_logs=False)
        table.create_write_transaction(
            list(actions),
            "append",
            table.schema(),
            ["bucket"],
            commit_properties=noted,
            post_commithook_properties=after,
        )
        self._make_durable()

    def _make_durable(self) -> None:
        """Sync the log's newest entry and the folders: the store counts on them from now on."""
        log = self.folder / "_delta_log"
        newest = max(log.glob("*.json"))
        folders = [log, *(path for path in self.folder.glob("bucket=*"))]
        for path in (newest, *folders):
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        from deltalake.exceptions import DeltaError

        try:
            yield
        except LakeTrouble:
            raise
        except (DeltaError, pa.ArrowException, OSError, ValueError, KeyError) as error:
            says = type(error).__name__ if str(error) == "" else str(error).splitlines()[0]
            raise LakeTrouble(
                f"the lake in {self.folder} cannot be used ({says[:200]}): the store goes on "
                "without it; run `tactful lake verify`, and put the folder back from your backup"
            ) from error


def sorted_rows(rows: pa.Table) -> pa.Table:
    """Return *rows* as a file holds them: by subject, then by time."""
    return whole(rows).sort_by([*ORDER, ("row", "ascending")])


def _read_file(path: Path, columns: Sequence[str] | None) -> pa.Table:
    file = pq.ParquetFile(path)
    wanted = None if columns is None else [c for c in columns if c in file.schema_arrow.names]
    rows = file.read(columns=wanted)
    if columns is None:
        return whole(rows)
    return whole(rows).select(list(columns))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _age(path: Path) -> str:
    return path.name

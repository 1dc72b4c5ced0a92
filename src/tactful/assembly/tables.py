"""Open the files that a shop imports, each read as what its columns mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tactful.adapters.map_files import built_in_maps, read_map, region_names
from tactful.adapters.tables import FEED, read_rows, table_shape
from tactful.capabilities.collect.tables.assortment import Assortment
from tactful.capabilities.collect.tables.feeds import (
    SubjectLine,
    calls_of_events,
    items_of_catalogue,
    subjects_of,
)
from tactful.capabilities.collect.tables.fitting import check_columns, choose
from tactful.capabilities.collect.tables.mapping import Dialect, FileMap, common_names
from tactful.capabilities.collect.tables.orders import calls_of_orders, items_of_orders
from tactful.capabilities.collect.tables.rows import Reject, Row, Skipped
from tactful.capabilities.collect.tables.wire import Wire
from tactful.terms import Item, Mistake

Thing = Wire | SubjectLine | Item | Reject | Skipped
"""What lines of a file amount to."""

_READERS: Mapping[str, Callable[[Iterator[Row | Reject], FileMap], Iterator[Thing]]] = {
    "orders": calls_of_orders,
    "events": calls_of_events,
    "subjects": subjects_of,
    "catalogue": items_of_catalogue,
}


class Table:
    """A file on its way in: what its rows amount to, and how far reading has come."""

    def __init__(
        self,
        rows: Iterator[Row | Reject],
        read: Callable[[Iterator[Row | Reject]], Iterator[Thing]],
    ) -> None:
        self.rows = 0
        self.line = 0
        self.things = read(self._counted(rows))

    def _counted(self, rows: Iterator[Row | Reject]) -> Iterator[Row | Reject]:
        for row in rows:
            self.rows += 1
            self.line = row.line
            yield row


def read_table(
    path: Path,
    *,
    kind: str,
    map_file: Path | None = None,
    told: Callable[[int, int], None] = lambda _read, _total: None,
) -> Table:
    """
    Open a file that is to be imported; it is read as its `things` are.

    Args:
        path: CSV, JSON lines, Parquet or a product feed.
        kind: `orders`, `events`, `subjects` or `catalogue`.
        map_file: Says which column means what; else a map that knows the file, or common names.
        told: Told how many bytes were read, of how many.

    Raises:
        Mistake: the file or the map cannot be used; the message says what to do.
    """
    file_map = _map_for(path, kind, map_file)
    rows = read_rows(path, dialect=file_map.dialect, progress=told)
    if kind == "catalogue" and file_map.kind == "orders":
        return Table(rows, lambda rows: items_of_orders(rows, file_map))
    return Table(rows, lambda rows: _READERS[kind](rows, file_map))


def _map_for(path: Path, kind: str, map_file: Path | None) -> FileMap:
    own = read_map(map_file, kind=kind) if map_file else None
    shape = table_shape(path, dialect=own.dialect if own else Dialect())
    known = own or choose(built_in_maps(), shape.columns, kind=kind)
    file_map = known or common_names(kind, regions=region_names())
    if shape.form == FEED and kind != "catalogue":
        raise Mistake(f"{path.name} is a product feed: import it --as catalogue")
    if shape.form not in {"jsonl", FEED}:  # whose lines may differ: each is judged by itself
        check_columns(file_map, shape.columns, name=path.name)
    return file_map


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLog:
    """A purchase log, read whole: the orders as calls of a client, and the goods in them."""

    calls: list[dict[str, object]]
    items: list[Item]


def read_orders(path: Path, *, on_bytes: Callable[[int], None]) -> OrderLog:
    """
    Read the purchase log at *path*; lines that are left out or wrong are not in it.

    Raises:
        Mistake: it cannot be read as one.
    """
    file_map = _map_for(path, "orders", None)
    rows = read_rows(path, dialect=file_map.dialect, progress=lambda read, _total: on_bytes(read))
    goods = Assortment(file_map)
    calls = [found for found in calls_of_orders(rows, file_map, goods) if isinstance(found, dict)]
    return OrderLog(calls=calls, items=list(goods.items()))

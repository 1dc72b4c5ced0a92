"""Rows of imagined files, and what a mapping makes of them, for the tests of imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tactful.capabilities.collect.tables.mapping import FileMap, map_from
from tactful.capabilities.collect.tables.rows import Reject, Row

NAMES = {"united kingdom": "GB", "uk": "GB", "eire": "IE"}
UCI_COLUMNS = (
    *("InvoiceNo", "StockCode", "Description", "Quantity"),
    *("InvoiceDate", "UnitPrice", "CustomerID", "Country"),
)


def the_map(kind: str, toml: Mapping[str, object] | None = None) -> FileMap:
    """Return a map for *kind*, with a few names of regions."""
    return map_from(toml or {}, kind=kind, regions=NAMES)


def rows_of(*records: Mapping[str, object]) -> list[Row]:
    """Return *records* as the rows of a file with a header."""
    return [Row(line, record) for line, record in enumerate(records, 2)]


def calls_in(found: Iterable[object]) -> list[dict[str, object]]:
    """Return the calls among what a mapping yields."""
    return [one for one in found if isinstance(one, dict)]


def reasons_in(found: Iterable[object]) -> list[tuple[int, str]]:
    """Return line and reason of the rejects among what a mapping yields."""
    return [(one.line, one.reason) for one in found if isinstance(one, Reject)]


def an_order(**changes: object) -> dict[str, object]:
    """Return one line of an order."""
    line = {"customer_id": "ann", "order_id": "7", "sku": "mug", "quantity": "2"}
    return {**line, "price": "2.50", "date": "2024-05-01 10:00", "country": "UK"} | changes


def order_lines(call: Mapping[str, object]) -> list[str]:
    """Return the items of an order in their sequence."""
    properties = call["properties"]
    assert isinstance(properties, dict)
    return [line["product_id"] for line in properties["products"]]

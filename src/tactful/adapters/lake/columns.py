"""
Events as columns of the lake, and back.

Beside what the store holds, a few columns spell out what analysis asks for again and again: the
value in whole minor units, its currency, and how many pieces.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

import msgspec
import pyarrow as pa

from tactful.adapters.sqlite.rows import Row
from tactful.mechanisms.money import exponent

BUCKETS: Final = 64

SCHEMA: Final = pa.schema(
    [
        ("subject", pa.int64()),
        ("at", pa.timestamp("us", "UTC")),
        ("name", pa.string()),
        ("purposes", pa.int64()),
        ("items", pa.list_(pa.string())),
        ("properties", pa.string()),
        ("source", pa.string()),
        ("message", pa.binary()),
        ("session", pa.string()),
        ("value", pa.int64()),
        ("currency", pa.string()),
        ("quantity", pa.int64()),
        ("batch", pa.int64()),
        ("day", pa.int32()),
        ("row", pa.int64()),
    ]
)
"""The columns of a file; a column that a file lacks reads as null.  `bucket` is its folder."""

ORDER: Final = [("subject", "ascending"), ("at", "ascending"), ("day", "ascending")]
"""How the rows of a file are sorted; rows of one day keep the order of their places."""

_AS_MSGPACK: Final = "$msgpack"
_LARGEST: Final = 2**63 - 1

_Body = tuple[tuple[str, ...], dict[str, Any], str, str]
_PACK = msgspec.msgpack.Encoder().encode
_UNPACK = msgspec.msgpack.Decoder(_Body).decode
_JSON = msgspec.json.Encoder().encode
_UNJSON = msgspec.json.Decoder(dict[str, Any]).decode


def bucket_of(subject: int) -> int:
    """Return the bucket in which everything of *subject* lies."""
    return subject % BUCKETS


def day_number(day: date) -> int:
    """Return *day* as a lake's row has it: days since 1970."""
    return (day - date(1970, 1, 1)).days


def day_of(number: int) -> date:
    """Return the day that `day_number` made *number* of."""
    return date(1970, 1, 1) + timedelta(days=number)


def to_table(rows: Iterable[tuple[date, int, Row]], *, batch: int) -> pa.Table:
    """Return *rows*, each with its day and place, as columns of *batch*."""
    lists: dict[str, list[object]] = {name: [] for name in SCHEMA.names}
    for day, place, row in rows:
        values = (*_spread(row), batch, day_number(day), place)
        for column, value in zip(lists.values(), values, strict=True):
            column.append(value)
    return pa.table(lists, schema=SCHEMA)


def changed(table: pa.Table, bodies: Mapping[int, tuple[int, bytes]]) -> pa.Table:
    """Return *table* with other purposes and another body at the places that *bodies* names."""
    if not bodies:
        return table
    lists = {name: table[name].to_pylist() for name in _MADE_OF_BODY}
    for (at, (purposes, body)), row in zip(
        bodies.items(), to_rows(table.take(list(bodies))), strict=True
    ):
        spread = dict(
            zip(SCHEMA.names, _spread(row._replace(purposes=purposes, body=body)), strict=False)
        )
        for name in _MADE_OF_BODY:
            lists[name][at] = spread[name]
    for name in _MADE_OF_BODY:
        place = table.schema.get_field_index(name)
        field = SCHEMA.field(name)
        table = table.set_column(place, field, pa.array(lists[name], field.type))
    return table


_MADE_OF_BODY: Final = ("purposes", "properties", "value", "currency", "quantity")


def to_rows(table: pa.Table) -> Iterator[Row]:
    """Yield the rows of *table* as the store would hold them."""
    names = (
        "subject",
        "at",
        "name",
        "purposes",
        "message",
        "items",
        "properties",
        "session",
        "source",
    )
    columns = [_plain(table[name]) for name in names]
    for subject, at, name, purposes, message, items, text, session, source in zip(
        *columns, strict=True
    ):
        body = _PACK((items, properties_in(text), session, source))
        yield Row(subject, at, name, purposes, message, body)


def whole(table: pa.Table) -> pa.Table:
    """Return *table* with every column of `SCHEMA`, in its order; what it lacks is null."""
    columns = [
        table[field.name].cast(field.type)
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in SCHEMA
    ]
    return pa.table(columns, schema=SCHEMA)


def _plain(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        return [at // 1000 for at in column.cast(pa.int64()).to_pylist()]
    plain: list[Any] = column.to_pylist()
    return plain


def _spread(row: Row) -> tuple[object, ...]:
    items, properties, session, source = _UNPACK(row.body)
    return (
        row.subject,
        row.at * 1000,
        row.name,
        row.purposes,
        items,
        _text(properties),
        source,
        row.message,
        session,
        *spelt_out(properties),
    )


def _text(properties: dict[str, Any]) -> str:
    """Return *properties* as JSON that reads back the same, whatever they hold."""
    if not properties:
        return "{}"
    text = _JSON(properties)
    if _UNJSON(text) != properties or _AS_MSGPACK in properties:
        text = _JSON({_AS_MSGPACK: base64.b64encode(_PACK(properties)).decode()})
    return text.decode()


def properties_in(text: str) -> dict[str, Any]:
    """Return the properties that a row has as *text*."""
    if text == "{}":
        return {}
    found = _UNJSON(text)
    if _AS_MSGPACK in found:
        packed = base64.b64decode(found[_AS_MSGPACK])
        return msgspec.msgpack.decode(packed, type=dict[str, Any])
    return found


def spelt_out(properties: Mapping[str, Any]) -> tuple[int | None, str | None, int | None]:
    """Return value, currency and quantity, each as far as *properties* tell."""
    if not properties:
        return None, None, None
    currency = properties.get("currency")
    currency = currency.upper() if isinstance(currency, str) and currency else None
    quantity = _quantity(properties)
    totals = (_amount(properties.get(name)) for name in ("value", "total", "revenue"))
    amount = next((total for total in totals if total is not None), None)
    if amount is not None:
        return _minor(amount, currency), currency, quantity
    price = _amount(properties.get("price"))
    single = None if price is None else _minor(price, currency)
    return _fitting(None if single is None else single * (quantity or 1)), currency, quantity


def _quantity(properties: Mapping[str, Any]) -> int | None:
    one = _count(properties.get("quantity"))
    if one is not None:
        return _fitting(one)
    lines = properties.get("products")
    if not isinstance(lines, list):
        return None
    counts = [_count(line.get("quantity")) for line in lines if isinstance(line, dict)]
    known = [count for count in counts if count is not None]
    return _fitting(sum(known)) if known else None


def _minor(amount: float, currency: str | None) -> int | None:
    scaled = Decimal(str(amount)).scaleb(exponent(currency or ""))
    return _fitting(int(scaled.to_integral_value(rounding=ROUND_HALF_UP)))


def _fitting(number: int | None) -> int | None:
    return number if number is not None and abs(number) <= _LARGEST else None


def _amount(value: object) -> float | None:
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    return _count(value)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None

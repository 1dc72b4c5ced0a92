"""
Turn lines of orders into `Order Completed` calls: the lines of one order become one call.

Pure: rows in, calls out, in bounded memory.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tactful.capabilities.collect.tables.assortment import Assortment
from tactful.capabilities.collect.tables.fields import (
    major_units,
    moment,
    name_of,
    number,
    plain_number,
    region,
    subject_name,
    text,
)
from tactful.capabilities.collect.tables.fitting import Reader
from tactful.capabilities.collect.tables.mapping import FileMap
from tactful.capabilities.collect.tables.rows import Reject, Row, Skipped, Unfit, rejected
from tactful.capabilities.collect.tables.wire import Wire, named, said
from tactful.terms import Item

OPEN_ORDERS = 1_000
"""How many orders may be interleaved in a file; further apart, an order comes in parts."""

LONGEST_ORDER = 5_000
REGION_UNKNOWN = "region not known: the strictest law will hold"


@dataclass(slots=True, kw_only=True)
class _Order:
    name: str
    who: tuple[str, str]
    at: datetime
    region: str | None
    currency: str
    products: list[dict[str, object]] = field(default_factory=list)


def calls_of_orders(
    rows: Iterable[Row | Reject], file_map: FileMap, goods: Assortment | None = None
) -> Iterator[Wire | Reject | Skipped]:
    """
    Yield a `track` call for each order in *rows*, and what becomes of every other line.

    Lines with the same order id make one order, as long as fewer than OPEN_ORDERS others lie
    between them; later ones make a part of their own (`order:1001#2`), so that nothing is lost.
    A line without an order id is an order by itself.

    Args:
        rows: As the file holds them; what is a `Reject` already is handed on.
        file_map: Which column means what.
        goods: Told about every item sold, also where no subject is known: goods are no people.
    """
    orders = _Orders(file_map, goods)
    for row in rows:
        if isinstance(row, Reject):
            yield row
            continue
        try:
            yield from orders.take(row)
        except Unfit as wrong:
            yield rejected(row, str(wrong))
    yield from orders.rest()


def items_of_orders(
    rows: Iterable[Row | Reject], file_map: FileMap
) -> Iterator[Item | Reject | Skipped]:
    """Yield the catalogue that a file of orders amounts to, after what is wrong with its lines."""
    goods = Assortment(file_map)
    for found in calls_of_orders(rows, file_map, goods):
        if not isinstance(found, dict):
            yield found
    yield from goods.items()


class _Orders:
    """The orders whose lines are still coming in."""

    def __init__(self, file_map: FileMap, goods: Assortment | None) -> None:
        self._map = file_map
        self._reader = Reader(file_map)
        self._goods = goods
        self._open: OrderedDict[str, _Order] = OrderedDict()
        self._parts: dict[int, int] = {}

    def take(self, row: Row) -> Iterator[Wire | Skipped]:
        """Add *row* to its order; yield what that completes or leaves out."""
        fields = self._reader.fields(row)
        rule = self._reader.skips(row, fields)
        if rule is None or rule.field in {"userId", "anonymousId"}:
            product = self._product(fields)
            self._show(product, fields)
        if rule is not None:
            yield Skipped(line=row.line, reason=rule.reason)
            return
        yield from self._add(row, fields, product)

    def rest(self) -> Iterator[Wire]:
        """Yield the orders that are still open."""
        while self._open:
            yield self._close()

    def _add(
        self, row: Row, fields: Mapping[str, object], product: dict[str, object]
    ) -> Iterator[Wire | Skipped]:
        who = _who(fields)
        name = said("order_id", name_of, fields.get("order_id"))
        order = self._open.get(name) if name else None
        if order is None:
            order = self._begin(name, who, fields)
            if order.region is None and text(fields.get("region")):
                yield Skipped(line=row.line, reason=REGION_UNKNOWN)
        elif order.who != who:
            raise Unfit("the order belongs to another subject in an earlier line")
        order.products.append(product)
        if not name:
            yield self._call(order)
            return
        self._open[name] = order
        self._open.move_to_end(name)
        if len(order.products) >= LONGEST_ORDER:
            self._open.move_to_end(name, last=False)
            yield self._close()
        elif len(self._open) > OPEN_ORDERS:
            yield self._close()

    def _begin(self, name: str, who: tuple[str, str], fields: Mapping[str, object]) -> _Order:
        read = self._map
        if not text(fields.get("timestamp")):
            raise Unfit("timestamp is missing")
        at = said(
            "timestamp",
            lambda value: moment(value, formats=read.formats, zone=read.zone),
            fields.get("timestamp"),
        )
        return _Order(
            name=name,
            who=who,
            at=at,
            region=region(fields.get("region"), read.regions),
            currency=text(fields.get("currency")).upper(),
        )

    def _product(self, fields: Mapping[str, object]) -> dict[str, object]:
        product = said("product_id", name_of, fields.get("product_id"))
        if not product:
            raise Unfit("product_id is missing")
        line: dict[str, object] = {
            "product_id": product,
            "quantity": said("quantity", self._quantity, fields.get("quantity")),
        }
        if text(fields.get("price")):
            currency = text(fields.get("currency"))
            line["price"] = said("price", lambda v: self._price(v, currency), fields["price"])
        return line

    def _quantity(self, value: object) -> int:
        if not text(value):
            return 1
        quantity = plain_number(number(value, decimal=self._map.decimal))
        if not isinstance(quantity, int):
            raise Unfit("is not a whole number")
        if quantity <= 0:
            raise Unfit("is not above 0: returns are no purchases")
        return quantity

    def _price(self, value: object, currency: str) -> int | float:
        amount = number(value, decimal=self._map.decimal)
        return major_units(amount, unit=self._map.unit, currency=currency)

    def _show(self, product: Mapping[str, object], fields: Mapping[str, object]) -> None:
        if self._goods is not None:
            self._goods.see(
                str(product["product_id"]),
                title=text(fields.get("title")),
                price=product.get("price"),
                currency=text(fields.get("currency")).upper(),
            )

    def _close(self) -> Wire:
        _, order = self._open.popitem(last=False)
        return self._call(order)

    def _call(self, order: _Order) -> Wire:
        properties: dict[str, object] = {"products": order.products}
        if order.name:
            properties = {"order_id": order.name, **properties}
        if order.currency:
            properties["currency"] = order.currency
        call: Wire = {
            "type": "track",
            "event": "Order Completed",
            order.who[0]: order.who[1],
            "timestamp": order.at.isoformat(),
            "properties": properties,
        }
        if order.region:
            call["context"] = {"region": order.region}
        return named(call, self._message(order.name) if order.name else "")

    def _message(self, name: str) -> str:
        """Name a call by its order, so that importing a file again adds nothing twice."""
        key = hash(name)  # 64 bits an order instead of its id: a file may hold millions
        part = self._parts[key] = self._parts.get(key, 0) + 1
        return f"order:{name}" if part == 1 else f"order:{name}#{part}"


def _who(fields: Mapping[str, object]) -> tuple[str, str]:
    for name in ("userId", "anonymousId"):
        if found := said(name, subject_name, fields.get(name)):
            return name, found
    raise Unfit("userId is missing")

"""
Turn a row of a catalogue into an item: JSON lines, CSV, or an entry of a product feed.

A line says everything about its item: what it does not state is not known, also where an earlier
line stated it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from tactful.capabilities.collect.tables.currencies import known_currency, split_price
from tactful.capabilities.collect.tables.fields import minor_units, name_of, number, text
from tactful.capabilities.collect.tables.mapping import FileMap
from tactful.capabilities.collect.tables.rows import Unfit
from tactful.capabilities.collect.tables.wire import said
from tactful.terms import Item
from tactful.terms.item import REMOVED

AVAILABILITY = frozenset(
    {"in_stock", "out_of_stock", "preorder", "backorder", "discontinued", REMOVED}
)
LONGEST_ITEM = 200
LONGEST_TITLE = 1_000
PRICES = ("price", "sale_price")


def item_of(fields: dict[str, object], rest: dict[str, object], file_map: FileMap) -> Item:
    """
    Return the item that a row makes.

    Args:
        fields: What the columns with a meaning hold.
        rest: What the others hold: it becomes attributes.
        file_map: How numbers are written, and in which unit.

    Raises:
        Unfit: it cannot be one; the message names the field.
    """
    item, title = said("id", name_of, fields.get("id")), text(fields.get("title"))
    if not item or not title:
        raise Unfit("id is missing" if not item else "title is missing")
    if len(item) > LONGEST_ITEM or len(title) > LONGEST_TITLE:
        name, most = ("id", LONGEST_ITEM) if len(item) > LONGEST_ITEM else ("title", LONGEST_TITLE)
        raise Unfit(f"{name} is longer than {most} characters")
    price, currency, told = _prices(fields, file_map)
    return Item(
        id=item,
        title=title,
        category=_category(fields.get("category")),
        price=price,
        currency=currency,
        brand=text(fields.get("brand")),
        url=_address("url", fields.get("url")),
        image=_address("image", fields.get("image")),
        availability=_availability(fields.get("availability")),
        attributes={**rest, **told, **_attributes(fields.get("attributes"))},
    )


def _prices(
    fields: Mapping[str, object], file_map: FileMap
) -> tuple[int | None, str, dict[str, object]]:
    """
    Return the price to pay, its currency, and what else is told of prices.

    A reduced price is the one to pay, unless it holds for some days only: which those are is told
    among the attributes, for today is not known here.
    """
    currency = said("currency", known_currency, fields.get("currency"))
    amounts: dict[str, int] = {}
    for name in PRICES:
        if text(fields.get(name)):
            amounts[name], currency = _price(name, fields[name], currency, file_map)
    price, reduced = amounts.get("price"), amounts.get("sale_price")
    days = text(fields.get("sale_price_effective_date"))
    if reduced is None:
        return price, currency, {}
    if days:
        return price, currency, {"sale_price": reduced, "sale_price_effective_date": days}
    return reduced, currency, {} if price is None else {"regular_price": price}


def _price(name: str, value: object, currency: str, file_map: FileMap) -> tuple[int, str]:
    """Read one price; one that names its currency itself is written in major units."""
    amount, own = split_price(value) if isinstance(value, str) else (value, "")
    own = said("currency", known_currency, own)
    if own and currency and own != currency:
        raise Unfit(f"{name} is in another currency than the item")
    unit = "major" if own else file_map.unit
    decimal = _decimal(str(amount), file_map) if own else file_map.decimal
    currency = own or currency
    found = said(name, lambda v: number(v, decimal=decimal), amount)
    return said(name, lambda _: _minor(found, unit, currency), value), currency


def _minor(amount: Decimal, unit: str, currency: str) -> int:
    return minor_units(amount, unit=unit, currency=currency)


def _decimal(amount: str, file_map: FileMap) -> str:
    """Feeds of some countries write `15,00 EUR`: a comma before the last two digits is decimal."""
    return "," if re.fullmatch(r"[\d.\s]+,\d\d", amount) else file_map.decimal


def _category(value: object) -> str:
    """Return the first of several."""
    return text(value[0]) if isinstance(value, list) and value else text(value)


def _attributes(value: object) -> dict[str, object]:
    if value is None or value == "":
        return {}
    try:
        found = msgspec.json.decode(value) if isinstance(value, str) else value
    except msgspec.DecodeError:
        raise Unfit("attributes is not JSON") from None
    if not isinstance(found, dict):
        raise Unfit("attributes is not an object")
    return {str(key): inner for key, inner in found.items()}


def _address(name: str, value: object) -> str:
    """Let through what a page may link to: an address with a script in it may not be shown."""
    found = text(value[0] if isinstance(value, list) and value else value)
    if found and not found.startswith(("https://", "http://", "/")):
        raise Unfit(f"{name} must begin with https://, http:// or /")
    return found


def _availability(value: object) -> str:
    found = text(value).lower().replace(" ", "_") or "in_stock"
    if found not in AVAILABILITY:
        raise Unfit(f"availability must be one of {', '.join(sorted(AVAILABILITY))}")
    return found

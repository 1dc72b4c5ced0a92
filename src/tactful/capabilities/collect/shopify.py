"""
Read Shopify's webhooks, and say in Segment's words what they tell.

An order becomes `Order Completed`, a later state of it `Order Updated` or `Order Cancelled`, a
refund `Order Refunded`, a customer an `identify`.  Ids of messages are made of what is signed,
never of a header: whoever sends a webhook again, under whatever name, tells nothing new.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias, TypeVar

import msgspec

from tactful.capabilities.collect.calls import Incoming, calls_from
from tactful.capabilities.collect.currencies import amount_of, currency_of
from tactful.capabilities.collect.shopify_payloads import (
    Customer,
    Order,
    OrderLine,
    Place,
    Privacy,
    Refund,
)
from tactful.terms import Mistake

UserIdField: TypeAlias = Literal["id", "email", "phone"]
ItemField: TypeAlias = Literal["product_id", "variant_id", "sku"]

WINDOW: Final = timedelta(hours=24)
"""Shopify gives up after 4 hours; an older webhook was kept by somebody, and is sent again."""

T = TypeVar("T")
Line = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """Which of Shopify's fields is the shop's `userId`, and which the id of an item."""

    user_id: UserIdField = "id"
    item: ItemField = "product_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a webhook tells: calls, the moment it speaks of, and why nothing is told of a part."""

    incoming: Incoming
    at: datetime | None
    left_out: str = ""


_order = msgspec.json.Decoder(Order)
_refund = msgspec.json.Decoder(Refund)
_customer = msgspec.json.Decoder(Customer)
_privacy = msgspec.json.Decoder(Privacy)


def read_shopify(topic: str, body: bytes, naming: Naming) -> Told | None:
    """
    Return what the webhook of *topic* tells, or None where the topic is not read.

    Raises:
        Mistake: the body has not the shape of its topic; an amount or a currency that is none.
    """
    read = _TOPICS.get(topic)
    return read(body, naming) if read else None


def read_privacy(body: bytes) -> Privacy:
    """
    Return whom a privacy topic speaks of.

    Raises:
        Mistake: the body has another shape.
    """
    return _decoded(_privacy, body)


def user_id_of(customer: Customer | None, naming: Naming) -> str:
    """Return the shop's `userId` of *customer*; empty where there is nobody, or no such field."""
    value = getattr(customer, naming.user_id) if customer else None
    return str(value) if value else ""


def _created(body: bytes, naming: Naming) -> Told:
    order = _decoded(_order, body)
    if reason := _beside_the_point(order, naming):
        return Told(incoming=Incoming(calls=()), at=order.updated_at, left_out=reason)
    call = {
        "event": "Order Completed",
        "timestamp": order.created_at,
        "messageId": f"shopify:order:{order.id}",
        **_of_order(order, naming),
    }
    return Told(incoming=_incoming(call), at=order.updated_at)


def _updated(body: bytes, naming: Naming) -> Told:
    order = _decoded(_order, body)
    if reason := _beside_the_point(order, naming):
        return Told(incoming=Incoming(calls=()), at=order.updated_at, left_out=reason)
    around = _of_order(order, naming)
    digest = hashlib.blake2b(body, digest_size=16).hexdigest()
    calls = [
        {
            "event": "Order Updated",
            "timestamp": order.updated_at,
            "messageId": f"shopify:order:{order.id}:{digest}",
            **around,
        },
        *_cancelled(order, around),
        *(_refunded(refund, order.currency, order.customer, naming) for refund in order.refunds),
    ]
    return Told(incoming=_incoming(*calls), at=order.updated_at)


def _cancelled(order: Order, around: Line) -> Iterator[Line]:
    if order.cancelled_at is not None:
        yield {
            "event": "Order Cancelled",
            "timestamp": order.cancelled_at,
            "messageId": f"shopify:order:{order.id}:cancelled",
            **around,
        }


def _refund_created(body: bytes, naming: Naming) -> Told:
    """
    Read a refund, whose webhook names no customer.

    The same refund stands in the order's next `orders/updated`, with the customer: it is taken
    from there, under the same id.
    """
    refund = _decoded(_refund, body)
    if not user_id_of(refund.customer, naming):
        nobody = "refund without a customer: orders/updated tells of it"
        return Told(incoming=Incoming(calls=()), at=refund.created_at, left_out=nobody)
    call = _refunded(refund, refund.currency, refund.customer, naming)
    return Told(incoming=_incoming(call), at=refund.created_at)


def _customer_updated(body: bytes, naming: Naming) -> Told:
    customer = _decoded(_customer, body)
    user_id = user_id_of(customer, naming)
    if not user_id:
        nobody = f"customer without {naming.user_id}"
        return Told(incoming=Incoming(calls=()), at=customer.updated_at, left_out=nobody)
    place = customer.default_address or Place()
    name = " ".join(part for part in (customer.first_name, customer.last_name) if part)
    said = {"name": name, "email": customer.email, "phone": customer.phone}
    traits = {key: value for key, value in said.items() if value}
    if place.country_code:
        traits["country"] = place.country_code
    call = {
        "type": "identify",
        "userId": user_id,
        "traits": {**traits, **_address(customer)},
        "timestamp": customer.updated_at,
        "messageId": f"shopify:customer:{user_id}:{customer.updated_at}",
    }
    return Told(incoming=_incoming(call), at=customer.updated_at)


_TOPICS: Final = {
    "orders/create": _created,
    "orders/updated": _updated,
    "refunds/create": _refund_created,
    "customers/update": _customer_updated,
}


def _beside_the_point(order: Order, naming: Naming) -> str:
    """Say why nothing is told of *order*: nobody bought, or nobody knows who."""
    if order.test:
        return "test order"
    return "" if user_id_of(order.customer, naming) else "order without a customer"


def _of_order(order: Order, naming: Naming) -> Line:
    currency = currency_of(order.currency)
    money = {
        "total": order.total_price,
        "revenue": order.subtotal_price,
        "discount": order.total_discounts,
    }
    properties: Line = {
        "order_id": str(order.id),
        "currency": currency,
        **{name: _plain(amount_of(said, currency)) for name, said in money.items() if said},
        "products": [_product(line, currency, naming) for line in order.line_items],
    }
    if order.discount_codes:
        properties["coupon"] = order.discount_codes[0].code
    place = order.billing_address or Place()
    return {
        "type": "track",
        "userId": user_id_of(order.customer, naming),
        "properties": properties,
        "traits": _address(order.customer),
        "context": {"location": {"country": place.country_code, "region": place.province_code}},
    }


def _refunded(
    refund: Refund, currency: str | None, customer: Customer | None, naming: Naming
) -> Line:
    paid = [one for one in refund.transactions if one.kind == "refund" and one.status == "success"]
    code = currency_of((paid[0].currency if paid else None) or currency or "")
    amounts = (amount_of(one.amount, code) for one in paid)
    lines = ((one.line_item, one.quantity) for one in refund.refund_line_items)
    return {
        "type": "track",
        "event": "Order Refunded",
        "timestamp": refund.created_at,
        "messageId": f"shopify:refund:{refund.id}",
        "userId": user_id_of(customer, naming),
        "traits": _address(customer),
        "properties": {
            "order_id": str(refund.order_id),
            "currency": code,
            "total": _plain(sum(amounts, Decimal(0))),
            "products": [
                _product(line, code, naming) | {"quantity": quantity}
                for line, quantity in lines
                if line is not None
            ],
        },
    }


def _product(line: OrderLine, currency: str, naming: Naming) -> Line:
    item = getattr(line, naming.item)
    return {
        "product_id": str(item) if item else None,
        "sku": line.sku,
        "quantity": line.quantity,
        "price": _plain(amount_of(line.price, currency)) if line.price else None,
    }


def _address(customer: Customer | None) -> Mapping[str, Any]:
    """Return the address of the account, as an `identify` states it."""
    place = customer.default_address if customer else None
    if place is None or not place.country_code:
        return {}
    return {"address": {"country": place.country_code, "state": place.province_code}}


def _plain(amount: Decimal) -> int | float:
    """Return *amount* as JSON writes it."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _incoming(*calls: Line) -> Incoming:
    return calls_from(calls)


def _decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        said = "the body is not UTF-8" if isinstance(wrong, UnicodeDecodeError) else str(wrong)
        raise Mistake(f"malformed: {said}") from None

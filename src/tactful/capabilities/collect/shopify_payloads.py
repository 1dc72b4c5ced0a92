"""
What Shopify's webhooks carry, as far as it is read; everything else in them is passed over.

Source: the payloads of Shopify's Admin API, 2025-01 to 2025-10.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec

LARGEST_ID: Final = 2**64
"""Shopify's numbers are of 64 bits; what is larger is none of them."""


class Place(msgspec.Struct, kw_only=True, frozen=True):
    """An address, as far as it says which law holds."""

    country_code: str | None = None
    province_code: str | None = None


class Customer(msgspec.Struct, kw_only=True, frozen=True):
    """A customer, in a webhook of their own or in an order."""

    id: int | None = None
    email: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    default_address: Place | None = None
    updated_at: datetime | None = None


class OrderLine(msgspec.Struct, kw_only=True, frozen=True):
    """One line of an order."""

    product_id: int | None = None
    variant_id: int | None = None
    sku: str | None = None
    quantity: int = 1
    price: str | None = None


class Coupon(msgspec.Struct, kw_only=True, frozen=True):
    """A code that was entered."""

    code: str = ""


class Transaction(msgspec.Struct, kw_only=True, frozen=True):
    """A movement of money."""

    amount: str = "0"
    currency: str | None = None
    kind: str = ""
    status: str = ""


class RefundLine(msgspec.Struct, kw_only=True, frozen=True):
    """What came back of one line."""

    quantity: int = 1
    line_item: OrderLine | None = None


class Refund(msgspec.Struct, kw_only=True, frozen=True):
    """A refund, in a webhook of its own or in an order; its own names no customer."""

    id: int
    order_id: int
    created_at: datetime
    refund_line_items: list[RefundLine] = []
    transactions: list[Transaction] = []
    currency: str | None = None
    customer: Customer | None = None


class Order(msgspec.Struct, kw_only=True, frozen=True):
    """An order."""

    id: int
    created_at: datetime
    updated_at: datetime
    currency: str
    total_price: str
    subtotal_price: str | None = None
    total_discounts: str | None = None
    discount_codes: list[Coupon] = []
    line_items: list[OrderLine] = []
    refunds: list[Refund] = []
    cancelled_at: datetime | None = None
    customer: Customer | None = None
    billing_address: Place | None = None
    test: bool = False


class Privacy(msgspec.Struct, kw_only=True, frozen=True):
    """`customers/data_request`, `customers/redact` or `shop/redact`."""

    shop_domain: str
    customer: Customer | None = None
    data_request: dict[str, Any] = {}

    @property
    def request_id(self) -> str:
        """Return Shopify's own number of a request for data, if it has one."""
        number = self.data_request.get("id")
        return str(number) if isinstance(number, int) and 0 < number < LARGEST_ID else ""

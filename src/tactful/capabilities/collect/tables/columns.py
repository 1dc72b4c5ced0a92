"""
Find the columns of a file by name, and say what is wrong where they are not there.

Holds the names themselves; what stands in the columns is read elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

KINDS = ("orders", "events", "subjects", "catalogue")
NEITHER = "userId (or anonymousId)"
LONGEST_NAME = 60
MOST_NAMES = 20

_SUBJECT = {
    "userId": ("customer_id", "customer", "client_id", "member_id", "user"),
    "anonymousId": ("visitor_id",),
}
_WHEN = {"timestamp": ("date", "time", "datetime", "created_at", "occurred_at", "at")}
_WHERE = {"region": ("country", "country_code")}
_ITEM = {
    "product_id": ("item_id", "item", "product", "sku", "stock_code"),
    "quantity": ("qty",),
    "price": ("unit_price",),
    "currency": ("currency_code",),
}
NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "orders": {
        **_SUBJECT,
        **_WHEN,
        "timestamp": ("order_date", *_WHEN["timestamp"]),
        **_WHERE,
        **_ITEM,
        "order_id": ("order", "order_number", "invoice", "invoice_no", "transaction_id"),
        "title": ("description", "product_name"),
    },
    "events": {
        **_SUBJECT,
        **_WHEN,
        **_WHERE,
        "event": ("event_name",),
        "type": (),
        "messageId": ("event_id",),
        "sessionId": ("session",),
        "product_id": ("item_id", "item", "stock_code"),
    },
    "subjects": {
        "userId": (*_SUBJECT["userId"], "id"),
        "email": ("email_address", "e_mail"),
        **_WHERE,
        "notice": (),
        "at": ("timestamp", "date", "consented_at"),
    },
    "catalogue": {
        "id": ("product_id", *_ITEM["product_id"]),
        "title": ("name", "product_name", "description"),
        "category": ("product_type", "product_category", "google_product_category"),
        "price": ("unit_price",),
        "sale_price": (),
        "sale_price_effective_date": (),
        "currency": ("currency_code",),
        "brand": (),
        "url": ("link",),
        "image": ("image_url", "image_link"),
        "availability": (),
        "attributes": (),
    },
}
"""Per kind of file its fields, and the other names under which each is found without a map."""

OPEN_KINDS = frozenset({"events", "subjects"})
"""What else stands in files of these kinds becomes a property or a trait under its own name."""

NEEDED: Mapping[str, tuple[str, ...]] = {
    "orders": (NEITHER, "timestamp", "product_id"),
    "events": (NEITHER, "timestamp", "event (or type)"),
    "subjects": ("userId",),
    "catalogue": ("id", "title"),
}


@lru_cache(maxsize=4096)
def loosely(name: str) -> str:
    """Return *name* without what exports write in different ways: `User ID` is `userId`."""
    return re.sub(r"[^a-z0-9]", "", name.lower()) or name


def listed(names: Iterable[str]) -> str:
    """Name columns in one line: as many as somebody will read."""
    shown = [name[:LONGEST_NAME] for name in names if name]
    more = f", and {len(shown) - MOST_NAMES} more" if len(shown) > MOST_NAMES else ""
    return ", ".join(shown[:MOST_NAMES]) + more

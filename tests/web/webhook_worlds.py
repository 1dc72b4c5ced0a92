"""Webhooks as their senders make them: Shopify's payloads, and the standard's own library."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from web_worlds import World, served

DOMAIN = "a-shop.myshopify.com"
SHOPIFY_SECRET = "hush-4711"
CUSTOMER = 207119551


@contextmanager
def connected(folder: Path, **webhooks: str) -> Iterator[World]:
    """Make a shop that is connected to a Shopify shop, and serve it."""
    with served(folder, **{"shopify_domain": DOMAIN, **webhooks}) as world:
        write_secret(world, "shopify", SHOPIFY_SECRET)
        yield world


def write_secret(world: World, source: str, *secrets: str) -> Path:
    """Put the *secrets* of *source* where they belong."""
    path = world.opened.webhook_secrets.path(source)
    path.touch(mode=0o600)
    path.write_text("\n".join(secrets) + "\n", "utf-8")
    return path


def shopify(
    world: World,
    topic: str,
    body: Mapping[str, Any] | bytes,
    *,
    secret: str = SHOPIFY_SECRET,
    domain: str = DOMAIN,
    **headers: str,
) -> httpx.Response:
    """Send a webhook as Shopify does."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = hmac.new(secret.encode(), content, hashlib.sha256).digest()
    said = {
        "content-type": "application/json",
        "x-shopify-topic": topic,
        "x-shopify-shop-domain": domain,
        "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        "x-shopify-hmac-sha256": base64.b64encode(signature).decode(),
        **headers,
    }
    return world.send("POST", "/v1/webhooks/shopify", content=content, headers=said, key=None)


def moments_ago(**ago: float) -> str:
    """Return a moment *ago*, as Shopify writes it: with the offset of the shop's own clock."""
    return (datetime.now(UTC) - timedelta(**ago)).isoformat(timespec="seconds")


def customer(**more: Any) -> dict[str, Any]:
    """Return a customer in California."""
    address = {"address1": "12 Hidden Street", "country_code": "US", "province_code": "CA"}
    return {
        "id": CUSTOMER,
        "email": "bob@example.org",
        "first_name": "Bob",
        "last_name": "Norman",
        "phone": None,
        "note": "likes mugs",
        "default_address": address,
        "updated_at": moments_ago(minutes=1),
        **more,
    }


def order(**more: Any) -> dict[str, Any]:
    """Return an order of that customer: two mugs and a lamp, with a coupon."""
    line = {"id": 1, "title": "Mug", "product_id": 632, "variant_id": 808, "sku": "MUG-B"}
    lamp = {"id": 2, "title": "Lamp", "product_id": 921, "variant_id": 447, "sku": ""}
    return {
        "id": 820982911946154508,
        "admin_graphql_api_id": "gid://shopify/Order/820982911946154508",
        "created_at": moments_ago(minutes=30),
        "updated_at": moments_ago(minutes=1),
        "cancelled_at": None,
        "currency": "EUR",
        "total_price": "77.90",
        "subtotal_price": "72.90",
        "total_discounts": "5.00",
        "discount_codes": [{"code": "SPRING", "amount": "5.00", "type": "fixed_amount"}],
        "test": False,
        "email": "bob@example.org",
        "billing_address": {"country_code": "US", "province_code": "CA"},
        "customer": customer(),
        "line_items": [
            {**line, "quantity": 2, "price": "12.50"},
            {**lamp, "quantity": 1, "price": "52.90"},
        ],
        "refunds": [],
        **more,
    }


def refund(**more: Any) -> dict[str, Any]:
    """Return a refund of one mug: it names no customer."""
    mug = {"product_id": 632, "sku": "MUG-B", "quantity": 2, "price": "12.50"}
    paid = {"amount": "12.50", "currency": "EUR", "kind": "refund", "status": "success"}
    return {
        "id": 890088186047892319,
        "order_id": 820982911946154508,
        "created_at": moments_ago(minutes=2),
        "refund_line_items": [{"quantity": 1, "subtotal": "12.50", "line_item": mug}],
        "transactions": [paid, {**paid, "status": "failure"}],
        **more,
    }

"""Every client's shape with anything in the place of anything: answered, and never by a 5xx."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook
from web_worlds import World, is_problem
from webhook_worlds import DOMAIN, connected, customer, order, refund, shopify, write_secret

SECRET = "whsec_b2xkIHNlY3JldCBvZiB0aGUgd2FyZWhvdXNl"
MIB = 1024 * 1024

Send = Callable[[World, bytes], httpx.Response]

DATES = (
    "9999-12-31T23:59:59.999999-14:00",
    "0001-01-01T00:00:00+14:00",
    "2999-01-01T00:00:00Z",
    "1969-12-31",
    "2026-02-30T00:00:00Z",
    "2026-03-01T12:00:00",
)
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**63, -(2**64), 10**400, 1e308, -0.0, "", "\0", "u" * 600),
    *("\U0001f600", "NaN", "1e999", "-1", "0.001", "١٢", "$", "..", [], {}, [[]], {"": ""}),
    *DATES,
)
junk = st.one_of(
    st.sampled_from(ODD),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(DATES),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
        max_leaves=8,
    ),
)

SEGMENT = {
    "type": "track",
    "event": "Order Completed",
    "userId": "u-1",
    "anonymousId": "a-1",
    "messageId": "m-1",
    "timestamp": "2026-03-01T12:00:00Z",
    "originalTimestamp": "2026-03-01T12:00:00Z",
    "sentAt": "2026-03-01T12:00:00Z",
    "properties": {"total": 12.5, "products": [{"product_id": "mug", "quantity": 1, "price": 3}]},
    "traits": {"language": "fr", "address": {"country": "US", "state": "CA"}},
    "context": {
        "ip": "192.0.2.1",
        "region": "US-CA",
        "sessionId": "s-1",
        "traits": {"name": "Ada"},
        "location": {"country": "US", "region": "CA"},
        "consent": {"categoryPreferences": {"Analytics": True}, "tcf": "CQ", "gpp": "DB"},
        "consentManagement": {"allowedConsentIds": ["Ads"], "deniedConsentIds": ["Analytics"]},
    },
}
RUDDER = {**SEGMENT, "context": {k: v for k, v in SEGMENT["context"].items() if k != "consent"}}  # type: ignore[attr-defined]
POSTHOG = {
    "event": "$identify",
    "distinct_id": "u-1",
    "uuid": "018f-1",
    "timestamp": "2026-03-01T12:00:00Z",
    "$set": {"name": "Ada"},
    "properties": {
        "product_id": "mug",
        "alias": "u-0",
        "$set": {"language": "fr"},
        "$set_once": {"country": "US"},
        "$device_id": "d-1",
        "$anon_distinct_id": "a-1",
        "$session_id": "s-1",
        "$ip": "192.0.2.1",
        "$geoip_country_code": "US",
        "$process_person_profile": False,
    },
}
PRIVACY = {"shop_domain": DOMAIN, "customer": {"id": 1}, "data_request": {"id": 2}}


def to(path: str, key: str = "public") -> Send:
    """Return what posts a body to *path*."""
    return lambda world, body: world.send("POST", path, content=body, key=key)


def by_shopify(topic: str) -> Send:
    """Return what sends a body as Shopify would, rightly signed."""
    return lambda world, body: shopify(world, topic, body)


def by_webhook(world: World, body: bytes) -> httpx.Response:
    """Send *body* as a Standard Webhook, rightly signed if it is text."""
    at = datetime.now(UTC)
    signature = Webhook(SECRET).sign("msg_1", at, body.decode("utf-8", "replace"))
    named = {"webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp()))}
    headers = {**named, "webhook-signature": signature}
    return world.send("POST", "/v1/webhooks/erp", content=body, headers=headers, key=None)


SHAPES: dict[str, tuple[Send, Any]] = {
    "Segment's batch": (to("/v1/batch"), {"batch": [SEGMENT], "sentAt": DATES[4]}),
    "Segment's browser": (to("/v1/t"), SEGMENT),
    "an import": (to("/v1/import", "secret"), {"batch": [SEGMENT]}),
    "RudderStack": (to("/v1/batch"), {"batch": [{**RUDDER, "type": "identify", "traits": None}]}),
    "Jitsu": (to("/api/s/s2s/identify"), SEGMENT),
    "PostHog": (to("/batch/"), {"batch": [POSTHOG], "sent_at": DATES[4]}),
    "PostHog's flags": (to("/flags/"), {"distinct_id": "u-1"}),
    "a webhook": (by_webhook, {"batch": [SEGMENT]}),
    "orders/create": (by_shopify("orders/create"), order()),
    "orders/updated": (by_shopify("orders/updated"), order(refunds=[refund()])),
    "refunds/create": (by_shopify("refunds/create"), refund(customer=customer())),
    "customers/update": (by_shopify("customers/update"), customer()),
    "customers/data_request": (by_shopify("customers/data_request"), PRIVACY),
    "customers/redact": (by_shopify("customers/redact"), PRIVACY),
    "shop/redact": (by_shopify("shop/redact"), PRIVACY),
}
every_shape = pytest.mark.parametrize(("send", "whole"), SHAPES.values(), ids=SHAPES)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a shop that everybody may send to."""
    with connected(tmp_path_factory.mktemp("shapes") / "shop") as world:
        write_secret(world, "erp", SECRET)
        yield world


@every_shape
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_anything_may_stand_anywhere(
    shop: World, send: Send, whole: Any, data: st.DataObject
) -> None:
    """A part of a good body is replaced: what comes back is a success or a problem, never a 5xx."""
    body = deepcopy(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        spoil(body, data)

    assert is_answered(send(shop, json.dumps(body).encode()))


@every_shape
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe{",
        b'{"batch": [{"event": "\xff"}]}',
        b'{"batch":[{"properties":' + b'{"a":' * 100_000,
        b"[" * 100_000,
        b'{"batch":[{"userId":' + b"1" * 5_000 + b',"id":' + b"1" * 5_000 + b"}]}",
        gzip.compress(b'{"batch": [')[:-9],
        b"\x1f\x8b" + bytes(64),
        gzip.compress(b" " * (64 * MIB)),
    ],
    ids=[
        "empty",
        "no text",
        "half text",
        "nested",
        "lists",
        "a number",
        "half gzip",
        "no gzip",
        "a bomb",
    ],
)
def test_what_cannot_be_read_is_answered(shop: World, send: Send, whole: Any, body: bytes) -> None:
    """Whoever sends it, and rightly signed at that."""
    assert is_answered(send(shop, body))
    assert is_answered(send(shop, gzip.compress(json.dumps(whole).encode())))


def spoil(body: Any, data: st.DataObject) -> None:
    """Put something else into one place of *body*, or take what is there away."""
    places = list(_places(body))
    if not places:
        return
    holder, name = data.draw(st.sampled_from(places))
    if data.draw(st.booleans()) or isinstance(holder, list):
        holder[name] = deepcopy(data.draw(junk))
    else:
        del holder[name]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value)
    for name, part in list(inside):
        yield value, name
        if isinstance(part, dict | list):
            yield from _places(part)


def is_answered(answer: httpx.Response) -> bool:
    """Tell whether *answer* is a success or a problem of the sender's."""
    return answer.status_code == 200 or (
        400 <= answer.status_code < 500 and is_problem(answer, answer.status_code)
    )

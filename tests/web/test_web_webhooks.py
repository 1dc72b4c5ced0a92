"""Standard Webhooks: signed with the standard's own library, taken as the shop's own word."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks import Webhook
from web_worlds import CALIFORNIA, World, is_problem, served, viewed
from webhook_worlds import write_secret

OLD = "whsec_" + "b2xkIHNlY3JldCBvZiB0aGUgd2FyZWhvdXNl"
NEW = "whsec_" + "bmV3IHNlY3JldCBvZiB0aGUgd2FyZWhvdXNl"


@pytest.fixture
def erp(tmp_path: Path) -> Iterator[World]:
    """Return a shop whose warehouse, `erp`, may send webhooks."""
    with served(tmp_path / "shop") as found:
        write_secret(found, "erp", OLD)
        yield found


def send(
    world: World,
    body: object,
    *,
    secret: str = OLD,
    name: str = "msg_1",
    late: timedelta = timedelta(0),
    source: str = "erp",
    **changed: Any,
) -> httpx.Response:
    """Send *body* as the standard's library signs it; then change what is *changed*."""
    text = body if isinstance(body, str) else json.dumps(body)
    at = datetime.now(UTC) - late
    headers = {
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(name, at, text),
        **changed,
    }
    path = f"/v1/webhooks/{source}"
    return world.send("POST", path, content=text.encode(), headers=headers, key=None)


def ordered(**more: Any) -> dict[str, Any]:
    """Return the call of an order."""
    line = {"product_id": "mug", "quantity": 1, "price": 12.5}
    properties = {"order_id": "o-1", "total": 12.5, "currency": "EUR", "products": [line]}
    call = {"type": "track", "event": "Order Completed", "userId": "u-1", "context": CALIFORNIA}
    return {**call, "properties": properties, **more}


def names(world: World) -> list[str]:
    """Return what is kept of the subject."""
    return sorted(str(event["event"]) for event in world.known_about("u-1")["events"])


def test_a_signed_call_is_taken(erp: World) -> None:
    """One call, or a batch of them; where they come from is kept for the subject to see."""
    assert send(erp, ordered()).json() == {"success": True}
    assert send(erp, {"batch": [viewed(), viewed("lamp")]}, name="msg_2").status_code == 200

    assert names(erp) == ["Order Completed", "Product Viewed", "Product Viewed"]
    assert {e["source"] for e in erp.known_about("u-1")["events"]} == {"webhook:erp"}


def test_a_webhook_sent_again_is_stored_once(erp: World) -> None:
    """Calls without a `messageId` are named by the webhook's id, which is signed."""
    body = {"batch": [viewed(), viewed()]}
    for _ in range(3):
        assert send(erp, body).status_code == 200
    assert names(erp) == ["Product Viewed"] * 2

    own = viewed(messageId="m-1")
    send(erp, own, name="msg_2")
    send(erp, own, name="msg_3")
    assert names(erp) == ["Product Viewed"] * 3


@pytest.mark.parametrize(
    "changed",
    [
        {"secret": NEW},
        {"webhook-id": "msg_9"},
        {"webhook-id": ""},
        {"webhook-timestamp": "1700000000"},
        {"webhook-timestamp": "soon"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v2,bm90IHNpZ25lZA== v1a,bm90IHNpZ25lZA=="},
    ],
    ids=[
        "another secret",
        "another id",
        "no id",
        "another time",
        "no time",
        "no signature",
        "an empty one",
        "other versions",
    ],
)
def test_what_is_not_signed_is_turned_away(erp: World, changed: dict[str, Any]) -> None:
    """Whatever of it differs from what was signed: 401, and nothing is kept."""
    assert is_problem(send(erp, ordered(), **changed), 401)
    assert erp.kept() == 0


@pytest.mark.parametrize("minutes", [6, -6], ids=["too old", "from the future"])
def test_a_time_beyond_the_tolerance_is_turned_away(erp: World, minutes: int) -> None:
    """Five minutes either way, as the standard says."""
    assert is_problem(send(erp, ordered(), late=timedelta(minutes=minutes)), 401)
    assert send(erp, ordered(), late=timedelta(minutes=minutes * 4 / 6)).status_code == 200


def test_a_secret_is_changed_without_losing_a_webhook(erp: World) -> None:
    """While both secrets stand there both count; a sender may sign with both at once."""
    write_secret(erp, "erp", OLD, NEW)
    assert send(erp, ordered(), secret=NEW).status_code == 200
    assert send(erp, viewed(), name="msg_2").status_code == 200
    at, text = datetime.now(UTC), json.dumps(viewed("lamp"))
    both = " ".join(Webhook(secret).sign("msg_3", at, text) for secret in (OLD, NEW))
    write_secret(erp, "erp", NEW)
    signed: dict[str, Any] = {"webhook-signature": both}
    assert send(erp, text, name="msg_3", **signed).status_code == 200

    assert is_problem(send(erp, ordered(), name="msg_4"), 401)


@pytest.mark.parametrize("source", ["crm", "ERP", "..%2Ferp", "erp.secret", "x" * 41])
def test_a_source_without_a_secret_does_not_exist(erp: World, source: str) -> None:
    """404; a name is never taken for a path."""
    assert is_problem(send(erp, ordered(), source=source), 404)


def test_a_secret_that_is_none_signs_nothing(erp: World) -> None:
    """A line that is no base64 is no empty key that anybody could sign with."""
    write_secret(erp, "erp", "whsec_", "whsec_!", "?")
    at, text = int(datetime.now(UTC).timestamp()), json.dumps(ordered())
    by_nothing = hmac.digest(b"", f"msg_1.{at}.{text}".encode(), "sha256")
    signature = f"v1,{base64.b64encode(by_nothing).decode()}"
    told: dict[str, Any] = {"webhook-timestamp": str(at), "webhook-signature": signature}

    assert is_problem(send(erp, text, **told), 401)


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{", '{"batch": 1}', '{"type": "track"}', '{"a":' * 100_000],
    ids=["empty", "a list", "no JSON", "no batch", "no call", "nested too deeply"],
)
def test_a_signed_body_that_cannot_be_read_is_a_problem(erp: World, body: str) -> None:
    """400 with the reason: its sender has to mend it."""
    assert is_problem(send(erp, body), 400)


def test_an_order_by_webhook_is_the_shops_own_word(erp: World) -> None:
    """It counts as a dealing, like a call with the secret key."""
    erp.grant("measurement", userId="u-1")
    offered = ordered(context={"region": "DE"})
    offered["properties"]["opt_out_offered"] = True
    send(erp, {"batch": [{"type": "identify", "userId": "u-1", "traits": {"country": "DE"}}]})

    send(erp, offered, name="msg_2")

    purposes = erp.send("GET", "/v1/consent?userId=u-1").json()["purposes"]
    news = {p["purpose"]: p["on"] for p in purposes if "email" in p["purpose"]}
    assert any(news.values()), news

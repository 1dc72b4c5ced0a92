"""Shopify's webhooks: who may speak, what an order, a refund and a customer become, and privacy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from web_worlds import World, is_problem, served
from webhook_worlds import (
    CUSTOMER,
    DOMAIN,
    connected,
    customer,
    moments_ago,
    order,
    refund,
    shopify,
    write_secret,
)

BOB = str(CUSTOMER)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[World]:
    """Return a new shop that is connected to a Shopify shop."""
    with connected(tmp_path / "shop") as found:
        yield found


def events_of(world: World, user_id: str = BOB) -> list[dict[str, Any]]:
    """Return the kept events of the customer, by name."""
    found: list[dict[str, Any]] = world.known_about(user_id)["events"]
    return sorted(found, key=lambda event: str(event["event"]))


def noted(world: World, label: str) -> int:
    """Return how many webhooks came to *label*."""
    return world.opened.shop.totals().get(("webhook", label), 0)


def test_an_order_becomes_order_completed(shop: World) -> None:
    """With its own time, its items, its money in numbers, and nothing of what is not planned."""
    told = order()

    assert shopify(shop, "orders/create", told).status_code == 200

    (event,) = events_of(shop)
    assert event["event"] == "Order Completed"
    assert event["items"] == ["632", "921"]
    assert datetime.fromisoformat(event["time"]) == datetime.fromisoformat(told["created_at"])
    assert event["properties"]["total"] == 77.9
    assert event["properties"]["revenue"] == 72.9
    assert event["properties"]["discount"] == 5
    assert event["properties"]["currency"] == "EUR"
    assert event["properties"]["coupon"] == "SPRING"
    assert event["properties"]["products"][0] == {
        "product_id": "632",
        "sku": "MUG-B",
        "quantity": 2,
        "price": 12.5,
    }
    known = json.dumps(shop.known_about(BOB))
    assert all(secret not in known for secret in ("Hidden Street", "likes mugs", "example.org"))


def test_an_order_is_kept_only_as_the_law_at_the_address_allows(shop: World) -> None:
    """In Germany nothing is kept without a yes, and Shopify is answered all the same."""
    berlin = {"country_code": "DE", "province_code": None}
    told = order(customer=customer(default_address=berlin), billing_address=berlin)

    assert shopify(shop, "orders/create", told).status_code == 200
    assert shop.kept() == 0

    shop.grant("individual_personalization", userId=BOB)
    assert shopify(shop, "orders/create", told).status_code == 200
    assert [event["event"] for event in events_of(shop)] == ["Order Completed"]


def test_an_order_is_stored_once_under_any_name(tmp_path: Path) -> None:
    """Sent again, under another id or after a restart, it is one order: what is signed counts."""
    told = order()
    with connected(tmp_path / "shop") as world:
        shopify(world, "orders/create", told)
        shopify(world, "orders/create", told)
        shopify(world, "orders/create", told, **{"x-shopify-webhook-id": "another"})
        assert len(events_of(world)) == 1
        keys = world.keys
    from tactful.assembly import open_shop

    opened = open_shop(tmp_path / "shop")
    again = World(opened=opened, keys=keys)
    shopify(again, "orders/create", told)
    assert len(events_of(again)) == 1
    again.app.serving.close()
    opened.close()


def test_an_updated_order_tells_of_its_refunds_and_its_end(shop: World) -> None:
    """`orders/updated` names the customer, which `refunds/create` does not; each refund is one."""
    back = refund()
    assert shopify(shop, "refunds/create", back).status_code == 200
    assert noted(shop, "refund without a customer: orders/updated tells of it") == 1
    told = order(refunds=[back], cancelled_at=moments_ago(minutes=2))

    shopify(shop, "orders/updated", told)
    moved = customer(default_address={"country_code": "US", "province_code": "NV"})
    shopify(shop, "orders/updated", {**told, "total_price": "70.00", "customer": moved})
    shopify(shop, "refunds/create", {**back, "customer": customer()})

    names = [event["event"] for event in events_of(shop)]
    assert names == ["Order Cancelled", "Order Refunded", "Order Updated", "Order Updated"]
    refunded = next(event for event in events_of(shop) if event["event"] == "Order Refunded")
    assert refunded["items"] == ["632"]
    assert refunded["properties"]["total"] == 12.5
    assert refunded["properties"]["products"][0]["quantity"] == 1


def test_a_customer_brings_declared_traits_and_an_address(shop: World) -> None:
    """An update is an identify: name and country are kept, the address says which law holds."""
    assert shopify(shop, "customers/update", customer()).status_code == 200

    known = shop.known_about(BOB)
    values = {name: trait["value"] for name, trait in known["traits"].items()}
    assert values == {"name": "Bob Norman", "country": "US"}


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (order(test=True), "test order"),
        (order(customer=None), "order without a customer"),
        (order(customer={"id": None}), "order without a customer"),
    ],
    ids=["a test", "nobody", "nobody known"],
)
def test_an_order_of_nobody_is_passed_over(shop: World, told: dict[str, Any], why: str) -> None:
    """It is answered 200, because sending it again would not help, and it is counted."""
    assert shopify(shop, "orders/create", told).status_code == 200

    assert shop.kept() == 0
    assert noted(shop, why) == 1


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"currency": "ZZZ"}, "the currency is not in ISO 4217: write a code such as EUR or USD"),
        ({"total_price": "cheap"}, "an amount must be a decimal of zero or more, such as 12.50"),
        ({"total_price": "-3"}, "an amount must be a decimal of zero or more, such as 12.50"),
        ({"currency": "JPY"}, "an amount in JPY has at most 0 decimals"),
    ],
    ids=["no currency", "no number", "below zero", "no such coin"],
)
def test_money_that_is_none_is_refused(shop: World, wrong: dict[str, str], says: str) -> None:
    """An amount or a currency that cannot be is answered 400 with the reason; nothing is kept."""
    answer = shopify(shop, "orders/create", order(**wrong))

    assert is_problem(answer, 400)
    assert answer.json()["detail"] == says
    assert shop.kept() == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"secret": "another"},
        {"secret": ""},
        {"x-shopify-hmac-sha256": ""},
        {"domain": "other.myshopify.com"},
    ],
    ids=["another secret", "no secret", "no signature", "another shop"],
)
def test_who_cannot_sign_is_turned_away(shop: World, changed: dict[str, str]) -> None:
    """A wrong signature, or the right one for another shop, is answered 401; nothing is kept."""
    assert is_problem(shopify(shop, "orders/create", order(), **changed), 401)
    assert shop.kept() == 0


def test_an_old_webhook_is_turned_away(shop: World) -> None:
    """By the date that is signed, whatever the headers say: a copy is no news."""
    old = order(updated_at=moments_ago(hours=25))

    assert is_problem(shopify(shop, "orders/create", old), 401)
    assert is_problem(shopify(shop, "orders/create", order(updated_at=moments_ago(hours=-25))), 401)
    assert noted(shop, "too old") == 2


def test_a_secret_can_be_changed_while_the_server_runs(shop: World) -> None:
    """Both count while both are there, and the old one no more once it is gone."""
    write_secret(shop, "shopify", "hush-4711", "next-4712")
    assert shopify(shop, "orders/create", order(), secret="next-4712").status_code == 200
    write_secret(shop, "shopify", "next-4712")

    assert is_problem(shopify(shop, "orders/create", order()), 401)


def test_a_missing_secret_is_our_fault_and_shopify_sends_again(tmp_path: Path) -> None:
    """503 while the shop is connected without a secret; 404 where it is not connected."""
    with served(tmp_path / "a", shopify_domain=DOMAIN) as world:
        assert is_problem(shopify(world, "orders/create", order()), 503)
        write_secret(world, "shopify", "hush-4711").chmod(0o644)
        assert is_problem(shopify(world, "orders/create", order()), 503)
    with served(tmp_path / "b") as world:
        assert is_problem(shopify(world, "orders/create", order()), 404)


def test_the_secret_may_stand_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`TACTFUL_SHOPIFY_SECRET` outranks the file."""
    monkeypatch.setenv("TACTFUL_SHOPIFY_SECRET", "from-outside")
    with connected(tmp_path / "shop") as world:
        assert is_problem(shopify(world, "orders/create", order()), 401)
        assert shopify(world, "orders/create", order(), secret="from-outside").status_code == 200


def test_a_topic_that_is_not_read_is_passed_over(shop: World) -> None:
    """A subscription too many does no harm."""
    assert shopify(shop, "products/update", {"id": 1}).status_code == 200
    assert noted(shop, "topic that is not read") == 1


def test_other_fields_can_name_customer_and_item(tmp_path: Path) -> None:
    """The settings choose which field is the shop's `userId`, and which names an item."""
    with connected(tmp_path / "s", shopify_user_id="email", shopify_item_id="variant_id") as world:
        shopify(world, "orders/create", order())
        (event,) = events_of(world, "bob@example.org")
        assert event["items"] == ["808", "447"]


def privacy(**more: Any) -> dict[str, Any]:
    """Return the body of a privacy topic."""
    person = {"id": CUSTOMER, "email": "bob@example.org", "phone": "555-625-1199"}
    return {"shop_id": 954889, "shop_domain": DOMAIN, "customer": person, **more}


def test_redact_erases_at_once(shop: World) -> None:
    """The customer is unknown when Shopify is answered, and so is their export; again is fine."""
    shopify(shop, "orders/create", order())
    shopify(shop, "customers/data_request", privacy(data_request={"id": 9999}))

    answer = shopify(shop, "customers/redact", privacy(orders_to_redact=[299938]))

    assert answer.json() == {"success": True, "outcome": "erased"}
    assert shop.send("GET", f"/v1/subjects/{BOB}", key="secret").status_code == 404
    shop.opened.shop.requests.tidy()
    assert shop.opened.shop.requests.due() == ()
    again = shopify(shop, "customers/redact", privacy(orders_to_redact=[]))
    assert again.json() == {"success": True, "outcome": "unknown"}
    assert noted(shop, "customers/redact: erased") == 1
    assert noted(shop, "customers/redact: unknown") == 1


def test_redact_without_a_customer_deletes_nothing(shop: World) -> None:
    """A body that names nobody touches nobody's files."""
    shopify(shop, "orders/create", order())
    shopify(shop, "customers/data_request", privacy(data_request={"id": 9999}))

    answer = shopify(shop, "customers/redact", privacy(customer=None))

    assert answer.json()["outcome"] == "unknown"
    assert len(shop.opened.shop.requests.due()) == 1


def test_a_data_request_waits_for_the_officer(shop: World) -> None:
    """Once, with a clock, and the copy is there for the shop when the officer approves."""
    shopify(shop, "orders/create", order())
    asked = privacy(orders_requested=[299938], data_request={"id": 9999})

    outcomes = [shopify(shop, "customers/data_request", asked).json()["outcome"] for _ in "12"]

    assert outcomes == ["received", "received before"]
    ((request, clock),) = shop.opened.shop.requests.due()
    assert (request.kind, request.proof, clock.colour) == ("access", "platform", "calm")
    shop.opened.shop.requests.approve(request.id)
    package = shop.send("GET", f"/v1/requests/{request.id}/package", key="secret").json()
    assert package["events"][0]["event"] == "Order Completed"
    unknown = privacy(customer={"id": 1}, data_request={"id": 10_000})
    assert shopify(shop, "customers/data_request", unknown).json()["outcome"] == "unknown"


def test_an_erasure_by_anybody_leaves_a_request_that_names_nobody(shop: World) -> None:
    """What waits for the officer is evidence, and says nothing about the customer any more."""
    shopify(shop, "orders/create", order())
    shopify(shop, "customers/data_request", privacy(data_request={"id": 9999}))

    assert shop.send("DELETE", f"/v1/subjects/{BOB}", key="secret").status_code == 200
    ((request, _),) = shop.opened.shop.requests.due()
    assert request.subject is None
    done = shop.opened.shop.requests.run(request.id)
    assert done.steps[-1].reason == "nothing_known"


def test_closing_the_shop_is_noted_and_deletes_nothing(shop: World) -> None:
    """`shop/redact` is a matter for the officer."""
    shopify(shop, "orders/create", order())

    answer = shopify(shop, "shop/redact", {"shop_id": 1, "shop_domain": DOMAIN})

    assert answer.json()["outcome"] == "received"
    ((request, _),) = shop.opened.shop.requests.due()
    assert (request.kind, request.subject) == ("erasure", None)
    assert len(events_of(shop)) == 1


def test_a_privacy_request_of_another_shop_is_turned_away(shop: World) -> None:
    """The domain in the signed body counts, not only the header."""
    body = privacy(shop_domain="other.myshopify.com")

    assert is_problem(shopify(shop, "customers/redact", body), 401)

"""From the shelves to an order, without scripts: what is found, held in the cart, and told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient
from page_worlds import ADA, GOODS, Reader, agree, be, follow, send
from storefront_worlds import A_BROWSER, events, order, put, slot

from tactful.assembly import Opened
from tactful.shop import Who
from tactful.terms import Mistake
from tactful.web.pages.cart import MOST_OF_ONE, Cart
from tactful.web.pages.shelves import SHELF, find, wish_of
from tactful.web.pages.shop_cookies import MOST_BYTES


def test_goods_are_found(client: TestClient[Any]) -> None:
    """By department, by words, below a price, in an order; and where nothing fits it says so."""
    assert "1 product" in Reader(client.get("/shop/goods?department=Lights&page=x")).text
    cheap = Reader(client.get("/shop/goods?q=kitchen&below=20&sort=-price&page=9"))
    assert "1 product" in cheap.text
    found = Reader(client.get("/shop/goods?q=TEA+pot"))
    assert "1 product" in found.text
    assert "Found for “TEA pot”" in found.text
    assert "Nothing fits" in Reader(client.get("/shop/goods?q=zeppelin")).text


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "q": st.text(max_size=30),
            "department": st.sampled_from(["", "Kitchen", "Attic"]),
            "below": st.sampled_from(["", "10", "50", "-1", "abc", "9" * 30]),
            "sort": st.sampled_from(["", "price", "-price", "title", "odd"]),
            "page": st.text(alphabet="0123456789-x", max_size=7),
        },
    )
)
def test_every_wish_has_a_shelf(said: dict[str, str]) -> None:
    """Whatever is asked for, what is shown fits it, in its order, on a page that exists."""
    goods = {item.id: item for item in GOODS}
    wish = wish_of(said)

    shelf = find(goods, wish)

    assert 1 <= shelf.page <= shelf.pages
    assert len(shelf.goods) <= min(SHELF, shelf.count)
    for item in shelf.goods:
        assert wish.department in {"", item.category}
        assert wish.below is None or (item.price or 0) < 100 * wish.below
    if wish.sort == "price":
        prices = [item.price or 0 for item in shelf.goods]
        assert prices == sorted(prices)


@given(
    st.lists(st.tuples(st.sampled_from([g.id for g in GOODS]), st.integers(0, 200)), max_size=20)
)
def test_a_cart_holds_what_was_last_said(said: list[tuple[str, int]]) -> None:
    """Each product is there as often as was said last, at most 99 times; none of it is gone."""
    cart = Cart()
    for item, quantity in said:
        cart = cart.put(item, quantity)

    last = {item: min(quantity, MOST_OF_ONE) for item, quantity in said}
    assert cart.quantities == {item: n for item, n in last.items() if n}


def test_a_cart_stays_within_a_cookie() -> None:
    """What a browser would throw away is refused, in words."""
    cart = Cart()
    for number in range(50):
        cart = cart.put(f"a-rather-long-item-number-{number}", 1)

    with pytest.raises(Mistake, match="cart is full"):
        cart.put("x" * MOST_BYTES, 1)


def test_from_the_shelf_to_the_order(client: TestClient[Any], opened: Opened) -> None:
    """Without scripts, and by nobody: a cart, a change of mind, an order; no event, no trace."""
    assert "It is in your cart" in put(client, "kettle").text
    put(client, "mug")
    put(client, "a/b%3Fc")
    page = Reader(client.get("/shop/cart"))
    assert "Kettle" in page.text
    page = Reader(send(client, page.form("/shop/cart"), quantity="2"))
    assert "€59.00" in page.text

    done = order(client)

    assert "Thank you" in done.text
    assert "told to nobody" in done.text
    assert {"cart", "ordered"}.isdisjoint(client.cookies)
    assert client.post("/shop/order", data={}).status_code == 400
    assert client.get("/shop/checkout").headers["location"] == "/shop/cart"
    assert client.get("/shop/thanks").headers["location"] == "/shop"


def test_an_order_is_told_by_the_server(client: TestClient[Any], opened: Opened) -> None:
    """Who is signed in has each step told once, the order with its number and its goods."""
    agree(opened.shop, ADA)
    be(client, ADA)
    put(client, "kettle")
    page = Reader(client.get("/shop/cart"))
    send(client, page.form("/shop/cart"), quantity="3")

    done = order(client, anonymousId=A_BROWSER)

    kept = events(opened.shop)
    names = [e["event"] for e in kept]
    assert names == ["Product Viewed", "Product Added", "Product Added", "Order Completed"]
    assert kept[-1]["items"] == ["kettle"]
    assert "was kept for: Suggestions from your own history" in done.text
    bought = Reader(client.get("/shop"))
    assert "because you bought it before" in bought.text
    assert slot(bought, "buy-again")["data-level"] == "individual"


def test_a_browser_with_a_number_orders_as_such(client: TestClient[Any], opened: Opened) -> None:
    """Somebody whom only the module knows is told of by its number, if that is one."""
    who = Who(anonymous_id=A_BROWSER, region="DE")
    opened.shop.consent(who, {"individual_personalization": "grant"}, notice="privacy@1")
    put(client, "kettle")
    assert "kept for" in order(client, anonymousId=A_BROWSER).text

    put(client, "mug")
    assert "told to nobody" in order(client, anonymousId="<b>").text


def test_an_account_takes_the_browser_along(client: TestClient[Any], opened: Opened) -> None:
    """What the browser said and did is the account's, and leads to one's own page."""
    who = Who(anonymous_id=A_BROWSER, region="DE")
    opened.shop.consent(who, {"individual_personalization": "grant"}, notice="privacy@1")
    put(client, "kettle")
    order(client, anonymousId=A_BROWSER)
    page = Reader(client.get("/shop/privacy"))

    response = client.post(page.form("/shop/account").action, data={"anonymousId": A_BROWSER})

    assert response.headers["location"].startswith("/me")
    assert "Kettle" in Reader(follow(client, response)).text
    assert slot(Reader(client.get("/shop")), "for-you")["data-level"] == "individual"


@pytest.mark.parametrize("quantity", ["-1", "x", "1000", "1.5"])
def test_a_quantity_is_a_number(client: TestClient[Any], quantity: str) -> None:
    """Anything else is answered in words, and changes nothing."""
    response = client.post("/shop/cart", data={"item": "kettle", "quantity": quantity})

    assert response.status_code == 400
    assert "How many shall it be?" in response.text
    assert client.post("/shop/cart", data={"item": "none"}).status_code == 404

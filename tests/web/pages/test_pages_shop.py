"""The demonstration's shop without scripts: goods, cart, order, and whoever looks at it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient
from page_worlds import ADA, GOODS, Form, Reader, agree, be, browser, follow, look_at, send

from tactful.assembly import Opened
from tactful.shop import Shop, Who
from tactful.terms import Item, Mistake, NotFound
from tactful.web.pages.cart import MOST_OF_ONE, Cart
from tactful.web.pages.shelves import SHELF, find, wish_of

A_BROWSER = "0f8fad5b-d9cb-469f-a165-70867728950e"


def slot(page: Reader, name: str) -> dict[str, str]:
    """Return what the page says of the slot called *name*."""
    found = (e.attributes for e in page.elements if e.attributes.get("data-slot") == name)
    return next(found)


def tiles(page: Reader) -> dict[str, set[str]]:
    """Return the pictures that each slot of *page* shows."""
    found: dict[str, set[str]] = {}
    current = ""
    for element in page.elements:
        if element.tag == "section":
            current = element.attributes.get("data-slot", "")
        if current and element.attributes.get("src"):
            found.setdefault(current, set()).add(element.attributes["src"])
    return found


def modules(page: Reader) -> list[str]:
    """Return the modules that *page* loads, without what they are told."""
    scripts = (e.attributes["src"] for e in page.elements if e.tag == "script")
    return [src.partition("?")[0] for src in scripts]


def dial(page: Reader) -> Form:
    """Return the form of the dial."""
    return page.form("/shop/choices")


def turn(client: TestClient[Any], page: Reader, level: str, **more: str) -> Reader:
    """Set the dial to *level*, and return the page that follows."""
    return Reader(send(client, dial(page), level=level, **more))


def put(client: TestClient[Any], item: str) -> Reader:
    """Put *item* in the cart, and return the page that follows."""
    return Reader(send(client, Reader(client.get(f"/shop/items/{item}")).form("/shop/cart")))


def order(client: TestClient[Any], **more: str) -> Reader:
    """Order what is in the cart, and return the page that follows."""
    page = Reader(client.get("/shop/checkout"))
    return Reader(send(client, page.form("/shop/order"), **more))


def events(shop: Shop, user: str = ADA) -> list[Any]:
    """Return what is stored of what *user* did."""
    try:
        found = shop.subject(user).export()["events"]
    except NotFound:
        return []
    assert isinstance(found, list)
    return found


def test_only_a_demonstration_has_a_shop(real: Opened) -> None:
    """Another shop answers 404 for these pages and forms, and says why."""
    with browser(real) as client:
        for path in ("/shop", "/shop/goods", "/shop/items/kettle", "/shop/cart", "/shop/privacy"):
            response = client.get(path)

            assert response.status_code == 404
            assert "Only a demonstration shop" in response.text
        for path in ("choices", "shopper", "account", "cart", "order"):
            assert client.post(f"/shop/{path}", data={"as": ADA}).status_code == 404


def test_a_first_visit_leaves_nothing(client: TestClient[Any]) -> None:
    """A visitor gets no cookie, the page's own slots, and the modules that ask first."""
    for path in ("/shop", "/shop/goods", "/shop/items/kettle", "/shop/cart", "/shop/privacy"):
        response = client.get(path)
        assert response.status_code == 200
        assert "set-cookie" not in response.headers
    page = Reader(client.get("/shop"))

    assert modules(page)[:2] == ["/sdk/tactful.js", "/sdk/consent.js"]
    assert slot(page, "for-you")["data-level"] == "none"
    assert slot(page, "for-you")["data-tactful-slot"] == "for-you"
    assert "hidden" in slot(page, "buy-again")
    assert [e.tag for e in page.elements].count("tactful-consent") == 1


@pytest.mark.parametrize("person", ["nobody", "visitor-00000000", "", "friend-1"])
def test_nobody_else_can_be_posed_as(client: TestClient[Any], person: str) -> None:
    """Who is not on offer cannot be chosen, nor be made up in a cookie."""
    from base64 import urlsafe_b64encode

    assert client.post("/shop/shopper", data={"as": person}).status_code == 400
    forged = urlsafe_b64encode(b'{"user":"friend-1"}').decode()
    for held in (forged, "%%%", "e30", "W10"):
        client.cookies.set("demo", held)
        assert "/sdk/tactful.js" in modules(Reader(client.get("/shop")))


def test_somebody_new_can_come_from_somewhere(client: TestClient[Any]) -> None:
    """The bar offers somebody new from California: the module is told where that is."""
    be(client, "new-US-CA")
    sources = [
        e.attributes["src"] for e in Reader(client.get("/shop")).elements if e.tag == "script"
    ]
    assert "region=US-CA" in sources[0]

    be(client, "new")
    assert "demo" not in client.cookies


def test_whom_the_server_knows_it_asks_for_itself(client: TestClient[Any], opened: Opened) -> None:
    """For who is signed in the server fills the slots, with reasons of their own actions."""
    agree(opened.shop, ADA)
    look_at(opened.shop, ADA, "kettle")
    be(client, ADA)

    page = Reader(client.get("/shop"))

    assert slot(page, "for-you")["data-level"] == "individual"
    assert "data-tactful-slot" not in slot(page, "for-you")
    assert "because you looked at Kettle" in page.text
    assert "/sdk/tactful.js" not in modules(page)
    assert "Used for “Suggestions from your own history”, on the ground of consent." in page.text


def test_unknown_means_no(client: TestClient[Any], opened: Opened) -> None:
    """Before a choice nothing is kept, of an account that is open as well, and the bar says so."""
    be(client, ADA)
    page = Reader(client.get("/shop/items/kettle"))

    assert "is not kept" in page.text
    assert events(opened.shop) == []
    assert "Not “My own history”: no consent was given." in page.text


def test_a_yes_cites_the_notice_that_was_shown(client: TestClient[Any], opened: Opened) -> None:
    """Moving the dial up grants every purpose up to there, having shown what they mean."""
    be(client, ADA)
    page = Reader(client.get("/shop"))
    assert "Suggestions from your own history" in page.text

    turn(client, page, "individual", teach="yes")

    said = {a.purpose: (a.said, a.notice) for a in opened.shop.standing(Who(user_id=ADA))}
    for purpose in ("session", "segment", "individual"):
        assert said[f"{purpose}_personalization"] == ("grant", "privacy@1")
    assert said["model_training"] == ("grant", "privacy@1")
    assert said["advertising"] == (None, "")


def test_a_no_is_as_easy_as_a_yes(client: TestClient[Any], opened: Opened) -> None:
    """The same form with another level takes it all back, and the next page obeys."""
    be(client, ADA)
    page = turn(client, Reader(client.get("/shop")), "individual", teach="yes")
    client.get("/shop/items/kettle")
    assert len(events(opened.shop)) == 1
    form = dial(page)
    form.fields.pop("teach")

    page = Reader(send(client, form, level="none"))

    assert slot(page, "for-you")["data-level"] == "none"
    assert events(opened.shop) == []
    standing = {a.purpose: a.said for a in opened.shop.standing(Who(user_id=ADA))}
    assert standing["model_training"] == "withdraw"


def test_the_dial_of_a_stranger_opens_an_account(client: TestClient[Any]) -> None:
    """Without scripts a choice needs somebody who is remembered."""
    page = turn(client, Reader(client.get("/shop")), "session")

    assert slot(page, "for-you")["data-level"] == "session"
    assert "An account opened just now" in page.text


def test_a_visit_lasts_as_long_as_its_yes(client: TestClient[Any], opened: Opened) -> None:
    """At the level of this visit what is looked at shapes the next page, and is stored nowhere."""
    be(client, ADA)
    turn(client, Reader(client.get("/shop")), "session")
    assert "is not kept" in Reader(client.get("/shop/items/kettle")).text
    front = Reader(client.get("/shop"))

    assert "because you looked at Kettle in this visit" in front.text
    assert events(opened.shop) == []
    turn(client, front, "none")
    again = turn(client, Reader(client.get("/shop")), "session")
    assert "because you looked at Kettle in this visit" not in again.text


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
    words=st.text(max_size=30),
    department=st.sampled_from(["", "Kitchen", "Attic"]),
    below=st.sampled_from(["", "10", "50", "-1", "abc", "9" * 30]),
    sort=st.sampled_from(["", "price", "-price", "title", "odd"]),
    page=st.text(alphabet="0123456789-x", max_size=7),
)
def test_every_wish_has_a_shelf(
    words: str, department: str, below: str, sort: str, page: str
) -> None:
    """Whatever is asked for, what is shown fits it, in its order, on a page that exists."""
    goods = {item.id: item for item in GOODS}
    wish = wish_of(
        {"q": words, "department": department, "below": below, "sort": sort, "page": page}
    )

    shelf = find(goods, wish)

    assert 1 <= shelf.page <= shelf.pages
    assert len(shelf.goods) <= min(SHELF, shelf.count)
    for item in shelf.goods:
        assert department in {"", item.category}
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
    with pytest.raises(Mistake, match="cart is full"):
        for number in range(1000):
            cart = cart.put(f"a-rather-long-item-number-{number}", 1)
    assert cart.count > 50


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


def test_the_signal_of_a_browser_is_heeded(client: TestClient[Any], opened: Opened) -> None:
    """Global Privacy Control outweighs what is on by default where somebody lives."""
    be(client, "new-US-CA")
    turn(client, Reader(client.get("/shop")), "individual")

    page = Reader(client.get("/shop", headers={"sec-gpc": "1"}))

    assert "This browser sends Global Privacy Control." in page.text


def test_slots_of_a_page_share_their_goods(client: TestClient[Any]) -> None:
    """What one slot of a page shows, the next one leaves out."""
    be(client, ADA)
    front = tiles(Reader(client.get("/shop")))

    assert len(front["for-you"]) == 6
    assert front["for-you"].isdisjoint(front.get("trending", set()))


def test_a_yes_needs_the_notice(client: TestClient[Any], opened: Opened) -> None:
    """A form that names no notice, one that never was, or no level, records no yes."""
    be(client, ADA)
    form = dial(Reader(client.get("/shop")))

    for changed in (
        {"level": "individual", "notice": ""},
        {"level": "individual", "notice": "privacy@99"},
        {"level": "everything"},
    ):
        assert client.post(form.action, data=form.fields | changed).status_code == 400
    assert all(answer.said is None for answer in opened.shop.standing(Who(user_id=ADA)))


@pytest.mark.parametrize("quantity", ["-1", "x", "1000", "1.5"])
def test_a_quantity_is_a_number(client: TestClient[Any], quantity: str) -> None:
    """Anything else is answered in words, and changes nothing."""
    response = client.post("/shop/cart", data={"item": "kettle", "quantity": quantity})

    assert response.status_code == 400
    assert "How many shall it be?" in response.text
    assert client.post("/shop/cart", data={"item": "none"}).status_code == 404


def test_a_simulated_item_has_its_own_picture(client: TestClient[Any], opened: Opened) -> None:
    """Goods of the simulated shop are drawn; any other has a tile with its first letter."""
    from datetime import UTC, datetime

    import msgspec

    from tactful.demo.simulated_shop import SimulatedShop

    world = SimulatedShop(seed=1, now=datetime(2026, 1, 1, tzinfo=UTC), items=24, shoppers=1)
    drawn = msgspec.convert(world.items[0].line(), Item)
    opened.shop.put_items([drawn])

    assert "<text" not in client.get(f"/shop/pictures/{drawn.id}.svg").text
    assert ">K</text>" in client.get("/shop/pictures/kettle.svg").text
    assert client.get("/shop/pictures/nothing.svg").status_code == 404

"""The demonstration's shop without scripts: who looks at it, and what they are shown."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest
from litestar.testing import TestClient
from page_worlds import ADA, Reader, agree, be, browser, look_at, send
from storefront_worlds import dial, events, modules, slot, tiles, turn

from tactful.assembly import Opened
from tactful.shop import Who
from tactful.terms import Item


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
    assert client.post("/shop/shopper", data={"as": person}).status_code == 400
    forged = urlsafe_b64encode(b'{"user":"friend-1"}').decode()
    for held in (forged, "%%%", "e30", "W10"):
        client.cookies.set("demo", held)
        assert "/sdk/tactful.js" in modules(Reader(client.get("/shop")))


def test_somebody_new_can_come_from_somewhere(client: TestClient[Any]) -> None:
    """The bar offers somebody new from California: the module is told where that is."""
    be(client, "new-US-CA")
    assert slot(Reader(client.get("/shop")), "for-you")["data-level"] == "none"
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
    assert urlsafe_b64decode(client.cookies["demo"] + "==") == b'{"user":"ada"}'
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

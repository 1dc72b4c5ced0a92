"""The shop window: who looks, what the dial says, and what follows from it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from litestar.testing import TestClient
from page_worlds import ADA, Form, Reader, agree, browser, follow, look_at, send

from tactful.assembly import Opened
from tactful.shop import Shop, Who
from tactful.terms import NotFound


def slot(page: Reader, name: str) -> str:
    """Return the level that the slot called *name* was filled at."""
    found = (e.attributes for e in page.elements if e.attributes.get("data-slot") == name)
    return next(found)["data-level"]


def tiles(page: Reader) -> dict[str, set[str]]:
    """Return the pictures that each slot of *page* shows."""
    found: dict[str, set[str]] = {}
    current = ""
    for element in page.elements:
        if element.tag == "section":
            current = element.attributes.get("data-slot", "")
        if current and element.tag == "img":
            found.setdefault(current, set()).add(element.attributes["src"])
    return found


def dial(page: Reader) -> Form:
    """Return the form of the dial."""
    return page.form("/shop/choices")


def turn(client: TestClient[Any], page: Reader, level: str, **more: str) -> Reader:
    """Set the dial to *level*, and return the page that follows."""
    return Reader(send(client, dial(page), level=level, **more))


def events(shop: Shop, user: str = ADA) -> list[Any]:
    """Return what is stored of what *user* did."""
    try:
        found = shop.subject(user).export()["events"]
    except NotFound:
        return []
    assert isinstance(found, list)
    return found


def test_only_a_demonstration_has_a_window(real: Opened) -> None:
    """Another shop answers 404 for its window, its goods and its forms, and says why."""
    with browser(real) as client:
        for path in ("/shop", "/shop/items/kettle", "/shop/pictures/kettle.svg"):
            response = client.get(path)

            assert response.status_code == 404
            assert "Only a demonstration shop" in response.text
        assert client.post("/shop/choices", data={"as": ADA}).status_code == 404


@pytest.mark.parametrize("path", ["/shop", "/shop?as=kettle-1", "/shop?as=%00", "/shop/items/mug"])
def test_nobody_can_be_posed_as(client: TestClient[Any], path: str) -> None:
    """Who is not on offer is not shown: the window begins anew, as somebody new."""
    address = urlsplit(client.get(path).headers["location"])

    assert parse_qs(address.query)["as"][0].startswith("visitor-")


def test_a_new_visitor_can_come_from_somewhere(client: TestClient[Any]) -> None:
    """The persona switcher offers somebody new from California, where more is on at first."""
    page = Reader(follow(client, client.get("/shop", params={"as": "new-US-CA"})))

    assert slot(page, "for-you") == "individual"
    assert dial(page).fields["region"] == "US-CA"


def test_unknown_means_no(client: TestClient[Any], opened: Opened) -> None:
    """Before a choice nothing is kept or carried along, and the page says so."""
    page = Reader(client.get("/shop/items/kettle?as=ada&visit=mug,lamp"))

    assert "is not kept" in page.text
    assert events(opened.shop) == []
    assert not [link for link in page.links() if "visit=" in link]
    assert "Not “My own history”: no consent was given." in page.text


def test_a_yes_cites_the_notice_that_was_shown(client: TestClient[Any], opened: Opened) -> None:
    """Moving the dial up grants every purpose up to there, having shown what they mean."""
    page = Reader(client.get("/shop?as=ada"))
    assert "may stop" not in page.text
    assert "Suggestions from your own history" in page.text

    turn(client, page, "individual", teach="yes")

    said = {a.purpose: (a.said, a.notice) for a in opened.shop.standing(Who(user_id=ADA))}
    for purpose in ("session", "segment", "individual"):
        assert said[f"{purpose}_personalization"] == ("grant", "privacy@1")
    assert said["model_training"] == ("grant", "privacy@1")
    assert said["advertising"] == (None, "")


def test_a_no_is_as_easy_as_a_yes(client: TestClient[Any], opened: Opened) -> None:
    """The same form with another level takes it all back, and the next page obeys."""
    page = turn(client, Reader(client.get("/shop?as=ada")), "individual", teach="yes")
    client.get("/shop/items/kettle?as=ada")
    assert len(events(opened.shop)) == 1
    form = dial(page)
    form.fields.pop("teach")

    page = Reader(send(client, form, level="none"))

    assert slot(page, "for-you") == "none"
    assert events(opened.shop) == []
    standing = {a.purpose: a.said for a in opened.shop.standing(Who(user_id=ADA))}
    assert standing["model_training"] == "withdraw"


def test_a_visit_travels_in_the_links(client: TestClient[Any], opened: Opened) -> None:
    """At the level of this visit its items are carried by every link, and stored nowhere."""
    turn(client, Reader(client.get("/shop?as=ada")), "session")

    page = Reader(client.get("/shop/items/kettle?as=ada"))
    carried = next(link for link in page.links() if link.startswith("/shop?"))
    front = Reader(client.get(carried))

    assert parse_qs(urlsplit(carried).query)["visit"] == ["kettle"]
    assert slot(front, "for-you") == "session"
    assert "because you looked at Kettle in this visit" in front.text
    assert "is not kept" in page.text
    assert events(opened.shop) == []


def test_a_visit_is_forgotten_with_the_yes(client: TestClient[Any]) -> None:
    """Taking the yes to this visit back takes its items out of every link and form."""
    turn(client, Reader(client.get("/shop?as=ada")), "session")
    page = Reader(client.get("/shop?as=ada&visit=kettle"))
    assert dial(page).fields["visit"] == "kettle"

    response = client.post("/shop/choices", data=dial(page).fields | {"level": "none"})
    page = Reader(follow(client, response))

    assert "visit" not in response.headers["location"]
    assert not [link for link in page.links() if "visit=" in link]
    assert "visit" not in dial(page).fields


def test_reasons_name_ones_own_actions(client: TestClient[Any], opened: Opened) -> None:
    """With a history, each tile says which own action led to it, and for what it is kept."""
    agree(opened.shop, ADA)
    look_at(opened.shop, ADA, "kettle")

    front = Reader(client.get("/shop?as=ada"))
    item = Reader(client.get("/shop/items/mug?as=ada"))

    assert slot(front, "for-you") == "individual"
    assert "because you looked at Kettle" in front.text
    assert "is kept for: Suggestions from your own history, Teaching" in item.text


def test_of_a_group_only_its_name_is_kept(client: TestClient[Any], opened: Opened) -> None:
    """Somebody who allows their group, and no history, reads that no more than it is kept."""
    agree(opened.shop, ADA, "segment_personalization")

    page = Reader(client.get("/shop/items/kettle?as=ada"))

    assert "is not kept, but for the broad group that it speaks of" in page.text
    assert events(opened.shop) == []
    assert opened.shop.subject(ADA).export()["group"] == "Kitchen"


@pytest.mark.parametrize(
    ("action", "event", "words"),
    [
        ("/shop/basket", "Product Added", "It is in your basket."),
        ("/shop/order", "Order Completed", "Thank you, it is on its way."),
    ],
)
def test_what_is_done_is_collected_once(
    client: TestClient[Any], opened: Opened, *, action: str, event: str, words: str
) -> None:
    """A form without scripts sends one event; the page that follows sends none of its own."""
    agree(opened.shop, ADA)
    page = Reader(client.get("/shop/items/kettle?as=ada"))

    after = Reader(send(client, page.form(action)))

    assert [e["event"] for e in events(opened.shop)] == ["Product Viewed", event]
    assert events(opened.shop)[-1]["items"] == ["kettle"]
    assert words in after.text
    assert "did this is kept for" in after.text


def test_the_signal_of_a_browser_is_heeded(client: TestClient[Any]) -> None:
    """A visitor from California with Global Privacy Control gets no profile, and reads why."""
    address = client.get("/shop", params={"as": "new-US-CA"}).headers["location"]

    page = Reader(client.get(address, headers={"sec-gpc": "1"}))

    assert slot(page, "for-you") == "session"
    assert "Global Privacy Control, which is honoured here" in page.text
    assert dial(page).fields["level"] == "session"


def test_nothing_is_bought_again_that_never_was(client: TestClient[Any], opened: Opened) -> None:
    """The slot to buy again is there for who allows their history, and for nobody else."""
    before = Reader(client.get("/shop?as=ada"))
    agree(opened.shop, ADA)
    after = Reader(client.get("/shop?as=ada"))

    assert "Buy again" not in before.text
    assert slot(after, "buy-again") == "individual"


def test_slots_of_a_page_share_their_goods(client: TestClient[Any]) -> None:
    """What one slot of a page shows, the next one leaves out; an empty slot is not shown."""
    page = Reader(client.get("/shop?as=ada"))
    front = tiles(page)
    item = tiles(Reader(client.get("/shop/items/kettle?as=ada")))

    assert len(front["for-you"]) == 6
    assert "Popular now" not in page.text
    assert len(item["goes-with"]) == 4
    assert len(item["similar"] - item["goes-with"]) == 1


def test_a_yes_needs_the_notice(client: TestClient[Any], opened: Opened) -> None:
    """A form that names no notice, or one that never was, records no yes."""
    form = dial(Reader(client.get("/shop?as=ada")))

    for notice in ("", "privacy@99"):
        changed = {"level": "individual", "notice": notice}
        assert client.post(form.action, data=form.fields | changed).status_code == 400
    assert all(answer.said is None for answer in opened.shop.standing(Who(user_id=ADA)))


def test_goods_are_found_by_category(client: TestClient[Any]) -> None:
    """The shelf shows one category where that is asked for, and a page number that exists."""
    page = Reader(client.get("/shop?as=ada&category=Lights&page=x"))

    assert "1 goods, page 1" in page.text


def test_a_level_that_is_none_is_refused(client: TestClient[Any], opened: Opened) -> None:
    """A form with a made-up level, or without anybody, changes nothing and says what to do."""
    wrong = client.post("/shop/choices", data={"as": ADA, "level": "everything"})
    nobody = client.post("/shop/choices", data={"level": "none"})

    assert (wrong.status_code, nobody.status_code) == (400, 400)
    assert "There is no such level" in wrong.text
    assert "begin at /shop" in nobody.text
    assert all(answer.said is None for answer in opened.shop.standing(Who(user_id=ADA)))


def test_a_simulated_item_has_its_own_picture(client: TestClient[Any], opened: Opened) -> None:
    """Goods of the simulated shop are drawn; any other has a tile with its first letter."""
    from datetime import UTC, datetime

    import msgspec

    from tactful.demo.simulated_shop import SimulatedShop
    from tactful.terms import Item

    world = SimulatedShop(seed=1, now=datetime(2026, 1, 1, tzinfo=UTC), items=24, shoppers=1)
    drawn = msgspec.convert(world.items[0].line(), Item)
    opened.shop.put_items([drawn])

    assert "<text" not in client.get(f"/shop/pictures/{drawn.id}.svg").text
    assert ">K</text>" in client.get("/shop/pictures/kettle.svg").text
    assert client.get("/shop/pictures/nothing.svg").status_code == 404

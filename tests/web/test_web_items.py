"""The catalogue over HTTP: put, replaced whole, removed; with the secret key only."""

from __future__ import annotations

import pytest
from web_worlds import World, is_problem

MUG = {"id": "mug", "title": "Mug", "price": 900, "currency": "EUR", "brand": "B"}


def _shown(world: World) -> list[str]:
    answer = world.post("/v1/decide", {"slot": "trending"}).json()
    return [item["id"] for item in answer["items"]]


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_what_is_put_is_shown_at_once(world: World, method: str) -> None:
    """The next decision has it; prices are minor units, or name their currency."""
    cup = {"id": "cup", "title": "Cup", "price": "8.50 USD", "availability": "in stock"}
    answer = world.send(method, "/v1/items", body={"items": [MUG, cup]}, key="secret")

    assert (answer.status_code, answer.json()) == (200, {"put": 2, "rejected": []})
    assert _shown(world) == ["mug", "cup"]
    goods = world.opened.shop.catalogue
    assert [(i.price, i.currency) for i in goods.values()] == [(900, "EUR"), (850, "USD")]


def test_an_item_is_replaced_whole(world: World) -> None:
    """What the new one does not state is not known any more."""
    for body in (MUG, {"id": "mug", "title": "Mug"}):
        world.send("PUT", "/v1/items", body={"items": [body]}, key="secret")

    assert world.opened.shop.catalogue["mug"].price is None
    assert world.opened.shop.catalogue["mug"].brand == ""


def test_a_bad_item_costs_no_other(world: World) -> None:
    """Each is named by its place, with what is wrong."""
    bad = [
        {"title": "No id"},
        {**MUG, "id": "x", "currency": "XXQ"},
        {**MUG, "url": "javascript:1"},
    ]
    answer = world.send("PUT", "/v1/items", body={"items": [*bad, MUG]}, key="secret").json()

    assert answer["put"] == 1
    assert [one["index"] for one in answer["rejected"]] == [0, 1, 2]
    assert "currency is none that ISO 4217 knows" in answer["rejected"][1]["reason"]


@pytest.mark.parametrize(
    "body",
    [{"items": [{}]}, {"items": [1]}, {}, {"items": [MUG] * 5_001}, [MUG]],
    ids=["none-good", "no-object", "nothing", "too-many", "a-list"],
)
def test_what_cannot_be_used_is_said(world: World, body: object) -> None:
    """400, and nothing is put."""
    answer = world.send("PUT", "/v1/items", body=body, key="secret")

    assert is_problem(answer, 400)
    assert world.opened.shop.catalogue == {}


def test_what_is_removed_is_never_shown(world: World) -> None:
    """Its id stays known; removing it again changes nothing; putting it brings it back."""
    world.send("PUT", "/v1/items", body={"items": [MUG, {**MUG, "id": "a/b"}]}, key="secret")

    first = world.send("DELETE", "/v1/items/mug", key="secret").json()
    again = world.send("DELETE", "/v1/items/mug", key="secret").json()
    slash = world.send("DELETE", "/v1/items?id=a/b", key="secret").json()

    assert (first, again, slash) == ({"removed": True}, {"removed": False}, {"removed": True})
    assert _shown(world) == []
    assert world.opened.shop.catalogue["mug"].title == "Mug"
    world.send("PUT", "/v1/items", body={"items": [MUG]}, key="secret")
    assert _shown(world) == ["mug"]


@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/v1/items"), ("DELETE", "/v1/items/mug"), ("DELETE", "/v1/items")]
)
def test_only_the_shop_may(world: World, method: str, path: str) -> None:
    """The write key is not enough, and no key even less."""
    assert is_problem(world.send(method, path, body={"items": [MUG]}), 403)
    assert is_problem(world.send(method, path, body={"items": [MUG]}, key=None), 401)
    assert world.opened.shop.catalogue == {}


def test_removing_nothing_is_said(world: World) -> None:
    """An item must be named."""
    assert is_problem(world.send("DELETE", "/v1/items", key="secret"), 400)

"""Orders that only an e-mail address names, as a shop's server sends them of its guests."""

from __future__ import annotations

from typing import Any

from web_worlds import World, is_problem, viewed

ADDRESS = "ada@example.com"


def order(name: str = "o-1", **more: object) -> dict[str, Any]:
    """Return an order of somebody who is not signed in."""
    said = {"order_id": name, "email": ADDRESS, "products": [{"product_id": "mug"}], "total": 9}
    call = {"type": "track", "event": "Order Completed", "properties": said, "messageId": name}
    return {**call, "context": {"region": "US-CA"}, **more}


def test_an_order_by_address_is_kept_with_the_secret_key(world: World) -> None:
    """Two orders of one address are one person's, who is found once an id comes with it."""
    for path, body in (
        ("/v1/track", order("o-1")),
        ("/v1/batch", {"batch": [order("o-2"), viewed()]}),
        ("/v1/track", order("o-3", userId="ada")),
    ):
        answer = world.post(path, body, key="secret")
        assert (answer.status_code, answer.json()) == (200, {"success": True})
    known = world.known_about("ada")
    assert len(known["events"]) == 3
    assert {"kind": "orderEmail", "value": ADDRESS} in [
        {"kind": each["kind"], "value": each["value"]} for each in known["identifiers"]
    ]


def test_with_the_write_key_an_address_names_nobody(world: World) -> None:
    """Anybody has that key: the order is refused by its place, and the others are kept."""
    assert is_problem(world.post("/v1/track", order()), 400)
    batch = {"batch": [{"type": "track"}, viewed("a"), order(), viewed("b", messageId="b")]}

    answer = world.post("/v1/batch", batch)

    assert answer.status_code == 200
    assert [wrong["index"] for wrong in answer.json()["rejected"]] == [0, 2]
    assert world.kept() == 2
    in_body = {**order(), "writeKey": world.keys.write_key}
    assert is_problem(world.post("/v1/track", in_body, key=None), 400)


def test_only_orders_go_by_an_address(world: World) -> None:
    """What else somebody did needs an id, and an order an address that is one."""
    looked = {**order(), "event": "Product Viewed"}
    for call in (looked, order(properties={"email": 7}), order(properties={"email": ""})):
        assert is_problem(world.post("/v1/track", call, key="secret"), 400)
    assert world.post("/v1/track", order(properties={"email": "ada"}), key="secret").is_success
    assert world.kept() == 0

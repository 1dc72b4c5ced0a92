"""Who is one person, over HTTP: for the shop alone."""

from __future__ import annotations

import pytest
from web_worlds import World, is_problem, viewed

PURPOSE = "individual_personalization"


@pytest.fixture(autouse=True)
def two(world: World) -> None:
    """Let two subjects agree, and look at something each."""
    for name, item in (("u-1", "mug"), ("u-2", "teapot")):
        world.grant(PURPOSE, userId=name)
        world.post("/v1/track", viewed(item, userId=name, messageId=name))


def test_merged_listed_and_taken_apart(world: World) -> None:
    """Two subjects are one person until that is taken back; the list and the export say so."""
    made = world.send("POST", "/v1/subjects/u-1/merge", body={"other": "u-2"}, key="secret").json()
    assert (made["evidence"], made["by"], made["undoneAt"]) == ("word", "shop", None)
    for name in ("u-1", "u-2"):
        known = world.known_about(name)
        assert len(known["events"]) == 2
        assert [merge["merge"] for merge in known["merges"]] == [made["merge"]]

    body = {"merge": made["merge"]}
    undone = world.send("POST", "/v1/subjects/u-2/unmerge", body=body, key="secret").json()
    assert undone["undoneAt"]
    assert [len(world.known_about(name)["events"]) for name in ("u-1", "u-2")] == [1, 1]
    listed = world.send("GET", "/v1/subjects/u-2/merges", key="secret").json()
    assert listed == {"merges": [undone]}


def test_only_the_shop_may_say(world: World) -> None:
    """With the write key nobody is merged, taken apart, or listed."""
    for method, path, body in (
        ("POST", "merge", {"other": "u-2"}),
        ("POST", "unmerge", {"merge": 1}),
        ("GET", "merges", None),
    ):
        address = f"/v1/subjects/u-1/{path}"
        assert is_problem(world.send(method, address, body=body), 403)
        assert is_problem(world.send(method, address, body=body, key=None), 401)
    assert len(world.known_about("u-1")["events"]) == 1


def test_what_cannot_be_merged(world: World) -> None:
    """Somebody unknown, oneself, a merge that is none: each is answered with what to do."""
    merge, unmerge = "/v1/subjects/u-1/merge", "/v1/subjects/u-1/unmerge"
    for path, body, status in (
        (merge, {"other": "nobody"}, 404),
        (merge, {"other": "u-1"}, 400),
        (merge, {}, 400),
        (unmerge, {"merge": 4711}, 404),
        (unmerge, {"merge": "x"}, 400),
    ):
        assert is_problem(world.send("POST", path, body=body, key="secret"), status)


def test_after_an_erasure_every_name_is_unknown(world: World) -> None:
    """Erasing a person by one name erases the other; the merge cannot be undone."""
    made = world.send("POST", "/v1/subjects/u-1/merge", body={"other": "u-2"}, key="secret").json()
    world.send("DELETE", "/v1/subjects/u-2", key="secret")
    for name in ("u-1", "u-2"):
        assert is_problem(world.send("GET", f"/v1/subjects/{name}", key="secret"), 404)
    world.grant(PURPOSE, userId="u-1")
    body = {"merge": made["merge"]}
    assert is_problem(world.send("POST", "/v1/subjects/u-1/unmerge", body=body, key="secret"), 404)


def test_an_address_from_a_page_finds_nobody(world: World) -> None:
    """With the write key an e-mail links nothing; with the secret key it does."""
    told = {"type": "identify", "traits": {"email": "ada@example.com"}}
    world.send("POST", "/v1/identify", body={**told, "userId": "u-1"}, key="secret")
    world.post("/v1/identify", {**told, "userId": "u-2"})
    assert {i["kind"] for i in world.known_about("u-2")["identifiers"]} == {"userId"}
    world.send("POST", "/v1/identify", body={**told, "userId": "u-2"}, key="secret")
    assert {i["value"] for i in world.known_about("u-2")["identifiers"]} == {
        "u-1", "u-2", "ada@example.com",
    }  # fmt: skip

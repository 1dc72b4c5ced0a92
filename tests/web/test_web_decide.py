"""Asking for a slot over HTTP, and telling what became of it."""

from __future__ import annotations

import pytest
from web_worlds import World, is_problem, viewed

from tactful.terms import Item


def stocked(world: World) -> None:
    """Put two items into the catalogue."""
    items = [Item(id=name, title=name.title(), category="kitchen") for name in ("mug", "cup")]
    world.opened.shop.put_items(items)


def test_a_decision_has_the_documented_shape(world: World) -> None:
    """The answer holds exactly what the interface names, and is level `none` without permission."""
    stocked(world)

    decision = world.post("/v1/decide", {"slot": "for-you", "anonymousId": "a"}).json()

    assert set(decision) == {
        "decision", "slot", "level", "purpose", "basis", "items", "refused", "products",
    }  # fmt: skip
    assert (decision["slot"], decision["level"]) == ("for-you", "none")
    assert [set(item) for item in decision["items"]] == [{"id", "score", "because"}] * 2
    assert [one["level"] for one in decision["refused"]] == ["individual", "segment", "session"]
    assert all(set(one) == {"level", "rule", "reason"} for one in decision["refused"])


def test_an_empty_catalogue_gives_an_empty_slate(world: World) -> None:
    """A shop without goods and models answers 200 with no items."""
    answer = world.post("/v1/decide", {"slot": "for-you"})

    assert (answer.status_code, answer.json()["items"]) == (200, [])


def test_what_was_accepted_changes_the_next_decision(world: World) -> None:
    """A subject who allows it is answered from their own history, with the reason, at once."""
    stocked(world)
    world.grant("individual_personalization", userId="u-1")
    world.post(
        "/v1/track",
        viewed(event="Order Completed", properties={"products": [{"product_id": "mug"}]}),
    )

    decision = world.post("/v1/decide", {"slot": "buy-again", "userId": "u-1"}).json()

    assert (decision["level"], decision["purpose"]) == (
        "individual",
        "individual_personalization",
    )
    assert decision["items"][0]["id"] == "mug"
    assert decision["items"][0]["because"] == [{"item": "mug", "kind": "bought"}]


def test_the_caller_may_ask_for_less(world: World) -> None:
    """`level` is a ceiling: what is allowed beyond it is not used."""
    ask = {"slot": "for-you", "context": {"region": "US-CA"}, "session": ["mug"]}

    assert world.post("/v1/decide", {**ask, "level": "none"}).json()["level"] == "none"
    assert world.post("/v1/decide", {**ask, "level": "session"}).json()["level"] == "session"


def test_a_signal_holds_for_the_decision(world: World) -> None:
    """With `Sec-GPC: 1` a visitor in California is not answered above what they still allow."""
    ask = {"slot": "for-you", "context": {"region": "US-CA"}}

    with_signal = world.post("/v1/decide", ask, headers={"sec-gpc": "1"}).json()["level"]

    assert (with_signal, world.post("/v1/decide", ask).json()["level"]) == ("session", "individual")


def test_unknown_fields_are_ignored(world: World) -> None:
    """A newer client may send what this server does not know yet."""
    ask = {"slot": "for-you", "novelty": 1, "context": {"screen": {"width": 3}}}

    assert world.post("/v1/decide", ask).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"slot": "nowhere"},
        {"slot": 7},
        {"slot": "for-you", "session": "mug"},
        {"slot": "for-you", "session": ["x"] * 201},
        {"slot": "for-you", "limit": 0},
        {"slot": "for-you", "limit": 101},
        {"slot": "for-you", "limit": "ten"},
        {"slot": "for-you", "level": "total"},
        {"slot": "for-you", "userId": ""},
        {"slot": "for-you", "anonymousId": "a\0b"},
        {"slot": "for-you", "userId": "x" * 10_000},
        {"slot": "for-you", "userId": True},
        {"slot": "for-you", "context": "DE"},
        [],
        "for-you",
        None,
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(quiet: World, wrong: object) -> None:
    """What cannot be read is answered 400 with one plain line."""
    content = None if wrong is not None else b"null"
    assert is_problem(quiet.send("POST", "/v1/decide", body=wrong, content=content), 400)


@pytest.mark.parametrize("region", ["XX", "Germany", "", "D" * 10_000, "DE\0"])
def test_an_unknown_region_counts_as_the_strictest(quiet: World, region: str) -> None:
    """A region that is none is no error: the strictest answer holds."""
    answer = quiet.post("/v1/decide", {"slot": "for-you", "context": {"region": region}})

    assert (answer.status_code, answer.json()["level"]) == (200, "none")


def test_a_user_id_can_be_made_to_need_the_secret_key(world: World) -> None:
    """Where the settings say so, a page cannot ask in the name of a subject of the shop's."""
    guarded(world)
    ask = {"slot": "for-you", "userId": "u-1"}

    assert is_problem(world.post("/v1/decide", ask), 403)
    assert is_problem(world.send("GET", "/v1/consent?userId=u-1"), 403)
    assert world.post("/v1/decide", ask, key="secret").status_code == 200
    assert world.post("/v1/decide", {"slot": "for-you", "anonymousId": "a"}).status_code == 200


@pytest.mark.parametrize("kind", ["exposure", "click", "conversion"])
def test_feedback_is_counted_where_measuring_is_allowed(world: World, kind: str) -> None:
    """Feedback on a decision tells whether it was counted."""
    for region, recorded in (("US-CA", True), ("DE", False)):
        ask = {"slot": "for-you", "context": {"region": region}}
        decision = world.post("/v1/decide", ask).json()["decision"]
        answer = world.post(f"/v1/decisions/{decision}/{kind}", None)
        assert (answer.status_code, answer.json()) == (200, {"recorded": recorded})


def test_feedback_may_carry_the_key_in_its_body(world: World) -> None:
    """A beacon can set no header: the key stands in the body."""
    decision = world.post("/v1/decide", {"slot": "for-you"}).json()["decision"]
    path = f"/v1/decisions/{decision}/click"

    assert world.post(path, {"writeKey": world.keys.write_key}, key=None).status_code == 200
    assert is_problem(world.send("POST", path, key=None), 401)


def test_feedback_on_nothing_is_not_found(world: World) -> None:
    """An id that this shop did not give is answered 404."""
    assert is_problem(world.post("/v1/decisions/made-up/click", None), 404)


def guarded(world: World) -> None:
    """Let a userId need the secret key."""
    import msgspec

    settings = world.opened.settings
    server = msgspec.structs.replace(settings.server, user_id_needs_secret_key=True)
    changed = msgspec.structs.replace(settings, server=server)
    object.__setattr__(world.opened, "settings", changed)

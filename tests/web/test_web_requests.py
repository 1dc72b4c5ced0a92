"""Requests over HTTP: by the shop, by a signed link, by a stranger with a code, and OpenDSR's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web_worlds import World, served

SUBJECT_REQUEST = {
    "regulation": "gdpr",
    "subject_request_id": "a7551968-d5d6-44b2-9831-815ac9017798",
    "subject_request_type": "erasure",
    "submitted_time": "2026-10-02T15:00:00Z",
    "subject_identities": [
        {"identity_type": "email", "identity_format": "sha256", "identity_value": "c0ffee"},
        {
            "identity_type": "controller_customer_id",
            "identity_format": "raw",
            "identity_value": "dsr",
        },
    ],
    "api_version": "2.0",
    "status_callback_urls": ["https://example.org/status"],
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Serve a shop for all tests of this module: each asks for people of its own."""
    with served(Path(tmp_path_factory.mktemp("requests")) / "shop") as found:
        yield found


def meet(world: World, name: str) -> str:
    """Let somebody be known, with an address, and return a token of theirs."""
    world.grant("individual_personalization", userId=name)
    call = {"userId": name, "traits": {"email": f"{name}@example.org"}, "context": {"region": "DE"}}
    assert world.post("/v1/identify", call, key="secret").status_code == 200
    assert world.opened.shop.subject(name)
    return world.opened.links.sign(name)


def ask(world: World, body: dict[str, Any], key: str | None = "public", query: str = "") -> Any:
    """Open a request."""
    return world.post(f"/v1/requests{query}", body, key=key)


def test_the_shop_asks_for_somebody_it_has_verified(world: World) -> None:
    """Done at once, with law, due day and every step."""
    meet(world, "ann")
    body = {"type": "access", "userId": "ann", "proof": "signed_in", "region": "DE"}
    said = ask(world, body, "secret").json()
    assert (said["status"], said["verification"]) == ("done", "signed_in")
    assert [step["step"] for step in said["steps"]] == ["received", "verified", "done"]
    seen = world.send("GET", f"/v1/requests/{said['id']}", key="secret").json()
    assert seen == said
    package = world.send("GET", f"/v1/requests/{said['id']}/package", key="secret").json()
    assert package["identifiers"]


def test_the_holder_of_a_link_asks_for_themselves(world: World) -> None:
    """And sees their own request, nobody else's: that looks like none at all."""
    bea, cat = meet(world, "bea"), meet(world, "cat")
    said = ask(world, {"type": "portability"}, None, f"?token={bea}").json()
    assert ask(world, {"type": "access"}, None, f"?token={cat}").json()["id"] != said["id"]
    assert said["status"] == "done"
    own = world.send("GET", f"/v1/requests/{said['id']}?token={bea}", key=None)
    assert own.json() == said
    for path in (f"/v1/requests/{said['id']}", f"/v1/requests/{said['id']}/package"):
        others = world.send("GET", f"{path}?token={cat}", key=None)
        none = world.send("GET", f"/v1/requests/nothing?token={cat}", key=None)
        assert (others.status_code, none.status_code) == (404, 404)
        assert others.json() == none.json()
    assert world.send("GET", f"/v1/requests/{said['id']}", key="public").status_code == 403
    assert world.send("GET", f"/v1/requests/{said['id']}", key=None).status_code == 401
    assert world.send("GET", f"/v1/requests/{said['id']}?token=forged", key=None).status_code == 401


def test_a_stranger_is_answered_alike_whoever_they_name(world: World) -> None:
    """Known or not, often or not: the same fields, the same words, no due day and no law."""
    meet(world, "dan")
    answers = [
        ask(world, {"type": kind, "email": f"{name}@example.org", "region": "DE"}).json()
        for kind in ("access", "objection")
        for name in ("dan", "zoe", "dan", "zoe", "dan", "zoe", "dan", "zoe")
    ]
    shapes = {
        (*sorted(said), said["type"], said["status"], said["verification"]) for said in answers
    }
    fields = ("id", "receivedAt", "status", "type", "verification")
    assert shapes == {
        (*fields, "access", "received", "code"),
        (*fields, "objection", "done", "none"),
    }


def test_a_wrong_code_an_old_one_and_no_request_look_alike(world: World) -> None:
    """Constant answers, and after five tries the right one is wrong."""
    meet(world, "eve")
    said = ask(world, {"type": "erasure", "email": "eve@example.org"}).json()
    path = f"/v1/requests/{said['id']}/confirm"
    wrong = [world.post(path, {"code": f"{n:06}"}) for n in range(7)]
    nothing = world.post("/v1/requests/nothing/confirm", {"code": "000000"})
    assert {answer.status_code for answer in (*wrong, nothing)} == {403}
    assert {answer.text for answer in (*wrong, nothing)} == {nothing.text}
    assert world.opened.shop.subject("eve")
    assert world.post(path, {"code": "000000"}, key=None).status_code == 401


def test_a_no_of_a_browser_counts_at_once(world: World) -> None:
    """By the browser's own id, without an address."""
    world.grant("measurement", anonymousId="browser-1")
    body = {"type": "objection", "anonymousId": "browser-1", "purposes": ["measurement"]}
    assert ask(world, body).json()["status"] == "done"
    answer = world.send("GET", "/v1/consent?anonymousId=browser-1&region=DE").json()
    (measured,) = (p for p in answer["purposes"] if p["purpose"] == "measurement")
    assert measured["said"] == "object"


def test_open_dsr_is_answered_in_its_own_words(world: World) -> None:
    """Opened once, followed by its own id."""
    meet(world, "dsr")
    first = ask(world, SUBJECT_REQUEST, "secret")
    assert first.status_code == 201
    said = first.json()
    assert said["subject_request_id"] == SUBJECT_REQUEST["subject_request_id"]
    assert said["request_status"] == "completed"
    assert set(said) >= {"controller_id", "received_time", "expected_completion_time"}
    with pytest.raises(Exception, match="no subject"):
        world.opened.shop.subject("dsr")
    again = ask(world, SUBJECT_REQUEST, "secret").json()
    assert again["received_time"] == said["received_time"]
    path = f"/v1/requests/{SUBJECT_REQUEST['subject_request_id']}"
    assert world.send("GET", path, key="secret").json()["request_status"] == "completed"


BAD: list[tuple[str, dict[str, Any], str, int]] = [
    ("no type", {"userId": "ann"}, "secret", 400),
    ("another type", {"type": "revenge", "userId": "ann"}, "secret", 400),
    ("nobody", {"type": "access"}, "secret", 400),
    ("two people", {"type": "access", "userId": "a", "email": "b@example.org"}, "secret", 400),
    ("no address", {"type": "access"}, "public", 400),
    ("a wrong address", {"type": "access", "email": "at example"}, "public", 400),
    ("a userId by a page", {"type": "access", "userId": "ann"}, "public", 403),
    ("proof by a page", {"type": "access", "email": "a@b.de", "proof": "document"}, "public", 403),
    ("an agent by a page", {"type": "access", "email": "a@b.de", "by": "agent"}, "public", 403),
    ("an agent without", {"type": "access", "userId": "ann", "by": "agent"}, "secret", 400),
    ("an unknown speaker", {"type": "access", "userId": "ann", "by": "king"}, "secret", 400),
    ("a code as proof", {"type": "access", "userId": "ann", "proof": "code"}, "secret", 400),
    ("an unknown purpose", {"type": "objection", "userId": "a", "purposes": ["x"]}, "secret", 400),
    ("traits to erase", {"type": "erasure", "userId": "a", "traits": {"a": 1}}, "secret", 400),
    ("a long note", {"type": "access", "userId": "a", "note": "x" * 4001}, "secret", 400),
    ("no such region", {"type": "access", "userId": "a", "region": "XQ"}, "secret", 400),
    ("a wrong shape", {"type": ["access"]}, "secret", 400),
    ("an id of another kind", SUBJECT_REQUEST | {"subject_request_id": "a@b.de"}, "secret", 400),
    ("hashed people only", SUBJECT_REQUEST | {"subject_identities": []}, "secret", 400),
    ("no key", {"type": "access", "userId": "ann"}, "none", 401),
]


@pytest.mark.parametrize(("body", "key", "status"), [b[1:] for b in BAD], ids=[b[0] for b in BAD])
def test_bad_requests_are_refused(world: World, body: object, key: str, status: int) -> None:
    """With what to do, and without repeating what was sent."""
    before = len(world.opened.shop.requests.due())
    answer = world.post("/v1/requests", body, key=None if key == "none" else key)
    assert answer.status_code == status
    assert answer.json()["detail"]
    assert "example.org" not in answer.text
    assert len(world.opened.shop.requests.due()) == before


def test_what_is_due_is_a_figure(world: World) -> None:
    """By the colour of the clock, and by kind and outcome."""
    meet(world, "fay")
    ask(world, {"type": "access", "userId": "fay", "region": "DE"}, "secret")
    text = world.send("GET", "/metrics", key=None).text
    assert 'tactful_subject_requests_due{clock="late"} 0.0' in text
    assert 'tactful_subject_requests_due{clock="calm"}' in text
    assert "tactful_subject_requests_total" in text


def test_a_refusal_is_appealed_by_the_link_or_the_shop(world: World) -> None:
    """Where the law gives an appeal, once, and only by whom the request is about."""
    numbers = []
    for name in ("gil", "hal"):
        token = meet(world, name)
        world.opened.shop.subject(name).settle("US-CO")
        body = {"type": "portability", "userId": name, "region": "US-CO"}
        numbers.append((ask(world, body, "secret").json()["id"], token))
    (first, gil), (second, hal) = numbers
    at_gil = f"/v1/requests/{first}/appeal"
    world.opened.shop.requests.refuse(first, reason="not_identified")
    world.opened.shop.requests.refuse(second, reason="not_identified")

    assert world.post(f"{at_gil}?token={hal}", {}, key=None).status_code == 404
    assert world.post(at_gil, {}, key="public").status_code == 403
    appealed = world.post(f"{at_gil}?token={gil}", {"note": "it was me"}, key=None)
    assert (appealed.status_code, appealed.json()["status"]) == (200, "appealed")
    assert "it was me" not in appealed.text
    again = world.post(f"{at_gil}?token={gil}", {}, key=None)
    assert (again.status_code, "no appeal" in again.json()["detail"]) == (400, True)
    assert world.post(f"/v1/requests/{second}/appeal", {}, key="secret").status_code == 200

"""Receipts over HTTP: given with a choice, listed for the subject, good by published keys."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec
from web_worlds import NOTICE, World, is_problem

from tactful.capabilities.consent import read_keys, verified
from tactful.web import examples

WHEN = datetime(2100, 1, 1, tzinfo=UTC)
ASK = {"userId": "u-1", "statements": {"measurement": "grant"}, "notice": NOTICE, "region": "DE"}


def test_a_choice_is_answered_with_a_receipt_that_holds(world: World) -> None:
    """What `POST /v1/consent` signs is found good with what the well-known address publishes."""
    receipt = world.post("/v1/consent", ASK).json()
    keys = world.send("GET", "/.well-known/jwks.json", key=None)

    found = verified(json.dumps(receipt["signed"]).encode(), keys=read_keys(keys.content), at=WHEN)

    assert found.known
    assert found.form.record_id == receipt["record"]
    assert found.form.gist == "consent_given measurement"
    assert found.form.privacy_notice is not None
    assert found.form.privacy_notice.hash == f"sha-256:{receipt['hash']}"
    assert "u-1" not in json.dumps(receipt["signed"])


def test_receipts_made_again_are_the_same(world: World) -> None:
    """What is listed later is what was given then, to the byte; a restriction has one too."""
    given = [world.post("/v1/consent", ASK).json()["signed"]]
    refusal = {"userId": "u-1", "statements": {"advertising": "deny", "measurement": "withdraw"}}
    given.append(world.post("/v1/consent", refusal).json()["signed"])
    world.send("PATCH", "/v1/subjects/u-1", body={"restricted": True}, key="secret")

    listed = world.send("GET", "/v1/subjects/u-1/receipts", key="secret").json()["receipts"]

    assert msgspec.json.encode(listed[:2]) == msgspec.json.encode(given)
    assert [e["event_state"] for e in listed[2]["receipt"]["events"]] == ["processing_restricted"]


def test_a_signal_has_its_receipt_too(world: World) -> None:
    """What a browser said for a subject is recorded, and the subject can prove it."""
    world.grant("measurement", userId="u-1", region="US-CA")
    world.post("/v1/consent", {**ASK, "region": "US-CA"}, headers={"Sec-GPC": "1"})
    world.post("/v1/decide", {"slot": "for-you", "userId": "u-1"}, headers={"Sec-GPC": "1"})

    listed = world.send("GET", "/v1/subjects/u-1/receipts", key="secret").json()["receipts"]

    kinds = {event["event_type"] for one in listed for event in one["receipt"]["events"]}
    assert kinds == {"expressed_consent", "signal"}


def test_a_subject_gets_their_receipts_by_their_link(world: World) -> None:
    """Their own link is enough, somebody else's is not, and the write key never is."""
    world.post("/v1/consent", ASK)
    own, other = (quote(world.opened.links.sign(name)) for name in ("u-1", "u-2"))
    path = "/v1/subjects/u-1/receipts"

    assert len(world.send("GET", f"{path}?token={own}", key=None).json()["receipts"]) == 1
    assert is_problem(world.send("GET", f"{path}?token={other}", key=None), 403)
    assert is_problem(world.send("GET", path), 403)
    assert is_problem(world.send("GET", path, key=None), 401)
    assert is_problem(world.send("GET", "/v1/subjects/u-9/receipts", key="secret"), 404)


def test_the_examples_are_true(world: World) -> None:
    """The receipt in the description is found good by the key there; no secret is published."""
    keys = read_keys(msgspec.json.encode(examples.KEYS))
    (example,) = msgspec.json.decode(msgspec.json.encode(examples.RECEIPTS))["receipts"]

    assert verified(msgspec.json.encode(example), keys=keys, at=WHEN).known
    (published,) = world.send("GET", "/.well-known/jwks.json", key=None).json()["keys"]
    assert set(published) == {"kty", "crv", "x", "kid", "alg", "use"}

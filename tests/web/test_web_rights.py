"""Consent and a subject's rights over HTTP."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from web_worlds import NOTICE, World, is_problem, viewed

PURPOSE = "individual_personalization"


def test_a_consent_is_answered_with_a_receipt(world: World) -> None:
    """The receipt names what was recorded, under which notice and law, and the text's hash."""
    notice = world.send("GET", "/v1/notices/current?region=DE&locale=de", key=None).json()
    said = {"userId": "u-1", "statements": {PURPOSE: "grant"}, "region": "DE", "locale": "de"}

    receipt = world.post("/v1/consent", {**said, "notice": f"{notice['id']}@1"}).json()

    plain = {"record", "statements", "notice", "hash", "regime", "recordedAt"}
    assert set(receipt) == plain | {"signed"}
    assert (receipt["notice"], receipt["hash"]) == (NOTICE, notice["hash"])
    assert receipt["regime"] == notice["regime"] == "EU-GDPR"
    assert [(s["purpose"], s["statement"]) for s in receipt["statements"]] == [(PURPOSE, "grant")]


def test_the_standing_is_the_last_word(world: World) -> None:
    """After a grant and a withdrawal the standing says withdrawn."""
    world.grant(PURPOSE, anonymousId="a")
    world.post("/v1/consent", {"anonymousId": "a", "statements": {PURPOSE: "withdraw"}})

    said = world.send("GET", "/v1/consent?anonymousId=a").json()["purposes"]

    assert {one["purpose"]: one["said"] for one in said}[PURPOSE] == "withdraw"


def test_a_notice_comes_in_the_language_and_law_of_the_place(world: World) -> None:
    """The notice is public, says what holds where, and names every purpose it covers."""
    german = world.send("GET", "/v1/notices/current?region=DE&locale=de", key=None).json()
    american = world.send("GET", "/v1/notices/current?region=US-CA", key=None).json()

    assert (german["locale"], american["locale"]) == ("de", "en")
    assert {p["default"] for p in german["purposes"]} == {"always", "off"}
    assert "on" in {p["default"] for p in american["purposes"]}


@pytest.mark.parametrize(
    "wrong",
    [
        {"statements": {PURPOSE: "deny"}},
        {"userId": "u-1"},
        {"userId": "u-1", "statements": {}},
        {"userId": "u-1", "statements": {"world_domination": "deny"}},
        {"userId": "u-1", "statements": {PURPOSE: "perhaps"}},
        {"userId": "u-1", "statements": {PURPOSE: "grant"}},
        {"userId": "u-1", "statements": {PURPOSE: "grant"}, "notice": "privacy@99"},
        {"userId": "u-1", "statements": {PURPOSE: 1}},
        {"userId": "", "statements": {PURPOSE: "deny"}},
        {"userId": "u\0", "statements": {PURPOSE: "deny"}},
        {"userId": "u-1", "statements": {PURPOSE: "deny"}, "source": "x" * 65},
        {"userId": "u-1", "statements": {PURPOSE: "deny"}, "locale": "e\nn"},
    ],
)
def test_a_wrong_consent_records_nothing(quiet: World, wrong: object) -> None:
    """What cannot stand is answered 400, and leaves no statement behind."""
    assert is_problem(quiet.post("/v1/consent", wrong), 400)
    assert not [name for name, _ in quiet.opened.shop.totals() if name == "statement"]


def test_the_shop_sees_corrects_and_erases(world: World) -> None:
    """With the secret key a subject is shown, corrected and erased; then there is nobody."""
    world.grant(PURPOSE, userId="u-1")
    world.post("/v1/track", viewed())
    assert world.known_about("u-1")["events"]

    path = "/v1/subjects/u-1"
    corrected = world.send("PATCH", path, body={"traits": {"country": "DE"}}, key="secret")
    erased = world.send("DELETE", path, key="secret")

    country = corrected.json()["traits"]["country"]
    assert (country["value"], country["origin"], country["source"]) == ("DE", "officer", "api")
    assert (erased.status_code, erased.json()["erased"]) == (200, True)
    for method in ("GET", "PATCH", "DELETE"):
        answer = world.send(method, path, body={"restricted": True}, key="secret")
        assert is_problem(answer, 404)


def test_a_restriction_can_be_set_and_lifted(world: World) -> None:
    """While restricted nothing is decided from the data; lifted, everything is as before."""
    world.grant(PURPOSE, userId="u-1")

    for restricted, level in ((True, "none"), (False, "individual")):
        body = {"restricted": restricted}
        known = world.send("PATCH", "/v1/subjects/u-1", body=body, key="secret").json()
        assert known["restricted"] is restricted
        ask = {"slot": "for-you", "userId": "u-1"}
        assert world.post("/v1/decide", ask).json()["level"] == level


def test_a_signed_link_speaks_for_its_subject_only(world: World) -> None:
    """The link opens the subject's own data, and nobody else's."""
    for name in ("u-1", "u-2"):
        world.grant(PURPOSE, userId=name)
    token = world.opened.links.sign("u-1")

    assert world.send("GET", f"/v1/subjects/u-1?token={token}", key=None).status_code == 200
    assert is_problem(world.send("GET", f"/v1/subjects/u-2?token={token}", key=None), 403)
    assert is_problem(world.send("GET", "/v1/subjects/u-1?token=made-up", key=None), 401)


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_write_key_can_never_read_a_person(world: World, method: str) -> None:
    """The public key opens nobody's data, whether they are known or not."""
    world.grant(PURPOSE, userId="u-1")

    for name in ("u-1", "nobody"):
        path = f"/v1/subjects/{name}"
        assert is_problem(world.send(method, path, body={}), 403)
        assert is_problem(world.send(method, path, body={}, key=None), 401)
    assert world.known_about("u-1")["statements"]


def test_who_corrects_is_kept(world: World) -> None:
    """A signed link is the subject's own word; a correction can be taken back again."""
    world.grant(PURPOSE, userId="u-1")
    path = f"/v1/subjects/u-1?token={world.opened.links.sign('u-1')}"

    said = world.send("PATCH", path, body={"traits": {"name": "U"}}, key=None).json()["traits"]
    assert (said["name"]["value"], said["name"]["origin"]) == ("U", "subject")
    left = world.send("PATCH", path, body={"observeAgain": ["name"]}, key=None).json()["traits"]
    assert left == {}


def test_features_come_with_their_explanation(world: World) -> None:
    """What is computed is shown with its purpose and in words, to the subject and the shop."""
    world.grant(PURPOSE, userId="u-1")
    world.post("/v1/track", viewed("mug", event="Product Added"))
    token = world.opened.links.sign("u-1")
    known = world.send("GET", f"/v1/subjects/u-1?token={token}", key=None).json()

    said = {feature["feature"]: feature for feature in known["features"]}
    assert said["cart"]["value"] == [{"item": "mug", "quantity": 1}]
    assert said["cart"]["purpose"] == PURPOSE
    assert "since the last order" in said["cart"]["explanation"]


def test_the_officer_finds_by_exact_identifier(world: World) -> None:
    """One whole identifier finds one subject; a part of it, another kind, or nobody: 404."""
    world.grant(PURPOSE, userId="u-1")
    world.grant(PURPOSE, anonymousId="browser 1")

    for query in ("userId=u-1", "anonymousId=browser%201"):
        found = world.send("GET", f"/v1/subjects?{query}", key="secret")
        assert found.status_code == 200
        kind, _, value = query.partition("=")
        assert found.json()["identifiers"] == [{"kind": kind, "value": value.replace("%20", " ")}]
        assert "answer-request" in {use["activity"] for use in found.json()["uses"]}
    for query in ("userId=u-", "userId=U-1", "anonymousId=u-1", "email=u-1", "userId=*"):
        assert is_problem(world.send("GET", f"/v1/subjects?{query}", key="secret"), 404)


def test_there_is_no_list_of_subjects(world: World) -> None:
    """Without an identifier, with two, or with an empty one nobody is looked up."""
    world.grant(PURPOSE, userId="u-1")

    for query in ("", "?userId=", "?userId=u-1&email=a", "?limit=10", "?name=Ada"):
        assert is_problem(world.send("GET", f"/v1/subjects{query}", key="secret"), 400)
    for key, status in (("public", 403), (None, 401)):
        assert is_problem(world.send("GET", "/v1/subjects?userId=u-1", key=key), status)
        assert is_problem(world.send("GET", "/v1/subjects?userId=nobody", key=key), status)


WRONG = [
    {},
    {"traits": {"shoe": 9}},
    {"traits": {"name": ["no", "text"]}},
    {"traits": {"name": "x" * 1_001}},
    {"traits": 7},
    {"observeAgain": "name"},
    {"restricted": 1},
]


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_correction_changes_nothing(world: World, wrong: object) -> None:
    """What cannot be set is answered 400, and the rest stays."""
    world.grant(PURPOSE, userId="u-1")

    assert is_problem(world.send("PATCH", "/v1/subjects/u-1", body=wrong, key="secret"), 400)
    assert world.known_about("u-1")["traits"] == {}


def test_an_id_may_hold_what_addresses_escape(world: World) -> None:
    """A subject is found by an id with spaces, accents, slashes and per cent signs."""
    for name in ("zoë b@example.com", "tenant/7", "100%2F", "a?b#c"):
        world.grant(PURPOSE, userId=name)

        found = world.known_about(quote(name, safe=""))

        assert [one["value"] for one in found["identifiers"]] == [name]

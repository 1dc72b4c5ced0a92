"""What proves a consent, over HTTP: history, uses, dealings, and who may say what for whom."""

from __future__ import annotations

from web_worlds import World

GRANT = {"userId": "ada", "statements": {"measurement": "grant"}, "notice": "privacy@1"}


def test_the_history_of_a_subject_is_theirs_and_the_shop_s(world: World) -> None:
    """Everything said, with notice, hash, interface and record; nothing for the write key."""
    world.post("/v1/consent", GRANT | {"region": "DE", "ui": "banner 3.1", "locale": "de"})

    (said,) = world.send("GET", "/v1/subjects/ada/statements", key="secret").json()["statements"]

    assert (said["purpose"], said["statement"], said["notice"]) == (
        "measurement",
        "grant",
        "privacy@1",
    )
    assert (said["ui"], said["locale"], said["by"], said["regime"]) == (
        "banner 3.1",
        "de",
        "subject",
        "EU-GDPR",
    )
    assert len(said["noticeHash"]) == 64
    for path in ("statements", "uses", "receipts"):
        assert world.send("GET", f"/v1/subjects/ada/{path}").status_code == 403


def test_uses_name_their_purpose(world: World) -> None:
    """What the data was used for, by day and activity, in the words of the register."""
    world.post("/v1/consent", GRANT | {"region": "DE"})

    uses = world.send("GET", "/v1/subjects/ada/uses", key="secret").json()["uses"]

    assert {use["activity"]: use["purpose"] for use in uses}["record-statement"] == "necessary"
    assert all(use["count"] > 0 and use["title"] for use in uses)


def test_only_the_shop_says_that_a_parent_spoke(world: World) -> None:
    """It has to have checked who (Art. 8(2)): a page cannot say so."""
    refused = world.post("/v1/consent", GRANT | {"by": "parent"})
    taken = world.send("POST", "/v1/consent", body=GRANT | {"by": "parent"}, key="secret")
    unknown = world.send("POST", "/v1/consent", body=GRANT | {"by": "neighbour"}, key="secret")

    assert (refused.status_code, taken.status_code, unknown.status_code) == (403, 200, 400)
    assert "secret key" in refused.json()["detail"]
    assert "unknown speaker" in unknown.json()["detail"]


def test_only_the_shop_tells_of_dealings(world: World) -> None:
    """A consent follows from one, where the law draws it: not from what anybody can send."""
    told = {"userId": "ada", "kind": "purchase", "optOutOffered": True, "region": "DE"}

    assert world.post("/v1/relationships", told).status_code == 403
    assert world.send("POST", "/v1/relationships", body=told, key="secret").json() == {
        "recorded": True
    }
    purposes = world.send("GET", "/v1/consent?userId=ada").json()["purposes"]
    assert {p["purpose"]: p["on"] for p in purposes}["email_marketing"]
    assert (
        world.send("POST", "/v1/relationships", body=told | {"kind": "gift"}, key="secret")
        .json()["detail"]
        .startswith("unknown kind 'gift'")
    )


def test_a_residence_must_exist(world: World) -> None:
    """Nothing is guessed, and nothing is stored half."""
    world.post("/v1/consent", GRANT | {"region": "DE"})

    wrong = world.send("PATCH", "/v1/subjects/ada", body={"residence": "ZZ"}, key="secret")
    right = world.send("PATCH", "/v1/subjects/ada", body={"residence": "US-CA"}, key="secret")

    assert wrong.status_code == 400
    assert "no region ZZ" in wrong.json()["detail"]
    assert right.json()["residence"] == "US-CA"


def test_after_a_no_in_california_nobody_is_asked_for_a_year(world: World) -> None:
    """Civ. Code 1798.135(c)(4): the answer says from when."""
    world.post("/v1/consent", GRANT | {"region": "US-CA"})
    world.send("PATCH", "/v1/subjects/ada", body={"residence": "US-CA"}, key="secret")
    world.post("/v1/consent", {"userId": "ada", "statements": {"advertising": "deny"}})

    purposes = world.send("GET", "/v1/consent?userId=ada").json()["purposes"]
    ads = next(p for p in purposes if p["purpose"] == "advertising")

    assert (ads["on"], ads["whyNot"], ads["ask"]) == (False, "no_denial", False)
    assert int(ads["askFrom"][:4]) == int(ads["at"][:4]) + 1

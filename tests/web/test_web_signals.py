"""Consent strings over HTTP: taken as signals, recorded on purpose, and handed out."""

from __future__ import annotations

import pytest
from web_worlds import World, viewed

GLOBAL_SCOPE = "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA"
UNDISCLOSED = "CQgcD4AQgcD4AEsAAAENCUFgAAAAAAAAAAAAAAAAAAAA"
"""The core of a string of the reference implementation, without the vendors behind it."""


def test_a_platform_s_no_is_recorded(world: World) -> None:
    """`signals` stands in place of statements; the receipt says what became of it."""
    body = {
        "userId": "ada",
        "region": "DE",
        "signals": {"categoryPreferences": {"Analytics": False}},
    }

    answer = world.post("/v1/consent", body)

    assert answer.status_code == 200
    assert [(s["purpose"], s["statement"]) for s in answer.json()["statements"]] == [
        ("measurement", "deny")
    ]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"signals": {"tcf": GLOBAL_SCOPE}}, "signals: tcf: it is of global scope"),
        ({"signals": {"tcf": UNDISCLOSED}}, "it does not say which vendors were disclosed"),
        ({"signals": {"tcf": UNDISCLOSED[:20]}}, "is cut off: pass the whole string"),
        ({"signals": {"tcf": "B" + UNDISCLOSED[1:]}}, "must be of version 2, not 1"),
        ({"signals": {"tcf": "C" * 20_000}}, "may have at most 16384 characters"),
        ({"signals": {"gpp": "DBABrw~"}}, "signals: gpp: "),
        ({"signals": {"tcf": 7}}, "signals: tcf: must be a text"),
        ({"signals": {"categoryPreferences": ["Ads"]}}, "must be true or false by category"),
        ({"signals": {"categoryPreferences": {"Ads": "no"}}}, "must be true or false by category"),
        ({"signals": {"tfc": "x"}}, "signals say nothing that can be recorded"),
        ({"signals": {"gpp": "x"}, "statements": {"advertising": "deny"}}, "stand alone"),
        ({"signals": {"gpp": "x"}, "notice": "privacy@1"}, "stand alone"),
        ({"signals": {"categoryPreferences": {"Analytics": False}}, "by": "parent"}, "secret key"),
        ({}, "statements is empty"),
    ],
)
def test_what_does_not_count_is_refused(world: World, body: dict[str, object], told: str) -> None:
    """A clear answer, nothing guessed, and nothing stored half."""
    answer = world.post("/v1/consent", {"userId": "ada", "region": "DE"} | body)

    assert answer.status_code == (403 if "by" in body else 400)
    assert told in answer.json()["detail"]
    assert world.send("GET", "/v1/subjects/ada", key="secret").status_code == 404


def test_the_state_for_other_tags(world: World) -> None:
    """Denied before a choice in Germany; California's string with the browser's signal in it."""
    german = world.send("GET", "/v1/consent/signals?anonymousId=x&region=DE").json()
    californian = world.send("GET", "/v1/consent/signals?anonymousId=x&region=US-CA").json()

    assert german["googleConsentMode"]["ad_storage"] == "denied"
    assert german["whyDenied"]["ad_storage"] == "consent_when_needed"
    assert (german["gpp"], german["tcf"]) == (None, None)
    assert californian["googleConsentMode"]["ad_storage"] == "granted"
    assert californian["gpp"].startswith("DB")


def test_the_notice_brings_the_state_before_a_choice(world: World) -> None:
    """Everything that is asked for is denied until then."""
    shown = world.send("GET", "/v1/notices/current?region=DE").json()

    denied = {kind for kind, state in shown["googleConsentMode"].items() if state == "denied"}
    assert denied >= {"ad_storage", "ad_user_data", "ad_personalization", "analytics_storage"}


def test_a_decision_heeds_a_consent_string(world: World) -> None:
    """A no in `context.consent` is a refusal by its own rule."""
    no = {"categoryPreferences": {"Personalization": False, "Functional": False}}
    question = {"slot": "for-you", "anonymousId": "x", "session": ["mug"]}
    around = {"region": "US-VA"}

    open_to_it = world.post("/v1/decide", question | {"context": around}).json()
    denied = world.post("/v1/decide", question | {"context": around | {"consent": no}}).json()

    assert open_to_it["level"] != "none"
    assert {r["rule"] for r in denied["refused"]} == {"no_denying_signal"}
    assert denied["level"] == "none"


@pytest.mark.parametrize("junk", ["nonsense", 7, [], {"a": {}}, None])
def test_junk_in_a_decision_or_a_call_holds_nothing_up(world: World, junk: object) -> None:
    """No page breaks because of a consent platform."""
    consent = {"tcf": junk, "gpp": junk, "categoryPreferences": junk}
    around = {"region": "US-VA", "consent": consent}

    decided = world.post("/v1/decide", {"slot": "for-you", "userId": "u-1", "context": around})
    taken = world.post("/v1/track", viewed(context=around))

    assert (decided.status_code, taken.status_code) == (200, 200)
    assert world.kept() == 1


@pytest.mark.parametrize("shape", ["text", 7, [], None])
def test_a_consent_of_another_shape_holds_nothing_up(world: World, shape: object) -> None:
    """It says nothing, and the page gets its answer."""
    around = {"region": "US-VA", "consent": shape}

    taken = world.post("/v1/track", viewed(context=around))
    decided = world.post("/v1/decide", {"slot": "for-you", "context": around})

    assert (taken.status_code, decided.status_code) == (200, 200)
    assert world.kept() == 1


def test_a_call_s_no_is_kept_to(world: World) -> None:
    """`context.consent.categoryPreferences`, as the clients of Segment and Jitsu send it."""
    no = dict.fromkeys(["Analytics", "Personalization", "Functional"], False)
    around = {"region": "US-VA", "consent": {"categoryPreferences": no}}

    for path in ("/v1/track", "/api/s/track"):
        assert world.post(path, viewed(context=around)).status_code == 200

    assert world.kept() == 0


def test_a_browser_with_a_signal_is_denied_before_a_choice(world: World) -> None:
    """Where Global Privacy Control binds, the state before a choice says so."""
    path, gpc = "/v1/notices/current?region=US-CA", {"sec-gpc": "1"}

    plain = world.send("GET", path).json()["googleConsentMode"]
    signalled = world.send("GET", path, headers=gpc).json()["googleConsentMode"]

    assert (plain["ad_storage"], signalled["ad_storage"]) == ("granted", "denied")


def test_signals_of_somebody_need_a_key(world: World) -> None:
    """They tell what somebody chose: not for everybody."""
    assert world.send("GET", "/v1/consent/signals?userId=u-1", key=None).status_code == 401


def test_what_the_browser_refuses_is_off(world: World) -> None:
    """A stranger's no is told along, and takes away only; unknown names are passed over."""
    path = "/v1/consent/signals?region=US-CA"
    refused = world.send("GET", f"{path}&refused=advertising,,dolphins").json()

    assert world.send("GET", path).json()["googleConsentMode"]["ad_storage"] == "granted"
    assert refused["googleConsentMode"]["ad_storage"] == "denied"
    assert refused["googleConsentMode"]["security_storage"] == "granted"
    assert refused["whyDenied"]["ad_storage"] == "no_denying_signal"

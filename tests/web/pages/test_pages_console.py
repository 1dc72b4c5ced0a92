"""The console: open to whoever may see it, and only ever about totals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient
from page_worlds import ADA, EVALUATION, HERE, Reader, browser, look_at

from tactful.assembly import Opened
from tactful.web.pages.console_key import COOKIE


@pytest.fixture
def guarded(real: Opened) -> Iterator[TestClient[Any]]:
    """Return a browser on the machine of a shop that is no demonstration."""
    with browser(real) as client:
        yield client


def closed(client: TestClient[Any], **headers: str) -> bool:
    """Tell whether the console asks for the key."""
    page = Reader(client.get("/console", headers=headers))
    return any(form.action == "/console/session" for form in page.forms)


def test_a_demonstration_is_open_at_home(client: TestClient[Any]) -> None:
    """On the machine that serves a demonstration no key is needed."""
    assert not closed(client)
    assert not closed(client, host="localhost:8787")


@pytest.mark.parametrize(
    "headers",
    [
        {"x-forwarded-for": "203.0.113.7"},
        {"forwarded": "for=203.0.113.7"},
        {"host": "shop.example.com"},
    ],
)
def test_a_demonstration_is_closed_to_what_only_seems_near(
    client: TestClient[Any], headers: dict[str, str]
) -> None:
    """Forwarded requests, and other names pointed at this machine, need the key."""
    assert closed(client, **headers)


@pytest.mark.parametrize("address", ["203.0.113.7", "10.0.0.2", "::ffff:203.0.113.7"])
def test_a_demonstration_is_closed_from_afar(opened: Opened, address: str) -> None:
    """From any other machine the key is needed."""
    with browser(opened, client=address) as client:
        assert closed(client)


def test_a_real_shop_asks_for_its_key(guarded: TestClient[Any], secret_key: str) -> None:
    """Only the secret key opens it; the cookie it gives is for this path, and for a few hours."""
    assert closed(guarded)
    wrong = guarded.post("/console/session", data={"key": "sk_wrong"})
    assert wrong.status_code == 403
    assert "This is not the secret key" in Reader(wrong).text
    assert "set-cookie" not in wrong.headers

    right = guarded.post("/console/session", data={"key": secret_key})

    cookie = right.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=strict", "path=/console", "max-age=14400"):
        assert part in cookie
    assert not closed(guarded)
    guarded.post("/console/session/end")
    assert closed(guarded)


@pytest.mark.parametrize("secret", ["link", "write key", "made up"])
def test_nothing_else_opens_it(guarded: TestClient[Any], real: Opened, secret: str) -> None:
    """Neither a subject's link, nor the public key, nor a made-up cookie passes for the key."""
    value = {
        "link": real.links.sign("console"),
        "write key": real.access.write_key,
        "made up": "ImNvbnNvbGUi.aaaaaa.bbbbbbbbbbbb",
    }[secret]

    assert guarded.post("/console/session", data={"key": value}).status_code == 403
    assert closed(guarded, cookie=f"{COOKIE}={value}")


def test_a_session_ends_by_itself(
    guarded: TestClient[Any], secret_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cookie that is older than a few hours opens nothing, whatever the browser does with it."""
    given = guarded.post("/console/session", data={"key": secret_key}).cookies[COOKIE]
    assert not closed(guarded, cookie=f"{COOKIE}={given}")

    monkeypatch.setattr("tactful.web.pages.console_key.SESSION_SECONDS", -1)

    assert closed(guarded, cookie=f"{COOKIE}={given}")


def test_the_figures_are_those_of_the_engine(client: TestClient[Any], opened: Opened) -> None:
    """Events kept and refused, decisions, statements and subjects stand there as counted."""
    look_at(opened.shop, ADA, "kettle", "mug")
    totals = opened.shop.totals()

    page = Reader(client.get("/console"))

    kept, refused = totals["events", "kept"], totals["events", "refused"]
    assert f"Events {kept} {refused}" in page.text
    assert refused == 2
    assert "no purpose is allowed 2" in page.text
    assert "Counting what works 18" in page.text
    assert "Train the models that recommend 6 0" in page.text
    assert "Suggestions from this visit 6 0 0 0" in page.text
    assert "No yes that counts, where one is needed" in page.text
    assert "until the policy has an answer" not in page.text


def test_a_gap_is_shown(client: TestClient[Any], opened: Opened) -> None:
    """What was asked for but is not configured comes before the operator's eyes."""
    from tactful.gate import Visit

    assert "No gaps" in Reader(client.get("/console/privacy")).text
    opened.shop.door.ask("fly-to-the-moon", Visit(), opened.shop.now())

    assert "1 gap is refused" in Reader(client.get("/console")).text
    assert "fly-to-the-moon" in Reader(client.get("/console/privacy")).text


@pytest.mark.parametrize("path", ["/console", "/console/privacy"])
def test_nobody_is_named(client: TestClient[Any], opened: Opened, path: str) -> None:
    """No id of a subject stands on the page, in words or in an address."""
    look_at(opened.shop, ADA, "kettle")
    page = client.get(path)

    assert "friend-" not in page.text
    assert ADA not in Reader(page).text.split()


def test_each_level_is_shown_as_measured(client: TestClient[Any], opened: Opened) -> None:
    """Without an evaluation the page says how to get one; with it, it shows hit rates as bars."""
    assert "tactful evaluate" in Reader(client.get("/console")).text
    (opened.folder / "evaluation.json").write_text("nonsense", encoding="utf-8")
    assert "tactful evaluate" in Reader(client.get("/console")).text
    (opened.folder / "evaluation.json").write_text(json.dumps(EVALUATION), encoding="utf-8")

    page = Reader(client.get("/console"))

    assert "1,234 visits held out since 2026-02-01" in page.text
    assert "My own history 0.400 0.200 0.300" in page.text
    bars = {e.attributes["class"]: e.attributes for e in page.elements if e.tag == "rect"}
    assert bars["bar-individual"]["width"] == "100.0"
    assert bars["bar-none"]["width"] == "25.0"


def test_the_tests_speak_from_this_machine() -> None:
    """The address that stands for this machine is one that never leaves it."""
    assert HERE.startswith("127.")

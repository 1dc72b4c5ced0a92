"""Signed links over HTTP: the shop's backend gets them, and old ones take nothing away."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from web_worlds import World, is_problem

PATH = "/v1/subjects/{}/links"


def test_the_backend_gets_a_link(world: World) -> None:
    """With the secret key a link is answered that speaks for the subject, until it ends."""
    answer = world.send("POST", PATH.format("u%2F1"), key="secret")

    assert answer.status_code == 200
    said = answer.json()
    parts = urlsplit(said["link"])
    assert (parts.netloc, parts.path) == ("127.0.0.1:8787", "/me")
    assert parse_qs(parts.query) == {"token": [said["token"]]}
    assert world.opened.links.read(said["token"]) == "u/1"
    assert said["until"].endswith("Z")


def test_nobody_else_gets_one(world: World) -> None:
    """Neither the write key nor a link makes a link."""
    token = world.opened.links.sign("u-1")

    assert is_problem(world.send("POST", PATH.format("u-1")), 403)
    assert is_problem(world.send("POST", PATH.format("u-1"), key=None), 401)
    answer = world.send("POST", f"{PATH.format('u-1')}?token={token}", key=None)
    assert is_problem(answer, 401)


def test_an_old_link_takes_nothing_away(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """To see everything at once or to erase it a link must be of the last ten minutes."""
    world.grant("individual_personalization", userId="u-1")
    path = f"/v1/subjects/u-1?token={world.opened.links.sign('u-1')}"
    assert world.send("GET", path, key=None).status_code == 200
    monkeypatch.setattr(type(world.opened.links), "age", lambda *_: timedelta(minutes=11))

    assert is_problem(world.send("GET", path, key=None), 403)
    assert is_problem(world.send("DELETE", path, key=None), 403)
    receipts = path.replace("u-1?", "u-1/receipts?")
    assert world.send("GET", receipts, key=None).status_code == 200
    assert world.known_about("u-1")

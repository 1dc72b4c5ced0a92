"""Traits and features on the pages: shown with where they come from, set right, looked up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient
from page_worlds import ADA, Reader, agree, browser, look_at

from tactful.assembly import Opened
from tactful.web.pages.console_key import COOKIE


@pytest.fixture
def mine(opened: Opened) -> str:
    """Let a page tell Ada's language and what she looked at; return her token."""
    agree(opened.shop, ADA)
    look_at(opened.shop, ADA, "kettle")
    told = {"type": "identify", "userId": ADA, "traits": {"language": "fr"}}
    opened.shop.collect([told], source="web")
    return opened.links.sign(ADA)


def language(opened: Opened) -> Any:
    """Return what is known of Ada's language, None where it is nothing at all."""
    traits: Any = opened.shop.subject(ADA).export()["traits"]
    return traits.get("language")


def test_my_page_says_where_it_all_comes_from(client: TestClient[Any], mine: str) -> None:
    """Traits with source and purposes, and what was computed with how, stand on the page."""
    page = Reader(client.get(f"/me?token={mine}"))

    for words in ("language", "fr", "Told by a page or the shop (web)", "Interests", "Kitchen"):
        assert words in page.text
    assert "How it is computed: a look at a product counts 1" in page.text


def test_i_set_right_what_is_wrong(client: TestClient[Any], opened: Opened, mine: str) -> None:
    """Saving, removing and allowing again each do what they say, and the page confirms it."""
    steps = (
        ({"do": "set", "value": " eo "}, ("eo", "subject", "preference centre")),
        ({"do": "set", "value": ""}, (None, "subject", "preference centre")),
        ({"do": "set", "value": "de"}, ("de", "subject", "preference centre")),
        ({"do": "remove", "value": "de"}, (None, "subject", "preference centre")),
    )
    token = Reader(client.get(f"/me?token={mine}")).form("/me/level").fields["csrf"]
    for form, expected in steps:
        answer = client.post("/me/trait", data={"csrf": token, "name": "language", **form})
        assert "Done." in client.get(answer.headers["location"]).text
        trait = language(opened)
        assert (trait["value"], trait["origin"], trait["source"]) == expected
    assert "nothing, as asked" in Reader(client.get("/me")).text
    client.post("/me/trait", data={"csrf": token, "name": "language", "do": "observe"})
    assert language(opened) is None


@pytest.mark.parametrize(
    "form",
    [
        {"name": "language", "do": "guess", "value": "x"},
        {"name": "shoe", "do": "set", "value": "9"},
        {"name": "language"},
        {},
    ],
    ids=["a wrong word", "a wrong trait", "no word", "nothing"],
)
def test_what_cannot_be_set_changes_nothing(
    client: TestClient[Any], opened: Opened, mine: str, form: dict[str, str]
) -> None:
    """A form of another make, or without its token, leaves everything as it is."""
    token = Reader(client.get(f"/me?token={mine}")).form("/me/level").fields["csrf"]
    assert client.post("/me/trait", data={"csrf": token, **form}).status_code == 400
    assert client.post("/me/trait", data={"csrf": token + "x", **form}).status_code == 403
    assert language(opened)["value"] == "fr"


@pytest.fixture
def guarded(real: Opened) -> Iterator[TestClient[Any]]:
    """Return a browser on the machine of a shop that is no demonstration."""
    with browser(real) as client:
        yield client


def test_the_officer_looks_somebody_up(client: TestClient[Any], opened: Opened, mine: str) -> None:
    """A whole identifier shows one profile, in a form and not in an address, and is counted."""
    assert mine
    empty = Reader(client.get("/console/subject"))
    assert "Look somebody up" in empty.text
    found = client.post("/console/subject", data={"kind": "userId", "value": ADA})
    page = Reader(found)

    for words in (ADA, "fr", "Observed (web)", "Interests", "Law applied"):
        assert words in page.text
    uses = opened.shop.subject(ADA).uses()
    assert any(activity == "answer-request" for activity, _ in uses)


def test_nobody_else_is_found(client: TestClient[Any], mine: str) -> None:
    """A part of an identifier, or another kind, finds nobody; an unknown kind is a mistake."""
    assert mine
    for kind, value in (("userId", "ad"), ("email", ADA)):
        answer = client.post("/console/subject", data={"kind": kind, "value": value})
        assert answer.status_code == 404
        assert "Nobody is known by exactly this identifier" in answer.text
    for form in ({"kind": "name", "value": ADA}, {"kind": "userId", "value": " "}, {}):
        assert client.post("/console/subject", data=form).status_code == 400


def test_looking_up_needs_the_key(guarded: TestClient[Any], real: Opened, secret_key: str) -> None:
    """In a real shop the console's key opens it, and nothing else."""
    agree(real.shop, ADA)
    form = {"kind": "userId", "value": ADA}
    assert guarded.get("/console/subject").headers["location"] == "/console"
    assert guarded.post("/console/subject", data=form).headers["location"] == "/console"
    cookie = guarded.post("/console/session", data={"key": secret_key}).cookies[COOKIE]
    guarded.cookies.set(COOKIE, cookie, path="/console")
    assert guarded.post("/console/subject", data=form).status_code == 200

"""The officer's work list and the subject's own requests, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import TestClient
from page_worlds import ADA, Reader, agree, browser, send

from tactful.assembly import Opened
from tactful.shop import Asking
from tactful.terms import Identifier, IdentifierKind, RequestKind
from tactful.web.pages.console_key import COOKIE


@pytest.fixture
def mine(opened: Opened) -> str:
    """Let Ada live in Germany; return her token."""
    agree(opened.shop, ADA)
    opened.shop.subject(ADA).settle("DE")
    return opened.links.sign(ADA)


@pytest.fixture
def asked(opened: Opened, mine: str) -> str:
    """Let somebody ask for Ada's data who was not verified; return the request's number."""
    assert mine
    ada = Identifier(IdentifierKind.USER_ID, ADA)
    asking = Asking(kind=RequestKind.ACCESS, identifier=ada, note="<b>everything</b>")
    return opened.shop.requests.open(asking).id


@pytest.fixture
def stranger(real: Opened) -> Iterator[TestClient[Any]]:
    """Return a browser elsewhere, at a shop that is no demonstration."""
    with browser(real, client="203.0.113.9") as found:
        yield found


def test_i_ask_and_see_how_far_it_is(client: TestClient[Any], opened: Opened, mine: str) -> None:
    """A copy is ready at once; a correction in words has a day by which it is answered."""
    form = Reader(client.get(f"/me/requests?token={mine}")).form("/me/requests")
    page = Reader(send(client, form, kind="access"))
    assert "We have your request" in page.text
    copy = next(link for link in page.links() if "/package" in link)
    assert client.get(copy).json()["identifiers"]
    page = Reader(send(client, form, kind="rectification", note="my name is <i>Ada</i>"))
    assert "my name is <i>Ada</i>" in page.text
    assert "days left" in page.text
    assert "you have an answer by" in page.text
    assert len(opened.shop.requests.due()) == 1


def test_i_object_and_it_holds_at_once(client: TestClient[Any], mine: str) -> None:
    """The page of purposes says so, too."""
    form = Reader(client.get(f"/me/requests?token={mine}")).form("/me/requests")
    assert "done" in Reader(send(client, form, kind="restriction")).text
    assert "You asked to stop all use of your data" in Reader(client.get(f"/me?token={mine}")).text


def test_i_cannot_see_what_is_not_mine(client: TestClient[Any], opened: Opened, asked: str) -> None:
    """Another subject's request looks like none; who is not signed in sees no page at all."""
    assert client.get("/me/requests", follow_redirects=False).headers["location"] == "/me/sign-in"
    agree(opened.shop, "bob")
    signed = client.get(f"/me/requests?token={opened.links.sign('bob')}")
    bob = {"csrf": Reader(signed).form("/me/requests").fields["csrf"]}
    assert client.post("/me/requests", data={**bob, "kind": "access"}).status_code == 303
    for number in (asked, "nothing"):
        answer = client.get(f"/me/requests/{number}/package")
        assert (answer.status_code, "You have no such request" in answer.text) == (404, True)
        appeal = client.post(f"/me/requests/{number}/appeal", data=bob)
        assert appeal.status_code == 404
    bad = client.post("/me/requests", data={**bob, "kind": "revenge"})
    empty = client.post("/me/requests", data={**bob, "kind": "rectification"})
    assert (bad.status_code, empty.status_code) == (400, 400)


def test_the_officer_answers_from_list_to_copy(
    client: TestClient[Any], opened: Opened, asked: str
) -> None:
    """The list names nobody; buttons verify, and the copy can be taken."""
    listed = Reader(client.get("/console/requests"))
    assert "days left" in listed.text
    assert ADA not in listed.text
    here = f"/console/requests/{asked}"
    assert here in listed.links()
    page = Reader(client.get(here))
    assert "<b>everything</b>" in page.text
    assert page.forms
    for do, says in (("pause", "stands still"), ("resume", "days left"), ("extend", "more time")):
        told = client.post(here, data={"do": do, "reason": "identity"})
        assert told.status_code == 303, told.text
        assert says in Reader(client.get(here)).text
    assert client.post(here, data={"do": "verify", "note": "passport"}).status_code == 303
    done = Reader(client.get(here))
    assert "answered" in done.text
    assert client.get(f"{here}/package").json()["identifiers"]
    assert opened.shop.requests.due() == ()


def test_the_officer_refuses_with_a_reason(
    client: TestClient[Any], opened: Opened, asked: str
) -> None:
    """One of the law's; what makes no sense is a page that says so."""
    here = f"/console/requests/{asked}"
    assert client.post(here, data={"do": "approve"}).status_code == 400
    assert client.post(here, data={"do": "dance"}).status_code == 400
    assert client.post(here, data={"do": "refuse", "reason": "mood"}).status_code == 400
    assert client.post(here, data={"do": "refuse", "reason": "unfounded"}).status_code == 303
    assert "unfounded" in Reader(client.get(here)).text
    assert opened.shop.requests.find(asked).state == "refused"
    assert client.get("/console/requests/nothing").status_code == 404


def test_only_the_officer_sees_requests(stranger: TestClient[Any], secret_key: str) -> None:
    """Whoever has no key is led to the sign-in, and can do nothing."""
    for path in ("/console/requests", "/console/requests/nothing"):
        assert stranger.get(path).headers["location"] == "/console"
    assert stranger.post("/console/requests/nothing", data={"do": "run"}).status_code == 303
    signed = stranger.post("/console/session", data={"key": secret_key})
    stranger.cookies.set(COOKIE, signed.cookies[COOKIE])
    assert "Nothing waits for an answer" in stranger.get("/console/requests").text

"""The preference centre: a signed link shows, changes, hands out and erases what is known."""

from __future__ import annotations

import json
from typing import Any

import pytest
from litestar.testing import TestClient
from page_worlds import ADA, Reader, agree, browser, look_at, send

from tactful.assembly import Opened
from tactful.shop import Who
from tactful.terms import NotFound


@pytest.fixture
def mine(opened: Opened) -> str:
    """Let Ada say yes and look at a kettle; return the address of her page."""
    agree(opened.shop, ADA)
    look_at(opened.shop, ADA, "kettle")
    return f"/me?token={opened.links.sign(ADA)}"


def said(opened: Opened, purpose: str) -> str | None:
    """Return Ada's last word on *purpose*."""
    standing = opened.shop.standing(Who(user_id=ADA))
    return next(answer.said for answer in standing if answer.purpose == purpose)


@pytest.mark.parametrize("token", ["", "old", "InZpc2l0b3Ii.aaaaaa.bbbbbbbb", "%00"])
@pytest.mark.parametrize("path", ["/me", "/me/export", "/me/erasure"])
def test_a_wrong_link_opens_nothing(client: TestClient[Any], path: str, token: str) -> None:
    """Without a token that this shop signed, every page answers 403 and says what to do."""
    response = client.get(f"{path}?token={token}")

    assert response.status_code == 403
    assert "Ask the shop for a new one" in response.text


@pytest.mark.parametrize("path", ["/me/level", "/me/answer", "/me/restriction", "/me/erasure"])
def test_a_form_without_its_token_changes_nothing(
    client: TestClient[Any], opened: Opened, mine: str, path: str
) -> None:
    """What is posted without the token, which only the subject's own page knows, is refused."""
    token = Reader(client.get(mine)).form("/me/level").fields["csrf"]
    form = {"level": "none", "say": "advertising=yes", "csrf": token[:-1] + "x"}

    assert client.post(path, data=form).status_code == 403
    assert client.post(path).status_code == 403
    assert said(opened, "individual_personalization") == "grant"


def test_the_page_shows_what_is_known(client: TestClient[Any], mine: str) -> None:
    """Identifiers, region, law, group, events, statements and uses stand on the page."""
    page = Reader(client.get(mine))

    for words in (
        "ada",
        "GDPR",
        "Kitchen",
        "Product Viewed",
        "Kettle",
        "You said yes",
        "Keep what a subject looked at, put in the cart and bought",
    ):
        assert words in page.text


def test_the_latest_comes_first(client: TestClient[Any], opened: Opened, mine: str) -> None:
    """Of many events the page shows the latest, newest first, and points to the download."""
    look_at(opened.shop, ADA, *(f"thing-{number:02}" for number in range(40)), "lamp")

    text = Reader(client.get(mine)).text

    assert "The latest 30; the download has all of them" in text
    assert "Kettle" not in text
    assert text.index("Lamp") < text.index("thing-39") < text.index("thing-20")


def test_the_page_of_nobody_is_empty(client: TestClient[Any], opened: Opened) -> None:
    """A link for somebody who was never seen shows that nothing is known, and stores nothing."""
    page = Reader(client.get(f"/me?token={opened.links.sign('nobody')}"))

    assert "You have no record in this shop" in page.text
    with pytest.raises(NotFound):
        opened.shop.subject("nobody")


def test_each_purpose_has_two_equal_buttons(
    client: TestClient[Any], opened: Opened, mine: str
) -> None:
    """Yes and no to one purpose are one click each; nothing else changes."""
    form = Reader(client.get(mine)).form("/me/answer", "advertising=yes")
    assert ("say", "advertising=no") in form.buttons

    page = Reader(send(client, form, say="advertising=yes"))
    assert said(opened, "advertising") == "grant"
    assert "Your choice is recorded" in page.text

    send(client, form, say="advertising=no")
    assert said(opened, "advertising") == "withdraw"
    send(client, form, say="email_marketing=no")
    assert said(opened, "email_marketing") == "deny"
    assert said(opened, "individual_personalization") == "grant"


def test_what_is_necessary_has_no_switch(client: TestClient[Any], mine: str) -> None:
    """There is no button where there is no choice, and a made-up one is refused."""
    form = Reader(client.get(mine)).form("/me/answer")

    assert not [value for _, value in form.buttons if value.startswith("necessary=")]
    for wrong in ("necessary=no", "nonsense=yes", "advertising=maybe"):
        assert client.post("/me/answer", data=form.fields | {"say": wrong}).status_code == 400


def test_the_dial_takes_a_yes_back(client: TestClient[Any], opened: Opened, mine: str) -> None:
    """The dial of the page works as in the shop, and what may no longer be kept goes at once."""
    form = Reader(client.get(mine)).form("/me/level")
    assert (form.fields["level"], form.fields["teach"]) == ("individual", "yes")

    page = Reader(send(client, form, level="session"))

    assert page.form("/me/level").fields["level"] == "session"
    assert said(opened, "individual_personalization") == "withdraw"
    assert "individual_personalization" not in str(opened.shop.subject(ADA).export()["events"])


def test_all_use_can_be_stopped_and_allowed_again(
    client: TestClient[Any], opened: Opened, mine: str
) -> None:
    """Restricting keeps the data and uses it for nothing; lifting asks no more than one click."""
    page = Reader(send(client, Reader(client.get(mine)).form("/me/restriction")))
    assert "it is only kept" in page.text
    assert opened.shop.subject(ADA).export()["restricted"] is True

    page = Reader(send(client, page.form("/me/restriction")))
    assert "it is only kept" not in page.text
    assert opened.shop.subject(ADA).export()["restricted"] is False


def test_everything_can_be_taken_away(client: TestClient[Any], mine: str) -> None:
    """The download is JSON with every kept event, and is not stored by anything between."""
    address = next(link for link in Reader(client.get(mine)).links() if "/me/export" in link)

    response = client.get(address)

    assert "attachment" in response.headers["content-disposition"]
    assert response.headers["cache-control"] == "no-store"
    assert [event["items"] for event in json.loads(response.content)["events"]] == [["kettle"]]


def test_erasing_takes_two_clicks(client: TestClient[Any], opened: Opened, mine: str) -> None:
    """The first click asks, the second erases and says what was removed; then nothing is known."""
    address = next(link for link in Reader(client.get(mine)).links() if "/me/erasure" in link)
    asking = Reader(client.get(address))
    assert opened.shop.subject(ADA)

    erased = Reader(send(client, asking.form("/me/erasure")))

    assert "It is gone" in erased.text
    assert "events 1" in erased.text
    with pytest.raises(NotFound):
        opened.shop.subject(ADA)
    assert "You have no record in this shop" in Reader(client.get(mine)).text
    again = Reader(client.get("/me/erasure")).form("/me/erasure")
    assert "Nothing to erase" in Reader(send(client, again)).text


def test_the_signal_shows_on_the_page(client: TestClient[Any], opened: Opened) -> None:
    """What Global Privacy Control turns off is shown as off while the browser sends it."""
    address = f"/me?token={opened.links.sign('cal')}&region=US-CA"

    without = Reader(client.get(address)).form("/me/level")
    with_it = Reader(client.get(address, headers={"sec-gpc": "1"})).form("/me/level")

    assert (without.fields["level"], with_it.fields["level"]) == ("individual", "session")


def test_where_one_seems_to_be_counts_until_it_is_known(
    client: TestClient[Any], opened: Opened
) -> None:
    """A visitor's region says which law the page follows, until a residence is recorded."""
    token = opened.links.sign("cal")
    assert Reader(client.get(f"/me?token={token}")).form("/me/level").fields["level"] == "none"
    page = Reader(client.get(f"/me?token={token}&region=US-CA"))
    assert page.form("/me/level").fields["level"] == "individual"

    send(client, page.form("/me/answer"), say="advertising=no")
    assert Reader(client.get(f"/me?token={token}")).form("/me/level").fields["level"] == "none"
    opened.shop.subject("cal").settle("US-CA")

    page = Reader(client.get(f"/me?token={token}&region=DE"))
    assert page.form("/me/level").fields["level"] == "individual"
    assert "CCPA" in page.text


def test_a_real_shop_has_the_page_too(real: Opened) -> None:
    """The preference centre belongs to every shop, demonstration or not."""
    agree(real.shop, ADA)
    with browser(real, client="203.0.113.7") as client:
        page = Reader(client.get(f"/me?token={real.links.sign(ADA)}"))

    assert "Your data, your choice" in page.text
    assert "/shop" not in page.links()

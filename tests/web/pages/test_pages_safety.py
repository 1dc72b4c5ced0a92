"""What holds for every page: nothing inline, nothing foreign, everything escaped and named."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from litestar.testing import TestClient
from page_worlds import ADA, GOODS, Reader, agree, browser, look_at, send

from tactful.assembly import Opened
from tactful.web.pages.rendering import FOLDER, POLICY

ODD = GOODS[-1]
PAGES = (
    "/shop",
    "/shop/goods?department=Kitchen",
    "/shop/goods?q=zeppelin",
    "/shop/items/kettle",
    "/shop/items/a/b%3Fc",
    "/shop/cart",
    "/shop/privacy",
    "/me?token={token}",
    "/me?token=old",
    "/me/erasure?token={token}",
    "/console",
    "/no-such-page",
    "/shop/items/no-such-item",
)
CONTROLS = {"input", "select", "textarea"}


def page_at(client: TestClient[Any], opened: Opened, path: str) -> Reader:
    """Open *path*, with ada's token where it asks for one."""
    response = client.get(path.replace("{token}", opened.links.sign(ADA)))

    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["content-security-policy"] == POLICY
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["referrer-policy"] == "no-referrer"
    return Reader(response)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_anything_inline(client: TestClient[Any], opened: Opened, path: str) -> None:
    """No page has a script or style in it, or an attribute that is one: they are files of ours."""
    agree(opened.shop, ADA)
    look_at(opened.shop, ADA, "kettle", ODD.id)

    page = page_at(client, opened, path)

    assert "style" not in {element.tag for element in page.elements}
    scripts = [element for element in page.elements if element.tag == "script"]
    assert all(script.attributes["src"].startswith("/") for script in scripts)
    attributes = {name for element in page.elements for name in element.attributes}
    assert not {name for name in attributes if name.startswith("on") or name == "style"}


@pytest.mark.parametrize("path", PAGES)
def test_no_page_points_anywhere_else(client: TestClient[Any], opened: Opened, path: str) -> None:
    """Pages load from, link to and send to this server only."""
    page = page_at(client, opened, path)

    foreign = [link for link in page.links() if urlsplit(link).scheme not in {"", "data"}]
    assert not foreign
    assert not [link for link in page.links() if link.startswith("//")]


@pytest.mark.parametrize("path", PAGES)
def test_every_control_has_a_name(client: TestClient[Any], opened: Opened, path: str) -> None:
    """Whatever can be filled in stands in a label or is named by one; each page has one h1."""
    page = page_at(client, opened, path)
    named = {e.attributes.get("for") for e in page.elements if e.tag == "label"}

    for place, element in enumerate(page.elements):
        if element.tag in CONTROLS and element.attributes.get("type") != "hidden":
            before = page.elements[place - 1]
            assert before.tag == "label" or element.attributes.get("id") in named
    assert [e.tag for e in page.elements].count("h1") == 1
    assert page.elements[0].attributes["lang"] == "en"


def test_what_the_shop_writes_is_text(client: TestClient[Any], opened: Opened) -> None:
    """Markup in a title, a category or the shop's name is shown as it is written, not obeyed."""
    for path in ("/shop", "/shop/items/a/b%3Fc"):
        response = client.get(path)

        assert "<script>alert" not in response.text
        assert "<b>Odd</b>" not in response.text
        assert "&lt;script&gt;alert" in response.text
        assert "A &lt;shop&gt;" in response.text


def test_a_title_cannot_break_its_picture(client: TestClient[Any]) -> None:
    """A picture is a well-formed SVG without scripts, whatever the item is called."""
    response = client.get("/shop/pictures/a/b%3Fc.svg")

    assert response.headers["content-type"] == "image/svg+xml"
    assert response.text.startswith("<svg")
    assert "<script" not in response.text


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_form_is_taken_from_another_site(
    client: TestClient[Any], opened: Opened, site: str
) -> None:
    """What another site's page sends changes nothing, even with everything right in it."""
    form = Reader(client.get("/shop")).form("/shop/choices")

    response = client.post(
        form.action, data=form.fields | {"level": "individual"}, headers={"sec-fetch-site": site}
    )

    assert response.status_code == 403
    assert "another site" in Reader(response).text
    assert all(answer.said is None for answer in opened.shop.standing(_ada()))


def test_a_page_that_is_not_there_says_so_kindly(client: TestClient[Any]) -> None:
    """A browser gets a page with a way back; a client of the API gets a problem document."""
    page = Reader(client.get("/no-such-page"))
    problem = client.get("/no-such-page", headers={"accept": "application/json"})

    assert "Nothing here" in page.text
    assert problem.headers["content-type"] == "application/problem+json"


def test_the_start_leads_on(client: TestClient[Any], real: Opened) -> None:
    """A demonstration begins in its shop window; another shop tells where things are."""
    assert client.get("/").headers["location"] == "/shop"
    with browser(real) as other:
        assert "/console" in Reader(other.get("/")).links()


def test_the_style_sheet_may_be_kept(client: TestClient[Any]) -> None:
    """The sheet is found under an address that changes with its content, so it can be cached."""
    sheet = next(link for link in Reader(client.get("/shop")).links() if ".css" in link)

    response = client.get(sheet)

    assert response.headers["content-type"].startswith("text/css")
    assert "immutable" in response.headers["cache-control"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("ink", "paper"),
        ("ink", "sheet"),
        ("ink", "sunk"),
        ("ink", "accent-soft"),
        ("ink", "warn-soft"),
        ("faint", "paper"),
        ("faint", "sheet"),
        ("faint", "accent-soft"),
        ("accent", "paper"),
        ("accent", "sheet"),
        ("accent", "accent-soft"),
        ("accent-ink", "accent"),
        ("danger", "sheet"),
        ("danger", "accent-soft"),
    ],
)
def test_words_stand_out(scheme: str, front: str, back: str) -> None:
    """Every pair of colours that words are written in has a contrast of 4.5 to 1 (WCAG 1.4.3)."""
    colours = _colours(scheme)

    assert _contrast(colours[front], colours[back]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("back", ["paper", "sheet", "accent-soft"])
def test_edges_of_controls_can_be_seen(scheme: str, back: str) -> None:
    """The edge of every control has a contrast of 3 to 1 (WCAG 1.4.11)."""
    colours = _colours(scheme)

    assert _contrast(colours["edge"], colours[back]) >= 3


def test_setting_the_dial_needs_no_script(client: TestClient[Any]) -> None:
    """The form as it stands on the page, sent as it is, changes nothing and is taken."""
    form = Reader(client.get("/shop")).form("/shop/choices")

    assert form.fields["level"] == "none"
    assert send(client, form).status_code == 200


def _ada() -> Any:
    from tactful.shop import Who

    return Who(user_id=ADA)


def _colours(scheme: str) -> dict[str, str]:
    sheet = (FOLDER / "static" / "tactful.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    found = re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light + (dark if scheme == "dark" else ""))
    return dict(found)


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

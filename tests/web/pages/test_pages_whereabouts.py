"""Where the visitor of a page is: found for one answer, and carried on by no link and no form."""

from __future__ import annotations

import pytest
from page_worlds import HERE, Reader, browser, send

from tactful.assembly import Opened
from tactful.shop import Who

GERMAN = "130.149.7.201"
BRAZILIAN = "200.160.2.3"


def my_page(opened: Opened, client: str, query: str = "", **headers: str) -> Reader:
    """Return the page of Cal, of whom nothing is known, as a browser at *client* sees it."""
    with browser(opened, client=client) as seen:
        address = f"/me?token={opened.links.sign('cal')}{query}"
        return Reader(seen.get(address, headers=headers))


def test_the_page_follows_the_law_of_the_place(real: Opened) -> None:
    """Somebody in Brazil reads of Brazil's law, whether seen, told by a proxy, or said."""
    said = my_page(real, HERE, "&region=BR")
    assert said.text != my_page(real, HERE, "&region=DE").text

    assert my_page(real, BRAZILIAN).text == said.text
    assert my_page(real, HERE, **{"x-forwarded-for": f"{GERMAN}, {BRAZILIAN}"}).text == said.text


def test_what_a_link_says_outranks_where_it_is_opened(real: Opened) -> None:
    """A shop that knows better says so; a region that does not exist leaves the place unknown."""
    assert my_page(real, GERMAN, "&region=BR").text == my_page(real, BRAZILIAN).text
    assert my_page(real, GERMAN, "&region=ZZ").text == my_page(real, HERE).text
    assert real.shop.totals()["gap", "region ZZ"] == 1


def test_a_region_that_was_seen_is_not_carried_along(real: Opened) -> None:
    """It holds for this answer alone: a link that is opened elsewhere falls under another law."""
    page = my_page(real, GERMAN)

    assert page.form("/me/answer").fields["region"] == ""
    assert not [link for link in page.links() if "region=" in link]
    said = my_page(real, GERMAN, "&region=BR")
    assert said.form("/me/answer").fields["region"] == "BR"


@pytest.mark.parametrize(("client", "regime"), [(GERMAN, "EU-GDPR"), (HERE, "strictest")])
def test_a_choice_is_made_under_the_law_of_the_place(
    real: Opened, client: str, regime: str
) -> None:
    """What the form records names the law that held where it was sent from."""
    with browser(real, client=client) as seen:
        page = Reader(seen.get(f"/me?token={real.links.sign('cal')}"))
        send(seen, page.form("/me/answer"), say="advertising=no")

    (statement,) = real.shop.subject("cal").statements()
    assert statement.regime == regime


def test_the_window_looks_where_its_visitor_is(opened: Opened) -> None:
    """The demonstration's shop does the same, and its links name only what was said."""
    shop = opened.shop
    with browser(opened, client=BRAZILIAN) as seen:
        seen_there = Reader(seen.get("/shop?as=visitor-00000000"))
    with browser(opened) as here:
        said = Reader(here.get("/shop?as=visitor-00000000&region=BR"))

    assert seen_there.text == said.text
    assert "region" not in seen_there.form("/shop/choices").fields
    assert said.form("/shop/choices").fields["region"] == "BR"
    assert shop.standing(Who(user_id="visitor-00000000"))

"""Where the visitor of a page is: found for one answer, and carried on by no link and no form."""

from __future__ import annotations

import pytest
from page_worlds import HERE, Reader, be, browser, send

from tactful.assembly import Opened

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


def test_the_shop_looks_where_its_visitor_is(opened: Opened) -> None:
    """A choice in the demonstration is made under the law of where the presenter said they are."""
    with browser(opened, client=BRAZILIAN) as seen:
        be(seen, "new-DE")
        page = Reader(seen.get("/shop"))
        assert any("region=DE" in link for link in page.links())
        send(seen, page.form("/shop/choices"), level="session")
        be(seen, "new")
        assert not any("region=" in link for link in Reader(seen.get("/shop")).links())

"""Product feeds in XML become rows, one after the other, and cannot harm who reads them."""

from __future__ import annotations

import gzip
import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from feed_files import ATOM, product, rss, write_large

from tactful.adapters.table_feed import LONGEST_ENTRY
from tactful.assembly import read_table
from tactful.capabilities.collect.tables.rows import Reject
from tactful.terms import Item, Mistake

MEGABYTES = int(os.environ.get("TACTFUL_FEED_MEGABYTES", "30"))
FULL = product(
    1,
    "<g:sale_price>12.50 EUR</g:sale_price>",
    "<g:link>https://shop.example/1</g:link>",
    "<g:image_link>https://shop.example/1.jpg</g:image_link>",
    "<g:availability>in stock</g:availability><g:brand>B</g:brand>",
    "<g:google_product_category>2271</g:google_product_category>",
    "<g:product_type>Home &gt; Mugs</g:product_type><g:product_type>Gifts</g:product_type>",
    "<g:item_group_id>g</g:item_group_id>",
    "<g:shipping><g:country>DE</g:country><g:price>4.95 EUR</g:price></g:shipping>",
)


def things(folder: Path, content: str | bytes, kind: str = "catalogue") -> list[object]:
    """Return what a feed of *content* amounts to."""
    path = folder / "feed.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(read_table(path, kind=kind).things)


def test_an_rss_item_is_an_item(tmp_path: Path) -> None:
    """Every field of Google's that has a meaning here is read; the others are attributes."""
    (item,) = things(tmp_path, rss(FULL))

    assert item == Item(
        id="p1",
        title="Thing 1",
        category="Home > Mugs",
        price=1250,
        currency="EUR",
        brand="B",
        url="https://shop.example/1",
        image="https://shop.example/1.jpg",
        attributes={
            "google_product_category": "2271",
            "item_group_id": "g",
            "shipping": {"country": "DE", "price": "4.95 EUR"},
            "regular_price": 1500,
        },
    )


def test_an_atom_entry_is_an_item(tmp_path: Path) -> None:
    """What Google names outranks what Atom names: the id of the entry is not the product's."""
    (item,) = things(tmp_path, ATOM)

    assert isinstance(item, Item)
    assert (item.id, item.title, item.price, item.currency) == ("mug-1", "Mug", 123_450, "SEK")
    assert (item.url, item.availability) == ("https://shop.example/mug", "preorder")
    assert item.attributes == {"summary": "A mug"}


@pytest.mark.parametrize(
    ("price", "minor", "currency"),
    [
        ("15.00 EUR", 1500, "EUR"),
        ("EUR 15", 1500, "EUR"),
        ("15,00 EUR", 1500, "EUR"),
        ("1.234,50 EUR", 123_450, "EUR"),
        ("1500 JPY", 1500, "JPY"),
        ("1.234 KWD", 1234, "KWD"),
        ("0.999 eur", 100, "EUR"),
        ("1500", 1500, ""),
    ],
)
def test_prices_are_minor_units(tmp_path: Path, price: str, minor: int, currency: str) -> None:
    """By the decimals of the currency, which the price names itself."""
    text = rss(f"<g:id>1</g:id><g:title>T</g:title><g:price>{price}</g:price>")
    (item,) = things(tmp_path, text)

    assert isinstance(item, Item)
    assert (item.price, item.currency) == (minor, currency)


def test_a_price_for_some_days_is_told_apart(tmp_path: Path) -> None:
    """Today is not known here: the regular price stays."""
    days = "<g:sale_price_effective_date>2026-01-01/2026-01-31</g:sale_price_effective_date>"
    (item,) = things(tmp_path, rss(product(1, "<g:sale_price>9 EUR</g:sale_price>", days)))

    assert isinstance(item, Item)
    assert item.price == 1500
    assert item.attributes["sale_price"] == 900


def test_a_bad_item_is_rejected_with_its_line(tmp_path: Path) -> None:
    """And costs no other."""
    bad = {
        "<g:title>T</g:title>": "id is missing",
        "<g:id>1</g:id><g:description>T</g:description>": "title is missing",
        product(1).replace("EUR", "XXQ"): "currency is none that ISO 4217 knows",
        product(1, "<g:sale_price>1 USD</g:sale_price>"): "sale_price is in another currency",
        product(1).replace("15.00", "much"): "price is not a number",
        product(1, "<g:availability>maybe</g:availability>"): "availability must be one of",
        product(1, "<g:link>javascript:x</g:link>"): "url must begin with",
        product(1).replace("p1", "x" * 201): "id is longer than 200 characters",
    }
    found = things(tmp_path, rss(*bad, product(9)))
    rejects = [thing for thing in found if isinstance(thing, Reject)]

    assert [reject.line for reject in rejects] == list(range(4, 4 + len(bad)))
    for reject, reason in zip(rejects, bad.values(), strict=True):
        assert reason in reject.reason
        assert reject.raw.startswith("<item")
    assert isinstance(found[-1], Item)


LAUGHS = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
OUTSIDE = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n'
PARAMETER = '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x">%x;]>\n'


@pytest.mark.parametrize("head", [LAUGHS, OUTSIDE, PARAMETER], ids=["bomb", "file", "parameter"])
def test_entities_are_refused(tmp_path: Path, head: str) -> None:
    """Neither what grows when it is read nor what points elsewhere is followed."""
    text = rss(product(1, "<g:description>&b;</g:description>"), head=head)

    with pytest.raises(Mistake, match="declares entities"):
        things(tmp_path, text)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (rss(product(1), "<g:id>2</g:title>"), "is no XML from line 5"),
        (rss(product(1))[:-20], "is no XML from line"),
        ("<html><body>Sign in</body></html>", "is XML without products"),
        (rss("<a>" * 40 + "</a>" * 40), "no feed"),
        (rss(product(1, f"<g:x>{'x' * (LONGEST_ENTRY * 2)}</g:x>")), "entry of more than 8 MiB"),
        (gzip.compress(rss(product(1)).encode())[:-40], "cut off or damaged"),
    ],
    ids=["not-xml", "cut-off", "no-products", "deep", "endless", "half-a-gzip"],
)
def test_what_is_no_feed_is_said(tmp_path: Path, content: str | bytes, complaint: str) -> None:
    """In one line that names the place and what to do."""
    with pytest.raises(Mistake, match=complaint):
        things(tmp_path, content)


def test_a_feed_holds_goods_only(tmp_path: Path) -> None:
    """It cannot be taken for orders."""
    with pytest.raises(Mistake, match="import it --as catalogue"):
        things(tmp_path, rss(product(1)), kind="orders")


@pytest.mark.parametrize("form", ["gzip", "utf-16", "mark"])
def test_however_it_is_written(tmp_path: Path, form: str) -> None:
    """Packed, in UTF-16, or with a byte order mark."""
    text = rss(product(1))
    written = {
        "gzip": gzip.compress(text.encode()),
        "utf-16": text.replace('"1.0"?', '"1.0" encoding="UTF-16"?').encode("utf-16"),
        "mark": text.encode("utf-8-sig"),
    }[form]

    (item,) = things(tmp_path, written)

    assert isinstance(item, Item)


@pytest.fixture
def large(tmp_path: Path) -> Iterator[tuple[Path, int]]:
    """Yield a large feed and how many items it has; it is gone afterwards."""
    path = tmp_path / "large.xml"
    yield path, write_large(path, megabytes=MEGABYTES)
    path.unlink()


def test_a_large_feed_takes_little_memory(large: tuple[Path, int]) -> None:
    """However large it is (TACTFUL_FEED_MEGABYTES): entries are let go one by one."""
    path, items = large
    next(iter(read_table(path, kind="catalogue").things))  # libraries are loaded
    tracemalloc.start()
    found = sum(1 for thing in read_table(path, kind="catalogue").things if isinstance(thing, Item))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert found == items
    assert peak < 4 << 20

"""What identifies somebody is masked wherever it stands; names of goods are left alone."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.capabilities.collect.masking import masked
from tactful.capabilities.collect.masking_numbers import is_card
from tactful.capabilities.collect.masks import HARMLESS, MOST_HARMLESS, mask, masked_id
from tactful.demo.assortment import assortment
from tactful.terms import PlannedProperty

CARD, IBAN, PHONE, EMAIL = (
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
    "+49 170 1234567",
    "ann.smith@example.org",
)
FOUND = [
    (EMAIL, "[e-mail]"),
    ("jörg@müller.de", "[e-mail]"),
    ("mailto:ann+news@x.co.uk?subject=a", "mailto:[e-mail]?subject=a"),
    ("https://x.de/?email=ann%40example.org&x=1", "https://x.de/?email=[e-mail]&x=1"),
    ("https://x.de/u/ann%2540example.org", "https://x.de/u/[e-mail]"),
    ("/s?q=ann+smith@x.org", "/s?q=[e-mail]"),
    ("j%C3%B6rg%40m%C3%BCller.de", "[e-mail]"),
    ("https://ann:pw@x.org/p", "https://[login]@x.org/p"),
    (f"kettle {PHONE} blue", "kettle [phone] blue"),
    ("0170 1234567", "[phone]"),
    ("030/1234567", "[phone]"),
    ("(030) 123 45 67", "[phone]"),
    ("01 23 45 67 89", "[phone]"),
    ("06.12.34.56.78", "[phone]"),
    ("01701234567", "[phone]"),
    ("0049 170 1234567", "[phone]"),
    ("(415) 555-2671", "[phone]"),
    ("415-555-2671", "[phone]"),
    ("415 555 2671", "[phone]"),
    ("https://x.de/s?q=0170+1234567", "https://x.de/s?q=[phone]"),
    ("https://x.de/s?q=%2B49%20170%201234567&a=1", "https://x.de/s?q=[phone]&a=1"),
    ("https://x.de/s?phone=4155552671", "https://x.de/s?phone=[phone]"),
    (CARD, "[card]"),
    ("5555-5555-5555-4444", "[card]"),
    ("378282246310005", "[card]"),
    ("/pay?c=4111%201111%201111%201111", "/pay?c=[card]"),
    ("/pay?c=%204111111111111111", "/pay?c=%20[card]"),
    (f"{IBAN} please", "[iban] please"),
    ("iban=de89370400440532013000", "iban=[iban]"),
    ("GB29+NWBK+6016+1331+9268+19", "[iban]"),
]
LEFT = [
    "4006381333931",
    "036000291452",
    "00614141000036",
    "978-0-306-40615-7",
    "0-306-40615-2",
    "SKU-1234-5678-90",
    "123e4567-e89b-12d3-a456-426614174000",
    "12345678-1234-1234-1234-123456789012",
    "2024-11-05 12:30:45",
    "01.02.2024 12:30",
    "1.234.567,89",
    "112-1234567-1234567",
    "1700000000000000",
    "4111111111111112",
    "DE88370400440532013000",
    "Reading glasses +1.50 +2.00 +2.50 +3.00",
    "Shelf 1000 x 2000 x 3000 mm",
    "2 @ 5.00 at home@ours",
    "https://x.de/@ann/p/0123456789?sku=0123456789&date=2024-11-05",
    "100% cotton 40%",
]


@pytest.mark.parametrize(("text", "left"), FOUND, ids=lambda text: text[:40])
def test_what_identifies_somebody_is_masked(text: str, left: str) -> None:
    """Plain, percent-encoded and plus-encoded; what stands around it stays."""
    assert masked(text)[0] == left


@pytest.mark.parametrize("text", LEFT)
def test_numbers_of_things_are_left_alone(text: str) -> None:
    """Article numbers, books, orders, prices, dates, sizes, UUIDs; and what fails its check."""
    assert masked(text) == (text, ())


@pytest.mark.parametrize("text", ["0123456789", "4111111111111111", "01-2345-6789", "017012345678"])
def test_ids_of_the_shop_are_what_they_are(text: str) -> None:
    """Bare digits in a property that names an id are no telephone number and no card."""
    assert masked_id(text) == text


@pytest.mark.parametrize("text", [EMAIL, CARD, IBAN, "+491701234567"])
def test_even_ids_may_not_be_somebody(text: str) -> None:
    """What can be nothing else is masked in an id too."""
    assert text not in masked_id(text)


WORDS = st.text(st.sampled_from("abc xyz,-"), max_size=20)


@given(
    WORDS,
    WORDS,
    st.sampled_from([EMAIL, CARD, IBAN, PHONE]),
    st.sampled_from([str, quote, quote_plus, lambda t: quote(quote(t))]),
)
def test_found_wherever_it_stands(before: str, after: str, personal: str, written: object) -> None:
    """Whatever is around it and however it is encoded; and masking twice changes nothing more."""
    assert callable(written)
    text = written(f"{before} {personal} {after}")

    once, kinds = masked(text)

    assert len(kinds) == 1
    assert written(personal) not in once
    assert masked(once) == (once, ())


@given(st.text(max_size=60))
def test_the_same_text_comes_out_the_same(text: str) -> None:
    """Whatever it is; and where nothing is found nothing changes."""
    first = masked(text)

    assert masked(text) == first
    assert first[1] or first[0] == text


@given(st.text("0123456789", min_size=15, max_size=15))
def test_one_wrong_digit_makes_no_card(digits: str) -> None:
    """Of ten numbers that differ in the last digit at most one is a card."""
    assert sum(is_card(f"{digits}{last}") for last in range(10)) <= 1


@pytest.mark.parametrize("text", ["0 " * 500, "%C3" * 333, "a@" * 500, "1.2." * 250, "+1 " * 333])
def test_made_up_text_takes_no_longer(text: str) -> None:
    """Text that nearly matches everywhere is worked through all the same."""
    assert len(masked(text)[0]) <= len(text)


def test_a_property_that_holds_it_keeps_it() -> None:
    """What the category says is expected there stays; everything else is masked and counted."""
    noted: list[tuple[str, str]] = []
    contact = PlannedProperty(
        name="reach", type="string", category="user.contact.email", purposes=("necessary",)
    )

    kept = mask(contact, f"{EMAIL}, {CARD}", lambda counter, label: noted.append((counter, label)))

    assert kept == f"{EMAIL}, [card]"
    assert noted == [("masked", "reach: card")]


def test_a_property_can_be_left_as_it_is() -> None:
    """`mask = false` in the plan: a shop of spare parts whose numbers look like telephones."""
    parts = PlannedProperty(
        name="part", type="string", category="user.behavior", purposes=("m",), mask=False
    )

    assert mask(parts, "0986 424797", lambda _counter, _label: None) == "0986 424797"


def test_lines_of_goods_are_masked_too() -> None:
    """Each text in a list of products, counted by the name of its field."""
    noted: list[str] = []
    lines = PlannedProperty(
        name="products", type="products", category="user.behavior", purposes=("m",)
    )

    kept = mask(
        lines,
        [{"product_id": "4111111111111111", "category": f"for {EMAIL}", "price": 5}],
        lambda _counter, label: noted.append(label),
    )

    assert kept == [{"product_id": "4111111111111111", "category": "for [e-mail]", "price": 5}]
    assert noted == ["products.category: e-mail"]


def test_titles_of_goods_are_left_alone() -> None:
    """Nothing in the demo's assortment is taken for somebody's."""
    titles = [(item.id, item.title) for item in assortment(400, np.random.default_rng(1)).items]

    assert [pair for pair in titles if masked(pair[1])[1] or masked_id(pair[0]) != pair[0]] == []


@pytest.mark.skipif("TACTFUL_DATA" not in os.environ, reason="needs TACTFUL_DATA")
def test_titles_of_a_real_shop_are_left_alone() -> None:
    """Of all the titles and article numbers of a real shop."""
    seen = set(_real_titles(Path(os.environ["TACTFUL_DATA"])))
    wrong = [pair for pair in seen if masked(pair[1])[1] or masked_id(pair[0]) != pair[0]]

    assert len(seen) > 5_000
    assert wrong == []


def _real_titles(folder: Path) -> Iterator[tuple[str, str]]:
    path = folder / "online-retail" / "online_retail.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
        for row in csv.DictReader(file):
            values = list(row.values())
            yield str(values[1]), str(values[2])


def test_what_was_found_harmless_stays_bounded_and_is_no_text() -> None:
    """However many different texts come: only numbers are remembered, and not without end."""
    for number in range(MOST_HARMLESS + 10):
        masked_id(f"item {number}")
    masked_id(EMAIL)

    assert len(HARMLESS) <= MOST_HARMLESS
    assert hash(EMAIL) not in HARMLESS
    assert {type(one) for one in HARMLESS} == {int}

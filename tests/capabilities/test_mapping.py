"""A map file says which column means what; where it is wrong, one line says so."""

from __future__ import annotations

import contextlib
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from imported_rows import (
    NAMES,
    UCI_COLUMNS,
    an_order,
    calls_in,
    reasons_in,
    rows_of,
    the_map,
)

from tactful.adapters.map_files import built_in_maps, region_names
from tactful.capabilities.collect.tables import fields, orders
from tactful.capabilities.collect.tables.columns import KINDS
from tactful.capabilities.collect.tables.fitting import check_columns, choose
from tactful.capabilities.collect.tables.mapping import common_names
from tactful.capabilities.collect.tables.orders import calls_of_orders
from tactful.capabilities.collect.tables.rows import Skipped, Unfit
from tactful.terms import Mistake

GERMAN = {
    "as": "orders",
    "file": {"delimiter": ";", "encoding": "cp1252", "decimal": ",", "unit": "major"},
    "columns": {"userId": "Kunde", "product_id": ["Artikel", "ArtNr"], "timestamp": "Datum"},
    "constants": {"currency": "eur", "region": "Deutschland", "quantity": "1"},
    "time": {"formats": ["%d.%m.%Y %H:%M"], "zone": "Europe/Berlin"},
    "regions": {"Deutschland": "DE"},
    "skip": [{"column": "price", "at_most": 0, "reason": "free"}],
}


def test_a_map_file_says_what_a_file_means() -> None:
    """Columns, constants, times of a place, decimal commas, names of regions and rows to skip."""
    record = {"Kunde": "k1", "ArtNr": "mug", "Datum": "01.07.2024 12:00", "price": "1.234,50"}
    found = list(
        calls_of_orders(rows_of(record, record | {"price": "0,00"}), the_map("orders", GERMAN))
    )
    assert Skipped(line=3, reason="free") in found
    call = calls_in(found)[0]
    assert call["timestamp"] == "2024-07-01T10:00:00+00:00"
    assert call["context"] == {"region": "DE"}
    assert call["properties"] == {
        "products": [{"product_id": "mug", "quantity": 1, "price": 1234.5}],
        "currency": "EUR",
    }


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ({"colums": {}}, "colums"),
        ({"as": "events"}, "--as orders"),
        ({"columns": {"user": "x"}}, "'user' is no field of orders"),
        ({"constants": {"colour": "x"}}, "'colour' is no field of orders"),
        ({"file": {"delimiter": "ab"}}, "delimiter must be one of"),
        ({"file": {"encoding": "klingon"}}, "encoding 'klingon'"),
        ({"file": {"decimal": "'"}}, "decimal"),
        ({"file": {"unit": "pence"}}, "unit"),
        ({"time": {"zone": "Mars/Base"}}, "zone 'Mars/Base'"),
        ({"skip": [{"column": "price", "reason": "free"}]}, "needs one of"),
        ({"skip": [{"column": "price", "reason": "r", "matches": "("}]}, "'r'"),
        ({"skip": [{"column": "price", "reason": "r", "matches": "a", "at_most": 1}]}, "one of"),
    ],
)
def test_a_wrong_map_file_is_refused_in_one_line(toml: dict[str, object], says: str) -> None:
    """The message names the setting."""
    with pytest.raises(Mistake, match=says) as wrong:
        the_map("orders", toml)
    assert "\n" not in str(wrong.value)


def test_rows_are_skipped_for_the_first_reason_that_fits() -> None:
    """Each condition does what it says, and what is no number is rejected instead of skipped."""
    toml = {
        "skip": [
            {"column": "order_id", "matches": "^C", "reason": "cancelled"},
            {"column": "quantity", "at_most": 0, "reason": "returned"},
            {"column": "product_id", "unlike": "^m", "reason": "no article"},
            {"column": "userId", "missing": True, "reason": "nobody"},
        ]
    }
    rows = rows_of(
        an_order(order_id="C7", quantity="-1"),
        an_order(quantity="-1"),
        an_order(quantity="x"),
        an_order(sku="postage"),
        an_order(customer_id="nan"),
    )
    found = list(calls_of_orders(rows, the_map("orders", toml)))
    assert [(one.line, one.reason) for one in found if isinstance(one, Skipped)] == [
        (2, "cancelled"),
        (3, "returned"),
        (5, "no article"),
        (6, "nobody"),
    ]
    assert reasons_in(found) == [(4, "quantity is not a number")]


def test_an_unknown_region_stays_open_and_is_counted() -> None:
    """A country that is neither a code nor a known name is not guessed at."""
    found = list(calls_of_orders(rows_of(an_order(country="Narnia")), the_map("orders")))
    assert "context" not in calls_in(found)[0]
    assert Skipped(line=2, reason=orders.REGION_UNKNOWN) in found


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (["User ID", "colour"], "no column for timestamp, product_id; it has User ID, colour"),
        (["user_id;sku;date"], r'separated by semicolons, not commas: write delimiter = ";"'),
        (["user_id\tsku\tdate"], r'delimiter = "\\t"'),
        (["17850", "85123A", "2010-12-01"], "begins with data"),
        (["ann@example.com", "mug", "today"], "begins with data"),
        ([f"c{i}" for i in range(30)], "and 10 more"),
    ],
)
def test_a_header_that_lacks_something_is_explained(columns: list[str], says: str) -> None:
    """One line: what is missing, what there is, what to do; never what looks like data."""
    with pytest.raises(Mistake, match=says) as wrong:
        check_columns(the_map("orders"), columns, name="feed.csv")
    assert "17850" not in str(wrong.value)
    assert "@" not in str(wrong.value)
    assert "\n" not in str(wrong.value)


def test_a_column_that_the_map_names_must_be_there() -> None:
    """A slip in the map file is found before the first row."""
    file_map = the_map("orders", {"columns": {"price": "Prise"}})
    with pytest.raises(Mistake, match="no column for price"):
        check_columns(file_map, ["user", "sku", "date", "Price"], name="feed.csv")


def test_a_column_that_a_rule_looks_at_must_be_there() -> None:
    """A rule that could never fit is found before the first row."""
    skip = {"column": "Statsu", "matches": "void", "reason": "void"}
    file_map = the_map("orders", {"skip": [skip]})
    with pytest.raises(Mistake, match="no column for Statsu"):
        check_columns(file_map, ["user", "sku", "date", "Status"], name="feed.csv")


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        ("orders", ["Customer ID", "ORDER_DATE", "itemId"]),
        ("orders", ["anonymousId", "date", "product"]),
        ("events", ["anonymous_id", "timestamp", "event"]),
        ("subjects", ["id"]),
        ("catalogue", ["id", "title"]),
        ("catalogue", ["SKU", "Name", "Price"]),
    ],
)
def test_common_names_need_no_map(kind: str, columns: list[str]) -> None:
    """Capitals, spaces and underscores do not matter."""
    check_columns(common_names(kind, regions=NAMES), columns, name="feed.csv")


@pytest.mark.parametrize("kind", KINDS)
def test_every_common_name_means_one_thing(kind: str) -> None:
    """No name stands for two fields of the same kind of file."""
    names = Counter(n for also in the_map(kind).columns.values() for n in also)
    assert [name for name, count in names.items() if count > 1] == []


def test_a_built_in_map_is_found_by_the_columns() -> None:
    """The log is known as orders and as a catalogue, and no other file is taken for it."""
    for kind, known in [("orders", True), ("catalogue", True), ("subjects", False)]:
        found = choose(built_in_maps(), UCI_COLUMNS, kind=kind)
        assert (found is not None and found.name == "uci-online-retail") is known
    assert choose(built_in_maps(), ["user_id", "sku", "date"], kind="orders") is None


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00+00:00"),
        ("2024-05-01 12:00+02:00", "2024-05-01T10:00:00+00:00"),
        ("2024-05-01", "2024-05-01T00:00:00+00:00"),
        (date(2024, 5, 1), "2024-05-01T00:00:00+00:00"),
        (1714557600, "2024-05-01T10:00:00+00:00"),
        ("1714557600000", "2024-05-01T10:00:00+00:00"),
        (1714557600.0, "2024-05-01T10:00:00+00:00"),
    ],
)
def test_moments_are_read_as_files_write_them(value: object, iso: str) -> None:
    """ISO 8601, seconds and milliseconds, dates and times, all in UTC."""
    assert fields.moment(value).isoformat() == iso


@given(st.decimals(0, 10**9, places=2))
def test_prices_survive_the_way_there_and_back(price: Decimal) -> None:
    """A decimal price and its minor units are the same amount, and halves are rounded up."""
    minor = fields.minor_units(price, unit="major", currency="EUR")
    assert fields.minor_units(Decimal(minor), unit="minor", currency="EUR") == minor
    assert Decimal(minor) == price * 100


def test_minor_units_are_those_of_the_currency() -> None:
    """The yen has none and the dinar has a thousand."""
    assert fields.minor_units(Decimal(1200), unit="major", currency="JPY") == 1200
    assert fields.minor_units(Decimal("1.2345"), unit="major", currency="KWD") == 1235
    assert fields.major_units(Decimal(1235), unit="minor", currency="kwd") == 1.235


@given(st.text())
def test_any_text_is_read_or_unfit(text: str) -> None:
    """No text whatever raises anything but `Unfit`."""
    for read in (fields.number, fields.moment, fields.name_of, fields.subject_name):
        with contextlib.suppress(Unfit):
            read(text)
    assert fields.region(text, region_names()) is None or text

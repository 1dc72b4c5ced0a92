"""The UCI Online Retail log is imported as its protocol says, and yields a catalogue."""

from __future__ import annotations

import csv
import os
from collections import Counter
from pathlib import Path

import pytest
from imported_rows import (
    UCI_COLUMNS,
    calls_in,
    order_lines,
    reasons_in,
    rows_of,
)

from tactful.adapters.map_files import built_in_maps
from tactful.adapters.tables import read_rows, table_shape
from tactful.capabilities.collect.tables import orders
from tactful.capabilities.collect.tables.assortment import Assortment, category_of, tidied
from tactful.capabilities.collect.tables.fitting import choose
from tactful.capabilities.collect.tables.mapping import Category, Dialect, FileMap
from tactful.capabilities.collect.tables.orders import calls_of_orders, items_of_orders
from tactful.capabilities.collect.tables.rows import Row, Skipped
from tactful.terms import Item

UCI = """\
536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850,United Kingdom
C536379,85123A,WHITE HANGING HEART T-LIGHT HOLDER,-1,2010-12-01 09:41:00,2.55,14527,United Kingdom
A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,11062.06,,United Kingdom
536370,POST,POSTAGE,3,2010-12-01 08:45:00,18,12583,France
536370,22728,ALARM CLOCK BAKELIKE PINK,24,2010-12-01 08:45:00,3.75,12583,France
536414,22139,,56,2010-12-01 11:52:00,0,,United Kingdom
536544,21773,"LUNCH BAG, RED",1,2010-12-01 14:32:00,2.51,,United Kingdom
536554,71053,WHITE METAL LANTERN,-10,2010-12-01 14:33:00,3.39,17850,United Kingdom
536540,71053,METAL LANTERN,1,2010-12-01 14:05:00,3.75,14911,EIRE
536365,71053,WHITE METAL LANTERN,2,2010-12-01 08:27:00,2.95,17850,United Kingdom
539000,85123A,WHITE HANGING HEART T-LIGHT HOLDER,1,2010-12-15 09:00:00,2.95,12345,Unspecified
"""


def uci_rows() -> list[Row]:
    """Return a few lines as the log has them, with its quirks."""
    lines = csv.reader(UCI.splitlines())
    return rows_of(*(dict(zip(UCI_COLUMNS, cells, strict=True)) for cells in lines))


def uci_map() -> FileMap:
    """Return the built-in map."""
    found = choose(built_in_maps(), UCI_COLUMNS, kind="orders")
    assert found is not None
    return found


def test_the_purchase_log_becomes_orders() -> None:
    """One call per invoice, in pounds, with the region; the rest is counted by reason."""
    found = list(calls_of_orders(uci_rows(), uci_map()))
    calls = {call["messageId"]: call for call in calls_in(found)}
    assert {name: order_lines(call) for name, call in calls.items()} == {
        "order:536365": ["85123A", "71053", "71053"],
        "order:536370": ["22728"],
        "order:536540": ["71053"],
        "order:539000": ["85123A"],
    }
    assert [call.get("context") for call in calls.values()] == [
        {"region": "FR"},
        {"region": "IE"},
        {"region": "GB"},
        None,
    ]
    first = calls["order:536365"]
    assert (first["userId"], first["timestamp"]) == ("17850", "2010-12-01T08:26:00+00:00")
    assert Counter(one.reason for one in found if isinstance(one, Skipped)) == {
        "cancelled or corrected invoice": 2,
        "not an article (postage, fees, samples)": 1,
        "price of 0 or less": 1,
        "no customer": 1,
        "quantity of 0 or less": 1,
        orders.REGION_UNKNOWN: 1,
    }
    assert not reasons_in(found)


def test_the_purchase_log_becomes_a_catalogue() -> None:
    """The title most used, the median price and a category; also of what nobody known bought."""
    items = [one for one in items_of_orders(uci_rows(), uci_map()) if isinstance(one, Item)]
    assert [(i.id, i.title, i.category, i.price, i.currency) for i in items] == [
        ("21773", "Lunch bag, red", "Bags", 251, "GBP"),
        ("22728", "Alarm clock bakelike pink", "Signs & clocks", 375, "GBP"),
        ("71053", "White metal lantern", "Lights & candles", 339, "GBP"),
        ("85123A", "White hanging heart T-light holder", "Storage", 255, "GBP"),
    ]


def test_titles_in_capitals_are_tidied_and_others_left_alone() -> None:
    """Sentence case, with the words that have capitals of their own."""
    spelling = {"london": "London", "i": "I"}
    assert tidied("  I LOVE LONDON   MINI BAG. ", spelling) == "I love London mini bag"
    assert tidied("Blue iPhone case", spelling) == "Blue iPhone case"


def test_a_category_is_told_by_the_head_noun() -> None:
    """Telling words first, then the last noun before a preposition, then the last at all."""
    categories = (
        Category(name="Christmas", anywhere=frozenset({"christmas"})),
        Category(name="Bags", words=frozenset({"bag"})),
        Category(name="Candles", words=frozenset({"candle"})),
    )
    for title, category in {
        "CANDLE BAG": "Bags",
        "BAG WITH CANDLE PRINT": "Bags",
        "HOLDER FOR CANDLE": "Candles",
        "CHRISTMAS CANDLE BAG": "Christmas",
        "DOORSTOP": "Other",
    }.items():
        assert category_of(title, categories) == category
    assert category_of("BAG", ()) == ""


@pytest.mark.skipif("TACTFUL_DATA" not in os.environ, reason="TACTFUL_DATA names no data folder")
def test_the_whole_purchase_log() -> None:
    """The counts of the real file are those that its protocol C states."""
    path = Path(os.environ["TACTFUL_DATA"]) / "online-retail" / "online_retail.csv.gz"
    columns = table_shape(path, dialect=Dialect()).columns
    file_map = choose(built_in_maps(), columns, kind="orders")
    assert file_map is not None
    goods = Assortment(file_map)
    found = list(calls_of_orders(read_rows(path, dialect=file_map.dialect), file_map, goods))
    calls = calls_in(found)
    assert len(calls) == len({call["messageId"] for call in calls}) == 18_402
    assert len({call["userId"] for call in calls}) == 4_334
    assert sum(len(order_lines(call)) for call in calls) == 396_337
    assert len({item for call in calls for item in order_lines(call)}) == 3_659
    skipped = Counter(one.reason for one in found if isinstance(one, Skipped))
    assert 396_337 + skipped.total() - skipped[orders.REGION_UNKNOWN] == 541_909
    assert not reasons_in(found)
    categories = Counter(item.category for item in goods.items())
    assert len(categories) >= 20
    assert categories["Other"] < 0.05 * categories.total()

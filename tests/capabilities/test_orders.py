"""The lines of orders become calls, or rejects that say why not."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from imported_rows import (
    an_order,
    calls_in,
    order_lines,
    reasons_in,
    rows_of,
    the_map,
)

from tactful.capabilities.collect.calls import calls_from
from tactful.capabilities.collect.tables import orders
from tactful.capabilities.collect.tables.feeds import (
    calls_of_events,
)
from tactful.capabilities.collect.tables.orders import calls_of_orders
from tactful.capabilities.collect.tables.rows import Reject


def test_the_lines_of_an_order_become_one_call() -> None:
    """An order is one call in Segment's shape, named by its order, under common column names."""
    rows = rows_of(an_order(), an_order(sku="cup", quantity="1", price="4"))
    assert list(calls_of_orders(rows, the_map("orders"))) == [
        {
            "type": "track",
            "event": "Order Completed",
            "userId": "ann",
            "messageId": "order:7",
            "timestamp": "2024-05-01T10:00:00+00:00",
            "properties": {
                "order_id": "7",
                "products": [
                    {"product_id": "mug", "quantity": 2, "price": 2.5},
                    {"product_id": "cup", "quantity": 1, "price": 4},
                ],
            },
            "context": {"region": "GB"},
        }
    ]


def test_every_type_of_value_gives_the_same_call() -> None:
    """Text from CSV, numbers from JSON and typed values from Parquet mean the same."""
    typed = an_order(
        customer_id=17850.0,
        order_id=7,
        quantity=2,
        price=Decimal("2.50"),
        date=datetime(2024, 5, 1, 10, tzinfo=UTC),
    )
    text = an_order(customer_id="17850.0", price=" 2.50 ")
    assert list(calls_of_orders(rows_of(typed), the_map("orders"))) == list(
        calls_of_orders(rows_of(text), the_map("orders"))
    )


def test_collection_can_read_every_call() -> None:
    """What comes out of a file goes through the same door as what comes over HTTP."""
    calls = calls_in(calls_of_orders(rows_of(an_order()), the_map("orders")))
    event = {"userId": "ann", "event": "Product Viewed", "timestamp": "2024-05-01", "sku": "mug"}
    calls += calls_in(calls_of_events(rows_of(event), the_map("events")))
    assert len(calls_from(calls).calls) == len(calls) == 2
    assert not calls_from(calls).malformed


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"customer_id": ""}, "userId is missing"),
        ({"customer_id": "NULL"}, "userId is missing"),
        ({"customer_id": ["a"]}, "userId is not text or a number"),
        ({"sku": " "}, "product_id is missing"),
        ({"sku": "m\0g"}, "product_id contains a NUL byte"),
        ({"date": ""}, "timestamp is missing"),
        ({"date": "soon"}, "timestamp is not a date and time"),
        ({"date": 1e300}, "timestamp lies outside the calendar"),
        ({"date": "0001-01-01T00:00:00+14:00"}, "timestamp lies outside the calendar"),
        ({"quantity": "two"}, "quantity is not a number"),
        ({"quantity": "-1"}, "quantity is not above 0"),
        ({"quantity": "1.5"}, "quantity is not a whole number"),
        ({"quantity": True}, "quantity is not a number"),
        ({"price": "-1"}, "price is negative"),
        ({"price": "1e30"}, "price is too large"),
        ({"price": "NaN"}, "price is too large or not a number"),
        ({"price": "2,50"}, 'decimal = ","'),
    ],
)
def test_a_bad_line_is_rejected_and_the_order_goes_on(
    changes: dict[str, object], reason: str
) -> None:
    """The reject has the line, the reason and the row; the other lines of the order are kept."""
    rows = rows_of(an_order(**changes), an_order(), an_order(sku="cup"))
    found = list(calls_of_orders(rows, the_map("orders")))
    rejects = [one for one in found if isinstance(one, Reject)]
    assert [one.line for one in rejects] == [2]
    assert reason in rejects[0].reason
    assert "order_id" in rejects[0].raw
    assert [order_lines(call) for call in calls_in(found)] == [["mug", "cup"]]


def test_rejects_of_the_file_are_handed_on() -> None:
    """A line that could not be read stays a reject, in its place."""
    reject = Reject(line=3, reason="broken", raw="x")
    found = list(calls_of_orders([*rows_of(an_order()), reject], the_map("orders")))
    assert found[0] is reject
    assert len(found) == 2


def test_an_order_of_two_subjects_is_not_mixed() -> None:
    """A line that gives an order to somebody else is rejected, not credited to the first."""
    found = list(
        calls_of_orders(rows_of(an_order(), an_order(customer_id="bea")), the_map("orders"))
    )
    assert reasons_in(found) == [(3, "the order belongs to another subject in an earlier line")]
    assert [order_lines(call) for call in calls_in(found)] == [["mug"]]


def test_lines_of_interleaved_orders_find_together() -> None:
    """A line of another order in between does not cut an order in two."""
    rows = rows_of(an_order(), an_order(order_id="8"), an_order(sku="cup"))
    calls = calls_in(calls_of_orders(rows, the_map("orders")))
    assert {call["messageId"]: order_lines(call) for call in calls} == {
        "order:7": ["mug", "cup"],
        "order:8": ["mug"],
    }


def test_an_order_far_apart_comes_in_parts_with_their_own_names() -> None:
    """Memory is bounded, and the second part is not taken for a repetition of the first."""
    between = [an_order(order_id=f"x{i}") for i in range(orders.OPEN_ORDERS)]
    rows = rows_of(an_order(), *between, an_order(sku="cup"))
    calls = calls_in(calls_of_orders(rows, the_map("orders")))
    named = {call["messageId"]: order_lines(call) for call in calls}
    assert named["order:7"] == ["mug"]
    assert named["order:7#2"] == ["cup"]
    assert len(named) == orders.OPEN_ORDERS + 2


def test_an_order_without_end_is_cut() -> None:
    """A file that is all one order does not fill the memory."""
    rows = rows_of(*[an_order()] * (orders.LONGEST_ORDER + 1))
    calls = calls_in(calls_of_orders(rows, the_map("orders")))
    assert [len(order_lines(call)) for call in calls] == [orders.LONGEST_ORDER, 1]
    assert [call["messageId"] for call in calls] == ["order:7", "order:7#2"]


def test_a_line_without_an_order_is_one_by_itself() -> None:
    """Without an order id the name is a digest of the content: the same again, another if not."""
    rows = [an_order(order_id=""), an_order(order_id="", sku="cup")]
    once = calls_in(calls_of_orders(rows_of(*rows), the_map("orders")))
    again = calls_in(calls_of_orders(rows_of(*rows), the_map("orders")))
    assert once == again
    assert len({str(call["messageId"]) for call in once}) == 2
    assert all(str(call["messageId"]).startswith("row:") for call in once)

"""Events, subjects and catalogues of any shop are read, or rejected with a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from imported_rows import (
    calls_in,
    order_lines,
    reasons_in,
    rows_of,
    the_map,
)

from tactful.capabilities.collect.tables.feeds import (
    SubjectLine,
    calls_of_events,
    items_of_catalogue,
    subjects_of,
)
from tactful.capabilities.collect.tables.rows import Skipped
from tactful.terms import Item

SHAPED = {
    "type": "track",
    "event": "Product Viewed",
    "userId": "ann",
    "timestamp": "2024-05-01T10:00:00Z",
    "properties": {"product_id": "mug", "quantity": 2, "price": 2.5},
    "context": {"sessionId": "s1", "region": "GB"},
}
FLAT = {
    "User ID": "ann",
    "event": "view",
    "timestamp": "2024-05-01 10:00",
    "product_id": "mug",
    "quantity": "2",
    "price": "2.5",
    "session": "s1",
    "country": "United Kingdom",
    "brand": "",
}


def test_flat_and_shaped_events_are_the_same_calls() -> None:
    """A Segment-shaped line and columns that say the same become one call with one name."""
    renamed = the_map("events", {"events": {"view": "Product Viewed"}})
    flat = list(calls_of_events(rows_of(FLAT), renamed))
    shaped = list(calls_of_events(rows_of(SHAPED, SHAPED | {"sentAt": "2024-05-02"}), renamed))
    assert flat == shaped[:1] == shaped[1:]
    assert calls_in(flat)[0] == SHAPED | {
        "timestamp": "2024-05-01T10:00:00+00:00",
        "messageId": calls_in(shaped)[0]["messageId"],
    }


def test_typed_properties_become_what_json_has() -> None:
    """Decimals and dates out of Parquet are numbers and text, as a client would send them."""
    typed = SHAPED | {"properties": {}, "price": Decimal("2.50"), "due": date(2024, 6, 1)}
    (call,) = calls_in(calls_of_events(rows_of(typed), the_map("events")))
    assert call["properties"] == {"price": 2.5, "due": "2024-06-01"}


def test_a_message_id_of_the_sender_is_kept() -> None:
    """So that what was sent over HTTP and is imported again is there once."""
    found = calls_in(calls_of_events(rows_of(SHAPED | {"messageId": "m-1"}), the_map("events")))
    assert [call["messageId"] for call in found] == ["m-1"]


def test_traits_of_an_identify_stay_traits() -> None:
    """Columns of an identify are traits, not properties."""
    row = {"type": "identify", "userId": "ann", "timestamp": "2024-05-01", "plan": "gold"}
    call = calls_in(calls_of_events(rows_of(row), the_map("events")))[0]
    assert call["traits"] == {"plan": "gold"}
    assert "properties" not in call


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "explode"}, "type must be one of"),
        ({"event": ""}, "event is missing"),
        ({"userId": None}, "userId or anonymousId is needed"),
        ({"timestamp": None}, "timestamp is missing"),
        ({"properties": "{"}, "properties is not JSON"),
        ({"properties": [1]}, "properties is not an object"),
        ({"products": "[{"}, "products is not JSON"),
        ({"price": "free"}, "price is not a number"),
    ],
)
def test_a_bad_event_is_rejected(changes: dict[str, object], reason: str) -> None:
    """The reason names the field and repeats nothing of the row."""
    found = list(calls_of_events(rows_of(SHAPED | changes, SHAPED), the_map("events")))
    assert [(line, reason in said) for line, said in reasons_in(found)] == [(2, True)]
    assert len(calls_in(found)) == 1


def test_products_may_stand_in_a_cell() -> None:
    """A CSV of orders as events holds their lines as JSON."""
    row = FLAT | {"event": "Order Completed", "products": '[{"product_id": "mug"}]'}
    call = calls_in(calls_of_events(rows_of(row), the_map("events")))[0]
    assert order_lines(call) == ["mug"]


def test_subjects_come_with_what_they_said() -> None:
    """Columns `consent.<purpose>` are statements, the rest are traits; JSON lines say the same."""
    at = "2024-05-01T10:00:00Z"
    flat = {
        "id": "ann",
        "e-mail": "ann@example.com",
        "country": "UK",
        "consent.email_marketing": "yes",
        "consent.advertising": "object",
        "consent.measurement": "",
        "notice": "privacy@1",
        "consented_at": at,
        "plan": "gold",
        "age": "",
    }
    nested = {
        "userId": "ann",
        "email": "ann@example.com",
        "region": "GB",
        "statements": {"email_marketing": "grant", "advertising": "object"},
        "notice": "privacy@1",
        "at": at,
        "traits": {"plan": "gold"},
    }
    expected = SubjectLine(
        user_id="ann",
        traits={"plan": "gold"},
        email="ann@example.com",
        region="GB",
        statements={"email_marketing": "grant", "advertising": "object"},
        notice="privacy@1",
        at=datetime(2024, 5, 1, 10, tzinfo=UTC),
    )
    assert list(subjects_of(rows_of(flat, nested), the_map("subjects"))) == [expected, expected]
    assert "ann" not in repr(expected)


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"userId": ""}, "userId is missing"),
        ({"userId": "ann", "email": "ann"}, "email is not an address"),
        ({"userId": "ann", "consent.advertising": "maybe"}, "consent for advertising must be"),
        ({"userId": "ann", "consent.advertising": "no"}, "at is missing"),
        ({"userId": "ann", "statements": "no"}, "statements is not JSON"),
    ],
)
def test_a_bad_subject_is_rejected(record: dict[str, object], reason: str) -> None:
    """What somebody said is evidence: without a date, or unclear, it is not imported."""
    found = list(subjects_of(rows_of(record), the_map("subjects")))
    assert [(line, reason in said) for line, said in reasons_in(found)] == [(2, True)]


def test_a_catalogue_line_is_an_item() -> None:
    """The fields of the JSON lines and the columns of a CSV have the same names."""
    row = {
        "id": "mug",
        "title": "Mug, blue",
        "price": "1250",
        "currency": "eur",
        "url": "/p/mug",
        "availability": "Out of stock",
        "material": "stone",
        "attributes": {"weight": 300},
    }
    assert list(items_of_catalogue(rows_of(row), the_map("catalogue"))) == [
        Item(
            id="mug",
            title="Mug, blue",
            price=1250,
            currency="EUR",
            url="/p/mug",
            availability="out_of_stock",
            attributes={"material": "stone", "weight": 300},
        )
    ]


def test_a_decimal_price_needs_the_unit() -> None:
    """12.50 is not taken for 12 cents: the reject says what to write, and then it is 1250."""
    rows = rows_of({"id": "mug", "title": "Mug", "price": "12.50"})
    found = list(items_of_catalogue(rows, the_map("catalogue")))
    assert 'unit = "major"' in reasons_in(found)[0][1]
    (item,) = items_of_catalogue(rows, the_map("catalogue", {"file": {"unit": "major"}}))
    assert isinstance(item, Item)
    assert item.price == 1250


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": ""}, "id is missing"),
        ({"title": None}, "title is missing"),
        ({"id": "x" * 201}, "id is longer than 200"),
        ({"price": "-1"}, "price is negative"),
        ({"url": "javascript:alert(1)"}, "url must begin with"),
        ({"image": "data:image/png,x"}, "image must begin with"),
        ({"availability": "perhaps"}, "availability must be one of"),
        ({"attributes": "[]"}, "attributes is not an object"),
    ],
)
def test_a_bad_item_is_rejected(changes: dict[str, object], reason: str) -> None:
    """What a page could not show safely does not get into the catalogue."""
    rows = rows_of({"id": "mug", "title": "Mug"} | changes)
    found = list(items_of_catalogue(rows, the_map("catalogue")))
    assert [(line, reason in said) for line, said in reasons_in(found)] == [(2, True)]


def test_rows_of_any_kind_can_be_skipped() -> None:
    """A rule may look at a column that means nothing else; what it leaves out is counted."""
    toml = {"skip": [{"column": "status", "matches": "^draft", "reason": "not for sale"}]}
    rows = rows_of({"id": "a", "title": "A", "status": "draft"}, {"id": "b", "title": "B"})
    skipped, item = items_of_catalogue(rows, the_map("catalogue", toml))
    assert skipped == Skipped(line=2, reason="not for sale")
    assert isinstance(item, Item)
    assert item.id == "b"

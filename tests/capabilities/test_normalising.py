"""Identifiers have one form; what cannot be read names nobody, and nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.capabilities.collect import Call, claims_of
from tactful.capabilities.profile import Limits, Unusable, normalised
from tactful.terms import Identifier, IdentifierKind

EMAIL, PHONE, EXTERNAL = IdentifierKind.EMAIL, IdentifierKind.PHONE, IdentifierKind.EXTERNAL


@pytest.mark.parametrize(
    ("given_", "plain"),
    [
        ("ada@example.com", "ada@example.com"),
        (" Ada.Lovelace+shop@EXAMPLE.com ", "ada.lovelace+shop@example.com"),
        ("ada@BÜCHER.example", "ada@bücher.example"),
        ("ada@xn--bcher-kva.example", "ada@bücher.example"),
    ],
)
def test_an_address_has_one_form(given_: str, plain: str) -> None:
    """Capitals, spaces around it and the spelling of a domain make no second address."""
    # `.example` is reserved, and so no domain of anybody's: tests may use it.
    found = normalised(EMAIL, given_.replace(".example", ".de"))
    assert found == Identifier(EMAIL, plain.replace(".example", ".de"))


@pytest.mark.parametrize("value", ["", "ada", "ada@", "a b@c.de", "a@b@c.de", "x" * 400 + "@c.de"])
def test_no_address(value: str) -> None:
    """What is no address is dropped with a reason that does not repeat it."""
    found = normalised(EMAIL, value)
    assert found == Unusable(reason="an e-mail address that cannot be read")


@pytest.mark.parametrize(
    ("value", "region"),
    [("+49 30 123456", None), ("030/123456", "DE"), ("030 123456", "DE-BE"), ("+4930123456", "US")],
)
def test_a_number_has_one_form(value: str, region: str | None) -> None:
    """A number is E.164, however it is written, where its country is written or known."""
    assert normalised(PHONE, value, region=region) == Identifier(PHONE, "+4930123456")


@pytest.mark.parametrize(
    ("value", "region", "reason"),
    [
        ("030 123456", None, "a phone number without its country"),
        ("12", "DE", "a phone number that cannot be read"),
        ("call me", "DE", "a phone number that cannot be read"),
        ("+4930123456" + " " * 90 + "1", None, "a phone number that cannot be read"),
        ("030 123456", "XX", "a phone number that cannot be read"),
    ],
)
def test_no_number(value: str, region: str | None, reason: str) -> None:
    """What is no number, or might be one of several countries', is dropped."""
    assert normalised(PHONE, value, region=region) == Unusable(reason=reason)


def test_an_external_id_names_its_system() -> None:
    """The same id of two systems is two; one without a system, or without an id, names nobody."""
    assert normalised(EXTERNAL, " 123 ", owner="CRM") == Identifier(EXTERNAL, "crm:123")
    for value, owner in (
        ("123", ""),
        ("", "crm"),
        ("x" * 300, "crm"),
        ("1", "c:m"),
        ("a\0", "crm"),
    ):
        assert isinstance(normalised(EXTERNAL, value, owner=owner), Unusable)


@given(kind=st.sampled_from(IdentifierKind), value=st.text(max_size=60), region=st.text(max_size=3))
def test_any_text_is_read_or_dropped(kind: IdentifierKind, value: str, region: str) -> None:
    """No text is too odd; and what has its form keeps it."""
    found = normalised(kind, value, region=region, owner="crm")
    if isinstance(found, Identifier) and kind is not EXTERNAL:
        assert normalised(found.kind, found.value, region=region) == found


@pytest.mark.parametrize(
    "value", ["null", " NULL ", "0", "000", "00000000-0000-0000-0000-000000000000"]
)
def test_what_names_nobody(value: str) -> None:
    """What clients send where they know no id is blocked, whatever its capitals."""
    assert Limits().blocks(value)


def test_a_shop_blocks_more() -> None:
    """A shop's own values are blocked as well; all else names somebody."""
    assert Limits(blocked=frozenset({"till 4"})).blocks("Till 4")
    assert not Limits().blocks("till 4")
    assert not Limits().blocks("10")


def test_claims_of_a_call() -> None:
    """Addresses come from traits and orders, ids of other systems from the context."""
    outside = [{"id": 7, "type": "crm"}, {"id": "8", "type": "x", "collection": "groups"}, "no"]
    call = Call(
        type="identify",
        user_id="ada",
        traits={"email": "a@b.de", "phone": ""},
        context={"traits": {"email": "c@d.de", "phone": "+49 30 123456"}, "externalIds": outside},
    )
    assert [(c.kind, c.value, c.owner) for c in claims_of(call)] == [
        (EXTERNAL, "7", "crm"),
        (EMAIL, "a@b.de", ""),
        (PHONE, "+49 30 123456", ""),
    ]
    order = Call(type="track", event="Order Completed", properties={"email": "a@b.de"})
    assert [c.kind for c in claims_of(order)] == [IdentifierKind.ORDER_EMAIL]
    assert "a@b.de" not in repr(claims_of(order))
    assert claims_of(Call(type="track", event="Viewed", properties={"email": "a@b.de"})) == ()


@given(
    context=st.dictionaries(
        st.sampled_from(["traits", "externalIds"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=3),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["id", "type", "collection", "email", "phone"]),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=8,
        ),
    )
)
def test_any_context_is_read(context: dict[str, Any]) -> None:
    """Whatever a client puts there is read as text, or passed over."""
    for claim in claims_of(Call(type="identify", context=context, traits=context)):
        assert claim.value

"""Canonical JSON is that of RFC 8785, and what is read can be read in one way only."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.mechanisms.canonical import canonical, read_json
from tactful.terms import Mistake

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MOST = 2**53 - 1  # RFC 7493, 2.2: what every reader of JSON can hold
WHOLE = st.integers(-MOST, MOST)
JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT | st.floats(-MOST, MOST),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def test_the_example_of_the_rfc() -> None:
    """RFC 8785, 3.2.2 to 3.2.4: numbers, text and literals, to the byte."""
    given_text = (
        rb'{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],'
        rb'"string": "\u20ac$\u000F\u000aA'
        rb"'\u0042\u0022\u005c\\\"\/"
        rb'", "literals": [null, true, false]}'
    )
    expected = (
        "7b226c69746572616c73223a5b6e756c6c2c747275652c66616c73655d2c226e756d62657273223a"
        "5b3333333333333333332e333333333333332c31652b33302c342e352c302e3030322c31652d3237"
        "5d2c22737472696e67223a22e282ac245c75303030665c6e412742"
        "5c225c5c5c5c5c222f227d"
    )

    assert canonical(read_json(given_text)) == bytes.fromhex(expected)


def test_names_are_sorted_as_the_rfc_sorts_them() -> None:
    """RFC 8785, 3.2.3: by UTF-16 code units, so that an emoji comes before what is above it."""
    names = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\x80": "Control",
        "\xf6": "Latin Small Letter O With Diaeresis",
    }

    assert list(json.loads(canonical(names)).values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


@given(JSON)
def test_the_canonical_form_is_one(value: Any) -> None:
    """However a value was written, its canonical form reads back and is the same again."""
    form = canonical(value)

    assert canonical(read_json(form)) == form
    assert canonical(read_json(json.dumps(value, indent=3).encode())) == form


@pytest.mark.parametrize("value", [2**53, float("nan"), float("inf"), "\ud800", {1: 2}, b"x"])
def test_what_json_cannot_hold_has_no_form(value: object) -> None:
    """A number or text that readers would disagree about is refused."""
    with pytest.raises(Mistake, match="canonical"):
        canonical(value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff", "UTF-8"),
        (b"{", "line 1, column 2"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b"[NaN]", "JSON does not know"),
        (b"[-Infinity]", "JSON does not know"),
        (b"[" * 100_000, "brackets"),
        (b"9" * 5_000, "numbers"),
        ("\ufeff{}".encode(), "JSON"),
        ('"a"'.encode("utf-16"), "UTF-8"),
    ],
)
def test_what_can_be_read_in_two_ways_is_not_read(content: bytes, told: str) -> None:
    """Doubled names, other encodings and numbers outside JSON are refused, each with its reason."""
    with pytest.raises(Mistake, match=told):
        read_json(content)

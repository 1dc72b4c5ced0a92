"""The geometry of bars, and the words for reasons."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.terms import Item, Reason
from tactful.web.pages.charts import WIDTH, bar, stack
from tactful.web.pages.pictures import picture_of
from tactful.web.pages.rendering import price
from tactful.web.pages.words import MOST_REASONS, reasons

values = st.lists(st.floats(0, 1e12), max_size=6)


@given(values, st.floats(0, 1e12))
def test_parts_lie_end_to_end_inside_the_bar(lengths: list[float], most: float) -> None:
    """No part begins before the last one ends, and none leaves the bar."""
    parts = stack([("bar-main", value) for value in lengths], most)

    assert len(parts) == len(lengths)
    ends = 0.0
    for part in parts:
        assert part.at == pytest.approx(ends, abs=0.02)
        assert part.width >= 0
        ends = part.at + part.width
        assert ends <= WIDTH + 0.02


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_a_bar_is_as_long_as_its_share(value: int, most: int) -> None:
    """The length is the share of the longest, to a hundredth, and never more than the whole."""
    (part,) = bar(value, most)

    assert part.width == pytest.approx(min(value / most, 1) * WIDTH, abs=0.005 + 1e-9)


@pytest.mark.parametrize(
    ("minor", "currency", "told"),
    [
        (2490, "EUR", "€24.90"),
        (100, "GBP", "£1.00"),
        (123456, "CHF", "CHF 1,234.56"),
        (1200, "JPY", "JPY 1,200"),
        (5, "", "0.05"),
        (None, "EUR", ""),
    ],
)
def test_prices_are_for_people(minor: int | None, currency: str, told: str) -> None:
    """Minor units become the way a price is written; a currency without them has none."""
    assert price(minor, currency) == told


def test_reasons_are_told_in_words() -> None:
    """Each kind of reason has its sentence; the same one is told once, and only a few at all."""
    goods = {"tea": Item(id="tea", title="Green tea")}
    because = [Reason(item="tea", kind="bought", share=0.5)] * 2
    because += [Reason(item=f"x{n}", kind="viewed", share=0.1) for n in range(5)]

    told = reasons(because, item="pot", catalogue=goods)

    assert told[0] == "because you bought Green tea"
    assert told[1] == "because you looked at x0"
    assert len(told) == MOST_REASONS
    itself = [Reason(item="tea", kind="bought", share=1)]
    assert reasons(itself, item="tea", catalogue=goods) == ("because you bought it before",)
    assert reasons([], item="tea", catalogue=goods) == ("from the catalogue, in its order",)


@given(st.text(max_size=8), st.text(max_size=8), st.text(max_size=8))
def test_any_item_has_a_picture(item: str, title: str, category: str) -> None:
    """A tile is a well-formed drawing with at most one letter in it, whatever the words are."""
    from xml.etree import ElementTree as ET

    drawn = ET.fromstring(  # noqa: S314 - our own drawing
        picture_of(Item(id=item, title=title, category=category))
    )

    (text,) = [element.text or "" for element in drawn.iter() if element.tag.endswith("text")]
    assert len(text) <= 3

"""Amounts of money from other systems: only what can be one, and exactly that."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tactful.capabilities.collect.currencies import amount_of, currency_of
from tactful.mechanisms.money import EXPONENTS
from tactful.terms import Mistake


@given(code=st.sampled_from(sorted(EXPONENTS)), minor=st.integers(0, 10**11))
def test_an_amount_is_what_was_written(code: str, minor: int) -> None:
    """Every amount in whole coins of a currency is read to the coin."""
    amount = Decimal(minor).scaleb(-EXPONENTS[code])

    assert amount_of(f" {amount:f} ", code) == amount


@pytest.mark.parametrize("said", ["", "free", "NaN", "inf", "-0.01", "1e13", "12.505", "1,50"])
def test_what_is_no_amount_is_refused(said: str) -> None:
    """Nothing is rounded, guessed or taken for zero."""
    with pytest.raises(Mistake, match="amount"):
        amount_of(said, "EUR")


def test_coins_are_those_of_the_currency() -> None:
    """A yen has none, a dinar has a thousand."""
    assert amount_of("1.234", "KWD") == Decimal("1.234")
    with pytest.raises(Mistake, match="at most 0 decimals"):
        amount_of("1.5", "JPY")


@pytest.mark.parametrize("said", ["", "EURO", "ZZZ", "€", "XXX", "BTC"])
def test_a_currency_that_is_none_is_refused(said: str) -> None:
    """Codes of ISO 4217 only, in large letters or small."""
    assert currency_of(" eur") == "EUR"
    with pytest.raises(Mistake, match="ISO 4217"):
        currency_of(said)

"""
Read amounts of money as other systems write them: a decimal and a currency (ISO 4217).

Converts none into another.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from tactful.mechanisms.money import EXPONENTS
from tactful.terms import Mistake

LARGEST: Final = Decimal(10) ** 12


def currency_of(said: str) -> str:
    """
    Return the code that *said* writes.

    Raises:
        Mistake: there is no such currency.
    """
    code = said.strip().upper()
    if code not in EXPONENTS:
        raise Mistake("the currency is not in ISO 4217: write a code such as EUR or USD")
    return code


def amount_of(said: str, currency: str) -> Decimal:
    """
    Return the amount that *said* writes, in *currency*, which `currency_of` gave.

    Raises:
        Mistake: it is no amount of that currency: no decimal, below zero, or finer than its coins.
    """
    try:
        amount = Decimal(said.strip())
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount < LARGEST:
        raise Mistake("an amount must be a decimal of zero or more, such as 12.50")
    if amount != round(amount, EXPONENTS[currency]):
        raise Mistake(f"an amount in {currency} has at most {EXPONENTS[currency]} decimals")
    return amount

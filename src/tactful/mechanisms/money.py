"""Amounts of money: between what people write and integer minor units (ISO 4217)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

LARGEST: Final = Decimal(10) ** 15

_EXPONENTS: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def exponent(currency: str) -> int:
    """Return how many decimal places the minor unit of *currency* lies behind the point."""
    return _EXPONENTS.get(currency.upper(), 2)


def to_minor(amount: object, currency: str) -> int | None:
    """Return *amount*, a number in major units, in minor ones; None where it is none."""
    if not isinstance(amount, int | float | Decimal) or isinstance(amount, bool):
        return None
    try:
        major = Decimal(str(amount))
        if not major.is_finite() or abs(major) > LARGEST:
            return None
        return int(major.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_UP))
    except InvalidOperation:
        return None


def spoken(minor: int, currency: str) -> str:
    """Return an amount for people: `EUR 24.90`; without a currency the number alone."""
    digits = exponent(currency)
    number = f"{Decimal(minor).scaleb(-digits):,.{digits}f}"
    return f"{currency} {number}".strip()

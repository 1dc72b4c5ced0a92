"""Amounts of money: between what people write and integer minor units (ISO 4217)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

LARGEST: Final = Decimal(10) ** 15

_BY_EXPONENT: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP
    BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR
    FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW
    KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN
    NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD
    SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU
    UZS VED VES WST XCD XCG YER ZAR ZMW ZWG ZWL
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
EXPONENTS: Final = {code: n for n, codes in _BY_EXPONENT.items() for code in codes.split()}
"""How many decimal places the minor unit of each currency lies behind the point (ISO 4217)."""


def exponent(currency: str) -> int:
    """Return the entry of *currency* in EXPONENTS; 2, as of most, where it has none."""
    return EXPONENTS.get(currency.upper(), 2)


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

"""
Read amounts of money as other systems write them: a decimal and a currency (ISO 4217).

Knows which currencies there are; converts none into another.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Final

from tactful.terms import Mistake

_WITH_TWO: Final = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD
    CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
    GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD
    MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP
    PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS
    TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_WITH_NONE: Final = """
    BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF
"""
_WITH_THREE: Final = """
    BHD IQD JOD KWD LYD OMR TND
"""

DECIMALS: Final = {
    code: decimals
    for codes, decimals in ((_WITH_TWO, 2), (_WITH_NONE, 0), (_WITH_THREE, 3))
    for code in codes.split()
}
"""How many decimals an amount of each currency has (ISO 4217, list one)."""

LARGEST: Final = Decimal(10) ** 12


def currency_of(said: str) -> str:
    """
    Return the code that *said* writes.

    Raises:
        Mistake: there is no such currency.
    """
    code = said.strip().upper()
    if code not in DECIMALS:
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
    if amount != round(amount, DECIMALS[currency]):
        raise Mistake(f"an amount in {currency} has at most {DECIMALS[currency]} decimals")
    return amount

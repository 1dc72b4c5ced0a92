"""The currencies there are (ISO 4217, active codes), and what a price in a file says of its own."""

from __future__ import annotations

import re

from tactful.capabilities.collect.tables.fields import text
from tactful.capabilities.collect.tables.rows import Unfit

_ACTIVE = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP
BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB
EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY
KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR
MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB
RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD
TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG ZWL
"""
CURRENCIES = frozenset(_ACTIVE.split())

_AMOUNT = r"-?\d[\d.,\s']*"
_WITH_CURRENCY = re.compile(
    rf"(?P<amount>{_AMOUNT})(?P<after>[A-Za-z]{{3}})|(?P<before>[A-Za-z]{{3}})\s*(?P<rest>{_AMOUNT})"
)


def known_currency(value: object) -> str:
    """
    Return the code *value* in capitals; empty where there is none.

    Raises:
        Unfit: there is no such currency.
    """
    code = text(value).upper()
    if code and code not in CURRENCIES:
        raise Unfit("is none that ISO 4217 knows: write EUR, USD, GBP, ...")
    return code


def split_price(written: str) -> tuple[str, str]:
    """Return the amount and the currency of a price as feeds write it: `15.00 EUR`."""
    found = _WITH_CURRENCY.fullmatch(written.strip())
    if found is None:
        return written, ""
    currency = found["after"] or found["before"]
    return (found["amount"] or found["rest"]).strip(), currency.upper()

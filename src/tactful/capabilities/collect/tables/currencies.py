"""Read which currency a price in a file is in."""

from __future__ import annotations

import re

from tactful.capabilities.collect.tables.fields import text
from tactful.capabilities.collect.tables.rows import Unfit
from tactful.mechanisms.money import EXPONENTS

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
    if code and code not in EXPONENTS:
        raise Unfit("is none that ISO 4217 knows: write EUR, USD, GBP, ...")
    return code


def split_price(written: str) -> tuple[str, str]:
    """Return the amount and the currency of a price as feeds write it: `15.00 EUR`."""
    found = _WITH_CURRENCY.fullmatch(written.strip())
    if found is None:
        return written, ""
    currency = found["after"] or found["before"]
    return (found["amount"] or found["rest"]).strip(), currency.upper()

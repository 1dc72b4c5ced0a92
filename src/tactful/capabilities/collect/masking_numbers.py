"""Tell numbers apart by their check digits: bank accounts, cards, articles and books."""

from __future__ import annotations

import re

_COUNTRIES = """
AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18
DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23
IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27
MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19
SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
"""
IBAN_LENGTHS = {written[:2]: int(written[2:]) for written in _COUNTRIES.split()}
"""How long an account number is, by country (the IBAN registry of ISO 13616)."""

ISBN_LENGTH = 10

_BETWEEN = re.compile(r"[ +\-\u00a0]|%(?:25)*20")
_CARD = re.compile(
    r"4\d{15}(?:\d{3})?|(?:5[1-5]|6[0245])\d{14}(?:\d{3})?|(?:5[0678]|6[37])\d{14}(?:\d{2,3})?"
    r"|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|35\d{14}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}"
)


def iban_end(text: str, start: int) -> int:
    """Return where the account number that begins at *start* of *text* ends; 0 for none."""
    length = IBAN_LENGTHS[text[start : start + 2].upper()]
    found, place = "", start
    while place < len(text) and len(found) < length:
        if text[place].isascii() and text[place].isalnum():
            found += text[place]
            place += 1
        elif between := _BETWEEN.match(text, place):
            place = between.end()
        else:
            return 0
    ended = not text[place : place + 1].isalnum()
    return place if ended and len(found) == length and _is_iban(found.upper()) else 0


def _is_iban(account: str) -> bool:
    """ISO 7064 MOD 97-10."""
    return int("".join(str(int(c, 36)) for c in account[4:] + account[:4])) % 97 == 1


def is_card(written: str) -> bool:
    """Tell whether *written* is a payment card's number: by issuer, length and check digit."""
    plain = re.sub(r"%(?:25)*20|\D", "", written)
    if not _CARD.fullmatch(plain) or len(set(plain)) == 1:
        return False
    return _luhn(plain) and not (plain == written and is_article(plain))


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def is_article(digits: str) -> bool:
    """Tell whether *digits* are a GTIN-12, -13 or -14 (EAN, UPC), by its check digit."""
    if len(digits) not in {12, 13, 14}:
        return False
    return (sum(map(int, digits[-1::-2])) + 3 * sum(map(int, digits[-2::-2]))) % 10 == 0


def is_book(digits: str) -> bool:
    """Tell whether *digits* are an ISBN-10, by its check digit."""
    if len(digits) != ISBN_LENGTH:
        return False
    return sum(place * int(digit) for place, digit in enumerate(reversed(digits), 1)) % 11 == 0

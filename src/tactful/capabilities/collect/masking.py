"""
Find what identifies somebody where it does not belong, and put a placeholder in its place.

People type their e-mail address into a search box and pages carry it in their address: what was
never meant to be collected is masked before it is stored (GDPR Art. 5(1)(c), 25).  The same text
always comes out the same.  Names of goods, article numbers, dates and prices are left alone: what
is taken for a telephone number must be written like one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from tactful.capabilities.collect.masking_numbers import (
    IBAN_LENGTHS,
    iban_end,
    is_article,
    is_book,
    is_card,
)

KINDS = ("login", "e-mail", "iban", "card", "phone")
"""What is looked for, each masked as `[kind]`."""

_NAMES_AN_ID = re.compile(r"(?i)(^|_)(id|sku|ean|gtin|isbn|mpn|code|number|coupon|currency)$|Id$")

_DIGITS = re.compile(r"(?a:\d[\d\W]{6})").search
_LONG_ID = re.compile(r"[A-Za-z]{2}\d\d[ \w]{11}|\d{4}[ -]\d").match
_SHORTEST = 6
_ABROAD = 10
_AT_HOME = {True: range(10, 13), False: range(9, 13)}
"""How many digits a number has that is written in one go, or in groups."""

_ESCAPED = "%(?:25)*"
_AFTER_ESCAPE = r"(?<=%(?!25)[0-7][0-9A-Fa-f])|(?<=%25[0-7][0-9A-Fa-f])"
_BEFORE = rf"(?:(?<![\w.%])|{_AFTER_ESCAPE}|(?<=[^\w.]\.))"
_SEP = rf"(?:[ \u00a0\u202f()./\-+]|{_ESCAPED}(?:20|28|29|2[BbDdEeFf]|[Cc]2%(?:25)*[Aa]0)){{0,3}}"
_GAP = rf"(?:[ .\-+]|{_ESCAPED}20)"
_LETTER = rf"(?:\w|{_ESCAPED}[89A-Fa-f][0-9A-Fa-f])"

_LOGIN = re.compile(r"(?<=//)[^/?#\s@]{1,200}@(?=[\w.-]+)")
_EMAIL = re.compile(
    rf"(?:(?<![\w.+'%-])|{_AFTER_ESCAPE})"
    rf"(?:\"[^\"@]{{1,64}}\"|(?:{_LETTER}|[.+'-]|{_ESCAPED}(?:2[BbDdEe]|5[Ff])){{1,250}})"
    rf"(?:@|{_ESCAPED}40)"
    rf"(?:(?:{_LETTER}|-){{1,63}}(?:\.|{_ESCAPED}2[Ee])){{1,8}}"
    r"(?:[^\W\d_]{2,24}|xn--[0-9A-Za-z-]{2,59})(?![^\W_])"
)
_KEPT = (
    r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"
    r"|\d{4}(?P<y>[-/.])\d\d(?P=y)\d\d(?:[T ]\d\d:\d\d[\d:.]*)?(?![\d])"
    r"|\d{1,2}(?P<d>[-/.])\d{1,2}(?P=d)(?:\d{4}|\d\d)(?![-/.]?\d)"
)
_CARD = (
    rf"\d{{4}}(?P<g>{_GAP})\d{{4}}(?P=g)\d{{4}}(?P=g)\d{{4}}(?:(?P=g)\d{{1,3}})?"
    rf"|3\d{{3}}(?P<h>{_GAP})\d{{6}}(?P=h)\d{{4,5}}"
)
_INTERNATIONAL = (
    rf"(?:(?<!\w)\+|{_ESCAPED}2[Bb])\(?[1-9](?!\d?[.,]\d{{1,2}}(?!\d))(?:{_SEP}\d){{6,14}}"
)
_ALWAYS = re.compile(
    rf"{_BEFORE}(?:(?P<kept>{_KEPT})|(?P<card>{_CARD}))(?![\w])|(?P<abroad>{_INTERNATIONAL})(?!\w)"
)
_IN_ADDRESS = re.compile(
    rf"{_BEFORE}(?:(?P<kept>{_KEPT})|(?P<card>{_CARD}|\d{{14,19}}))(?![\w])"
    rf"|(?P<abroad>{_INTERNATIONAL})(?!\w)"
)
"""In the address of a page a bare number is an article's more often than a telephone's."""
_FREELY = re.compile(
    rf"{_BEFORE}(?:(?P<kept>{_KEPT})|(?P<card>{_CARD}|\d{{14,19}})"
    rf"|(?P<home>(?<!\d[-./])\(?0(?:{_SEP}\d){{8,14}}"
    rf"|(?:1[ .-])?(?:\([2-9]\d\d\)[ ]?|[2-9]\d\d(?P<dash>[.-]))[2-9]\d\d[ .-]\d{{4}}))(?![\w])"
    rf"|(?P<abroad>{_INTERNATIONAL})(?!\w)"
)
_IN_QUERY = re.compile(
    rf"(?<=[?&;#=])(?P<key>[\w.\[\]-]{{1,40}})=(?P<value>\(?[0-9](?:{_SEP}\d){{6,14}})(?=[&;#]|$)"
)
_TELLS_PHONE = re.compile(r"(?i)phone|mobile|^tel|telef|handy|whatsapp|msisdn|^fax").search
_ALONE = re.compile(r"\s*[2-9]\d\d [2-9]\d\d \d{4}\s*").fullmatch
_ADDRESS = re.compile(r"\s*(?:\w{2,12}:/|/|\?|www\.)").match


def suspicious(text: str) -> bool:
    """Tell whether *text* is worth a closer look; ordinary values are done with here."""
    if len(text) < _SHORTEST:
        return False
    return "@" in text or "%" in text or _DIGITS(text) is not None


def _is_plain_id(text: str) -> bool:
    """Tell whether *text* is nothing but a number or a code of the shop's own."""
    return not ("@" in text or "%" in text or "+" in text or _LONG_ID(text))


def masked(
    text: str, *, of_id: bool = False, exempt: Collection[str] = ()
) -> tuple[str, tuple[str, ...]]:
    """
    Return *text* with placeholders, and the kind of each thing that was masked.

    Args:
        text: A value as it was sent, percent-encoded or not.
        of_id: It is a number or a code of the shop's own: bare digits in it are what they are.
        exempt: Kinds that may stand there.
    """
    if not suspicious(text) or (of_id and _is_plain_id(text)):
        return text, ()
    found: list[str] = []
    if "@" in text or "%" in text:
        text = _without_addresses(text, found, exempt)
    if "iban" not in exempt:
        text = _without_ibans(text, found)
    return _without_numbers(text, found, of_id=of_id, exempt=exempt), tuple(found)


@lru_cache(maxsize=1024)
def names_an_id(name: str) -> bool:
    """Tell whether a property called *name* holds a number or a code of the shop's own."""
    return _NAMES_AN_ID.search(name) is not None


def _without_addresses(text: str, found: list[str], exempt: Collection[str]) -> str:
    for kind, pattern, instead in (
        ("login", _LOGIN, "[login]@"),
        ("e-mail", _EMAIL, "[e-mail]"),
    ):
        if kind not in exempt:
            text, times = pattern.subn(instead, text)
            found += [kind] * times
    return text


def _without_ibans(text: str, found: list[str]) -> str:
    parts, done = [], 0
    for start, end in _ibans(text):
        if start >= done:
            parts += [text[done:start], "[iban]"]
            found.append("iban")
            done = end
    return "".join([*parts, text[done:]])


_IBAN_START = re.compile(rf"(?:(?<![0-9A-Za-z%])|{_AFTER_ESCAPE})([A-Za-z]{{2}})\d\d")


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for start in _IBAN_START.finditer(text):
        if start[1].upper() in IBAN_LENGTHS and (end := iban_end(text, start.start())):
            yield start.start(), end


def _without_numbers(text: str, found: list[str], *, of_id: bool, exempt: Collection[str]) -> str:
    def replaced(match: re.Match[str]) -> str:
        kind = _kind(match)
        if kind is None or kind in exempt:
            return match[0]
        found.append(kind)
        return f"[{kind}]"

    def in_query(match: re.Match[str]) -> str:
        if "phone" in exempt or not _is_phone_in_query(match["key"], match["value"]):
            return match[0]
        found.append("phone")
        return f"{match['key']}=[phone]"

    if of_id:
        return _ALWAYS.sub(replaced, text)
    if not _ADDRESS(text):
        return "[phone]" if _alone(text, found, exempt) else _FREELY.sub(replaced, text)
    return _IN_QUERY.sub(in_query, _IN_ADDRESS.sub(replaced, text))


def _alone(text: str, found: list[str], exempt: Collection[str]) -> bool:
    """Take three groups for a telephone number in America where nothing else stands there."""
    if "phone" in exempt or not _ALONE(text):
        return False
    found.append("phone")
    return True


def _kind(match: re.Match[str]) -> str | None:
    """Return what *match* is, or None where it only looks like it."""
    if match["card"]:
        return "card" if is_card(match["card"]) else None
    if match["abroad"]:
        return "phone"
    home = match.groupdict().get("home")
    return "phone" if home and _is_phone_at_home(home) else None


def _is_phone_at_home(written: str) -> bool:
    digits = _digits(written)
    if not digits.startswith("0"):
        return True
    bare = digits == written
    if digits.startswith("00"):
        return digits[2:3] != "0" and len(digits) >= _ABROAD and not (bare and is_article(digits))
    if is_book(digits) and not re.search(r"[^\d-]", written):
        return False
    return len(digits) in _AT_HOME[bare] and not (bare and is_article(digits))


def _is_phone_in_query(key: str, written: str) -> bool:
    if _TELLS_PHONE(key):
        return True
    return not names_an_id(key) and _digits(written) != written and _is_written_home(written)


def _is_written_home(written: str) -> bool:
    digits = _digits(written)
    return digits.startswith("0") and _is_phone_at_home(written)


def _digits(written: str) -> str:
    """Return the digits of *written* without those of percent signs."""
    plain = re.sub(r"%(?:25)*[0-9A-Fa-f]{2}", "", written) if "%" in written else written
    return "".join(c for c in plain if c.isdigit())

"""
Read single values out of rows: ids, moments, numbers, money, regions.

The same value read from CSV, JSON or Parquet comes out the same.  What cannot be read raises
`Unfit`, which the mapping turns into a rejected line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from tactful.capabilities.collect.tables.rows import Unfit
from tactful.mechanisms.money import exponent
from tactful.terms.regime import REGION_CODE

NOBODY = frozenset({"null", "none", "nan", "n/a", "na", "undefined", "\\n", "-", "0"})
"""How exports write a missing id: taken at its word it would merge strangers into one subject."""

LARGEST_AMOUNT = Decimal(10) ** 15
MILLISECONDS_FROM = 10**11
"""An epoch number from here on counts milliseconds: as seconds it lies past the year 5000."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FLOAT_ID = re.compile(r"\d+\.0")
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")


def text(value: object) -> str:
    """Return *value* as trimmed text; a missing one is empty."""
    if isinstance(value, str):
        return value.strip()
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(value)


def name_of(value: object) -> str:
    """
    Return an id as text: `17850` and `17850.0` (a column with gaps, read as floats) are one.

    Raises:
        Unfit: it is a list or an object, or holds a NUL byte.
    """
    if isinstance(value, str):
        found = value.strip()
    elif isinstance(value, list | dict):
        raise Unfit("is not text or a number")
    elif isinstance(value, float) and value.is_integer():
        return str(int(value))
    else:
        found = text(value)
    if "\0" in found:
        raise Unfit("contains a NUL byte")
    return found[:-2] if found.endswith(".0") and _FLOAT_ID.fullmatch(found) else found


def subject_name(value: object) -> str:
    """Return the id of a subject, empty where the file says in its own way that there is none."""
    found = name_of(value)
    return "" if found.lower() in NOBODY else found


def number(value: object, *, decimal: str = ".") -> Decimal:
    """
    Read a finite number, in the notation that writes its fraction after *decimal*.

    Raises:
        Unfit: it is not a number.
    """
    if isinstance(value, str):
        return _number(value, decimal)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Unfit("is not a number")
    return _number(str(value), ".")


@lru_cache(maxsize=8192)
def _number(written: str, decimal: str) -> Decimal:
    plain = written.strip("£$€¥ \u00a0\u202f")
    if decimal == ",":
        plain = re.sub(r"[.\s]", "", plain).replace(",", ".")
    elif _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        raise Unfit(_not_a_number(plain)) from None
    if not found.is_finite() or abs(found) >= LARGEST_AMOUNT:
        raise Unfit("is too large or not a number")
    return found


def _not_a_number(plain: str) -> str:
    if re.fullmatch(r"-?[\d.]*,\d+", plain):
        return 'is not a number: for a decimal comma write decimal = "," under [file] of the map'
    return "is not a number"


def plain_number(found: Decimal) -> int | float:
    """Return *found* as JSON writes it: whole numbers without a fraction."""
    return int(found) if found == found.to_integral_value() else float(found)


def minor_units(amount: Decimal, *, unit: str, currency: str) -> int:
    """
    Return *amount* in whole minor units, rounding halves up.

    Raises:
        Unfit: it is negative, or has a fraction although it is said to be in minor units.
    """
    if amount < 0:
        raise Unfit("is negative")
    if unit == "major":
        amount = amount.scaleb(exponent(currency)).to_integral_value(rounding=ROUND_HALF_UP)
    if amount != amount.to_integral_value():
        raise Unfit(
            "has a fraction but is read as minor units (1250 for 12.50): "
            'for decimal prices write unit = "major" under [file] of the map'
        )
    return int(amount)


def major_units(amount: Decimal, *, unit: str, currency: str) -> int | float:
    """Return *amount* as Segment's clients write prices: 2.55 for 255 pence."""
    if amount < 0:
        raise Unfit("is negative")
    return plain_number(amount.scaleb(-exponent(currency)) if unit == "minor" else amount)


def moment(value: object, *, formats: tuple[str, ...] = (), zone: tzinfo = UTC) -> datetime:
    """
    Read a point in time, in UTC.  One that names no zone is taken to be in *zone*.

    Args:
        value: Text in one of *formats*, else ISO 8601, else seconds or milliseconds since 1970.
        formats: As `datetime.strptime` reads them.
        zone: Where the clock hung that wrote it.

    Raises:
        Unfit: it is none of these.
    """
    if isinstance(value, datetime):
        return _in_utc(value, zone)
    if isinstance(value, date):
        return _in_utc(datetime.combine(value, time()), zone)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _since_epoch(float(value))
    return _moment(text(value), formats, zone)


@lru_cache(maxsize=8192)
def _moment(written: str, formats: tuple[str, ...], zone: tzinfo) -> datetime:
    for form in formats:
        try:
            return _in_utc(datetime.strptime(written, form), zone)  # noqa: DTZ007 - zone added
        except ValueError:
            continue
    try:
        return _in_utc(datetime.fromisoformat(written), zone)
    except ValueError:
        pass
    if re.fullmatch(r"\d{9,13}(\.\d+)?", written):
        return _since_epoch(float(written))
    raise Unfit("is not a date and time: write its formats under [time] of the map")


def _in_utc(found: datetime, zone: tzinfo) -> datetime:
    try:
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise Unfit("lies outside the calendar") from None


def _since_epoch(seconds: float) -> datetime:
    if not math.isfinite(seconds):
        raise Unfit("is not a date and time")
    if abs(seconds) >= MILLISECONDS_FROM:
        seconds /= 1000
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        raise Unfit("lies outside the calendar") from None


def region(value: object, names: Mapping[str, str]) -> str | None:
    """
    Return the ISO 3166 code for a region: by its name in *names*, or because it is a code.

    What is neither stays unknown, and so falls under the strictest law: it is not guessed at.
    """
    found = text(value)
    code = names.get(found.casefold(), found.upper())
    return code if REGION_CODE.fullmatch(code) else None

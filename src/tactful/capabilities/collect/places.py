"""Find out which law a call falls under: where the sender lives, or seems to be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from tactful.capabilities.collect.calls import Call
from tactful.terms.regime import REGION_CODE

STATE = re.compile("([A-Z]{2}-)?[A-Z0-9]{1,3}")
_LONGEST_CODE = len("US-CAL")


def address_of(call: Call) -> str | None:
    """
    Return the address that an `identify` states in its traits: `US-CA`, `DE`.

    Segment's `address.country` and `address.state`, the same outside of `address`, or `region`.
    """
    traits = call.traits
    if not traits:
        return None
    address = traits.get("address")
    where = address if isinstance(address, dict) else traits
    plain = None if "country" in traits else _code(traits.get("region"))
    return plain or _joined(where)


def region_of(call: Call) -> str | None:
    """Return where the sender seems to be: `context.region`, or `context.location`."""
    context = call.context
    if not context:
        return None
    if said := _code(context.get("region")):
        return said
    location = context.get("location")
    return _joined(location) if isinstance(location, dict) else None


def ip_of(call: Call) -> str:
    """Return the internet address that `context.ip` names, as it was written; it is not kept."""
    said = (call.context or {}).get("ip")
    return said if isinstance(said, str) else ""


def _joined(where: Mapping[str, object]) -> str | None:
    country = _code(where.get("country"))
    state = _part(where.get("state") or where.get("region"))
    if country is None or state is None or "-" in country:
        return country
    joined = state if state.startswith(f"{country}-") else f"{country}-{state}"
    return _code(joined) or country


def _code(value: object) -> str | None:
    """Accept ISO 3166 codes only: a spelled-out name is not guessed at."""
    return _read_code(value) if isinstance(value, str) and len(value) <= _LONGEST_CODE else None


@lru_cache(maxsize=1024)
def _read_code(value: str) -> str | None:
    code = value.upper()
    return code if REGION_CODE.fullmatch(code) else None


def _part(value: object) -> str | None:
    """Accept the part of a code that names a state: `CA` of `US-CA`, or the whole."""
    code = value.upper() if isinstance(value, str) else ""
    return code if STATE.fullmatch(code) else None

"""Find out which law a call falls under: where the sender lives, or seems to be."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tactful.capabilities.collect.calls import Call

ISO_3166 = re.compile("[A-Z]{2}(-[A-Z0-9]{1,3})?")


def residence_of(call: Call) -> str | None:
    """
    Return the residence that an `identify` states in its traits: `US-CA`, `DE`.

    Segment's `address.country` and `address.state`, or a plain `region` or `country` trait.
    """
    traits = call.traits or {}
    address = traits.get("address")
    where = address if isinstance(address, dict) else traits
    return _code(traits.get("region")) or _joined(where)


def region_of(call: Call) -> str | None:
    """Return where the sender seems to be: `context.region`, or `context.location`."""
    context = call.context or {}
    location = context.get("location")
    return _code(context.get("region")) or _joined(location if isinstance(location, dict) else {})


def _joined(where: Mapping[str, object]) -> str | None:
    country = _code(where.get("country"))
    state = _code(where.get("state") or where.get("region"))
    if country == "US" and state:
        return state if state.startswith("US-") else f"US-{state}"
    return country


def _code(value: object) -> str | None:
    """Accept ISO 3166 codes only: a spelled-out name is not guessed at."""
    code = value.upper() if isinstance(value, str) else ""
    return code if ISO_3166.fullmatch(code) else None

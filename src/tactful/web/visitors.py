"""Read whom a request names: ids are checked, regions that are no ISO code count as unknown."""

from __future__ import annotations

from typing import Final

from tactful.shop import Who
from tactful.terms import Mistake
from tactful.web.exchange import Asked

LONGEST_REGION: Final = 6  # ISO 3166-2: two letters, a dash, up to three letters or digits


def who_is_named(
    asked: Asked, *, user_id: str | int | None, anonymous_id: str | int | None, region: str | None
) -> Who:
    """
    Return whom the request names, where from, and with which signal.

    Raises:
        Mistake: an id is empty, too long, or holds a NUL byte.
    """
    return Who(
        user_id=_id("userId", user_id),
        anonymous_id=_id("anonymousId", anonymous_id),
        region=region_code(region),
        gpc=asked.gpc,
    )


def who_in_query(asked: Asked) -> Who:
    """Return whom the query names, by the same fields that bodies have."""
    query = asked.query
    return who_is_named(
        asked,
        user_id=query.get("userId"),
        anonymous_id=query.get("anonymousId"),
        region=query.get("region"),
    )


def region_code(said: str | None) -> str | None:
    """Return *said* in upper case if it can be an ISO 3166 code; else the region is unknown."""
    if not said or len(said) > LONGEST_REGION or not said.isascii():
        return None
    code = said.upper()
    return code if code.replace("-", "").isalnum() else None


def _id(name: str, value: str | int | None) -> str | None:
    if value is None:
        return None
    if value == "":
        raise Mistake(f"{name} is empty: leave it out, or say whom you mean")
    return str(value)

"""Read whom a request names, and where they are: what was said outranks what can be seen."""

from __future__ import annotations

from tactful.shop import Who
from tactful.terms import Mistake
from tactful.web.exchange import Asked
from tactful.web.keys import Caller


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
        region=region,
        gpc=asked.gpc,
    )


def who_in_query(asked: Asked, caller: Caller) -> Who:
    """Return whom the query names, by the same fields that bodies have."""
    query = asked.query
    return who_is_named(
        asked,
        user_id=query.get("userId"),
        anonymous_id=query.get("anonymousId"),
        region=region_required(asked, query.get("region"), caller),
    )


def region_required(asked: Asked, said: str | None, caller: Caller | None) -> str | None:
    """
    Return where the visitor is: as *said*, or where nothing was said as the request shows.

    Raises:
        Mistake: there is no such region.
    """
    return asked.origin.places.require(said) if said else _region_seen(asked, caller)


def region_if_known(asked: Asked, said: str | None, caller: Caller) -> str | None:
    """Return the same; a region that does not exist counts as unknown, so that no page breaks."""
    return asked.origin.places.accept(said) if said else _region_seen(asked, caller)


def _region_seen(asked: Asked, caller: Caller | None) -> str | None:
    """Return the region that the request shows: none where the shop's own server speaks."""
    return None if caller is Caller.SECRET else asked.origin.region_of_asker


def _id(name: str, value: str | int | None) -> str | None:
    if value is None:
        return None
    if value == "":
        raise Mistake(f"{name} is empty: leave it out, or say whom you mean")
    return str(value)

"""
Reduce a call to what may be kept of it: declared properties, for purposes that are permitted.

Data minimisation happens here (GDPR Art. 5(1)(c), 25(2)): what the plan does not declare, or
declares for refused purposes only, never reaches a store.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from tactful.capabilities.collect.calls import Call, message_digest
from tactful.gate import Permit
from tactful.terms import Event, PlannedEvent, PlannedProperty, TrackingPlan

GROUP_PURPOSE = "segment_personalization"
"""Of this purpose only the group is kept (product.md, the dial): never an event."""

LONGEST_TEXT = 1_000
LARGEST_NUMBER = 1e15
MOST_PRODUCTS = 1_000
PRODUCT_FIELDS = ("product_id", "sku", "quantity", "price", "category")

Drop = Callable[[str], None]
"""Told why a property was dropped, without its value."""

Gap = Callable[[str], None]
"""Told what the tracking plan does not declare, by a name that can be shown to anybody."""

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z_ .-]{0,39}")


def keep(
    permits: Sequence[Permit],
    call: Call,
    *,
    plan: TrackingPlan,
    at: datetime,
    kept_since: Mapping[str, datetime],
    source: str,
    drop: Drop,
    gap: Gap,
) -> Event | None:
    """
    Return *call* as an event reduced to what *permits* allow, or None where nothing is left.

    Args:
        permits: One per purpose that the subject allows keeping for; all for the same subject.
        call: What the client sent.
        plan: What may be kept at all.
        at: When it happened, corrected for the sender's clock.
        kept_since: Per purpose the moment before which retention has run out (Art. 5(1)(e)); a
            purpose that is not named keeps without end.
        source: Where it came from, for the subject to see (Art. 15(1)(g)).
        drop: Told about each property that is not kept.
        gap: Told about each event and property that the plan does not declare.
    """
    planned = plan.events.get(call.title)
    if planned is None:
        drop("undeclared event")
        gap(f"event {plain_name(call.title)}")
        return None
    purposes = _purposes(permits, planned, at, kept_since)
    if not purposes:
        return None
    return Event(
        subject=permits[0].subject,
        name=planned.name,
        at=at,
        items=items_of(call),
        purposes=purposes,
        properties=_kept(call.properties or {}, planned.properties, purposes, drop=drop, gap=gap),
        source=source,
        message=message_digest(call),
        session=_session(call),
    )


def _purposes(
    permits: Sequence[Permit],
    planned: PlannedEvent,
    at: datetime,
    kept_since: Mapping[str, datetime],
) -> frozenset[str]:
    """Return what an event of *at* may be kept for: allowed, planned, and not past its term."""
    allowed = {permit.purpose for permit in permits}
    return frozenset(
        purpose
        for purpose in allowed.intersection(planned.purposes) - {GROUP_PURPOSE}
        if purpose not in kept_since or at >= kept_since[purpose]
    )


def keep_traits(
    permits: Sequence[Permit], call: Call, *, plan: TrackingPlan, drop: Drop, gap: Gap
) -> Mapping[str, object]:
    """Return the declared traits of an `identify` that *permits* allow."""
    allowed = frozenset(permit.purpose for permit in permits)
    return _kept(call.traits or {}, plan.traits, allowed, drop=drop, gap=gap)


def fitting(planned: PlannedProperty, value: object) -> object | None:
    """Return *value* as *planned* wants it kept, None where it does not fit: a text too long."""
    return _FITS[planned.type](value)


@lru_cache(maxsize=1024)
def plain_name(name: str) -> str:
    """
    Return *name* if it is plain, else that it is none.

    Clients choose the names of events and properties, and may put anything there: a name with a
    digit or an at sign might be somebody's.
    """
    return name if _PLAIN_NAME.fullmatch(name) else "of no plain name"


def items_of(call: Call) -> tuple[str, ...]:
    """Return the catalogue ids that *call* is about, in order, each once."""
    properties = call.properties or {}
    products = properties.get("products")
    lines = products if isinstance(products, list) else [properties]
    found = (_item(line) for line in lines if isinstance(line, dict))
    return tuple(dict.fromkeys(item for item in found if item))


def _item(line: Mapping[str, object]) -> str:
    value = line.get("product_id") or line.get("sku")
    return str(value)[:200].replace("\0", "") if isinstance(value, str | int) else ""


def _session(call: Call) -> str:
    session = (call.context or {}).get("sessionId")
    return str(session)[:64] if isinstance(session, str | int) else ""


def _kept(
    given: Mapping[str, object],
    declared: Mapping[str, PlannedProperty],
    purposes: frozenset[str],
    *,
    drop: Drop,
    gap: Gap,
) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name, value in given.items():
        planned = declared.get(name)
        if planned is None:
            drop("undeclared property")
            gap(f"property {plain_name(name)}")
        elif purposes.isdisjoint(planned.purposes):
            drop("refused purpose")
        elif (fit := _FITS[planned.type](value)) is None:
            drop("wrong type or out of range")
        else:
            kept[name] = fit
    return kept


def _string(value: object) -> str | None:
    if not isinstance(value, str | int) or isinstance(value, bool):
        return None
    text = str(value)
    return text if len(text) <= LONGEST_TEXT and "\0" not in text else None


def _integer(value: object) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number == int(number) else None


def _number(value: object) -> float | int | None:
    """Accept finite amounts of zero or more; clients send numbers as text now and then."""
    try:
        number = float(value) if isinstance(value, str | int | float) else -1.0
    except (ValueError, OverflowError):
        return None
    if isinstance(value, bool) or not 0 <= number < LARGEST_NUMBER:
        return None
    return value if isinstance(value, int | float) else number


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _products(value: object) -> list[dict[str, object]] | None:
    if not isinstance(value, list):
        return None
    lines = [line for line in value if isinstance(line, dict)]
    return [_product(line) for line in lines[:MOST_PRODUCTS]]


def _product(line: Mapping[str, object]) -> dict[str, object]:
    read = {"quantity": _integer, "price": _number}
    fits = {name: read.get(name, _string)(line[name]) for name in PRODUCT_FIELDS if name in line}
    return {name: fit for name, fit in fits.items() if fit is not None}


_FITS: Mapping[str, Callable[[object], object]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "datetime": _string,
    "products": _products,
}

"""
Reduce a call to what may be kept of it: declared properties, for purposes that are permitted.

Data minimisation happens here (GDPR Art. 5(1)(c), 25(2)): what the plan does not declare, or
declares for refused purposes only, never reaches a store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, cast

from tactful.capabilities.collect.calls import Call, message_digest
from tactful.capabilities.collect.masks import HARMLESS, Note, mask, masked_id
from tactful.capabilities.collect.strays import Stray, stray
from tactful.gate import Permits
from tactful.terms import Event, PlannedEvent, PlannedProperty, TrackingPlan

GROUP_PURPOSE = "segment_personalization"
"""Of this purpose only the group is kept (product.md, the dial): never an event."""

LONGEST_TEXT = 1_000
LARGEST_NUMBER = 1e15
MOST_PRODUCTS = 1_000
PRODUCT_FIELDS = ("product_id", "sku", "quantity", "price", "category")

Drop = Callable[[str], None]
"""Told why a property was dropped, without its value."""

Gap = Callable[[Stray], None]
"""Told what the tracking plan does not declare, by a name that can be shown to anybody."""


class Telling(NamedTuple):
    """Whom to tell what becomes of a call."""

    drop: Drop
    gap: Gap
    note: Note


def keep(
    permits: Permits,
    call: Call,
    *,
    items: tuple[str, ...],
    plan: TrackingPlan,
    at: datetime,
    kept_since: Mapping[str, datetime],
    source: str,
    telling: Telling,
    now: datetime | None = None,
) -> Event | None:
    """
    Return *call* as an event reduced to what *permits* allow, or None where nothing is left.

    Args:
        permits: One per purpose that the subject allows keeping for.
        call: What the client sent.
        items: What `items_of` finds in *call*.
        plan: What may be kept at all.
        at: When it happened, corrected for the sender's clock.
        kept_since: Per purpose, before when retention has run out (Art. 5(1)(e)), if it ever does.
        source: Where it came from, for the subject to see (Art. 15(1)(g)).
        telling: Told what is not kept, not declared, missing, or masked.
        now: From when retention of the plan's own is counted back; None keeps the past whole.
    """
    planned = plan.events.get(call.title)
    if planned is None:
        telling.drop("undeclared event")
        telling.gap(stray("event", call.title))
        return None
    purposes = _purposes(permits.purposes, planned, at, kept_since)
    if not purposes or _is_over(planned, at, now):
        return None
    _note_missing(planned, call, telling.note)
    reduced = _Reduction(planned.properties, purposes, telling, at, now, _ways(planned, purposes))
    return Event(
        subject=permits.subject,
        name=planned.name,
        at=at,
        items=items,
        purposes=purposes,
        properties=reduced.of(call.properties or {}, planned.name),
        source=source,
        message=message_digest(call),
        session=_session(call),
    )


def _purposes(
    allowed: frozenset[str],
    planned: PlannedEvent,
    at: datetime,
    kept_since: Mapping[str, datetime],
) -> frozenset[str]:
    """Return what an event of *at* may be kept for: allowed, planned, and not past its term."""
    purposes = _served(allowed, planned.purposes)
    if kept_since:
        late = [purpose for purpose in purposes if at < kept_since.get(purpose, at)]
        return purposes.difference(late) if late else purposes
    return purposes


@lru_cache(maxsize=4096)
def _served(allowed: frozenset[str], planned: tuple[str, ...]) -> frozenset[str]:
    """Return the purposes that are both; there are few combinations, and each is asked often."""
    return allowed.intersection(planned) - {GROUP_PURPOSE}


def _note_missing(planned: PlannedEvent, call: Call, note: Note) -> None:
    if not planned.required:
        return
    given = call.properties or {}
    for name in planned.required:
        if given.get(name) is None:
            note("missing", f"{planned.name}: {name}")


def _is_over(planned: PlannedEvent | PlannedProperty, at: datetime, now: datetime | None) -> bool:
    """Tell whether the retention that the plan gives *planned* itself has run out."""
    return planned.retention is not None and now is not None and at < now - planned.retention


def keep_traits(
    permits: Permits, call: Call, *, plan: TrackingPlan, telling: Telling
) -> Mapping[str, object]:
    """Return the declared traits of an `identify` that *permits* allow."""
    return _Reduction(plan.traits, permits.purposes, telling).of(call.traits or {}, None)


def fitting(planned: PlannedProperty, value: object) -> object | None:
    """Return *value* as *planned* wants it kept, None where it does not fit: a text too long."""
    return _FITS[planned.type](value)


def items_of(call: Call) -> tuple[str, ...]:
    """Return the catalogue ids that *call* is about, in order, each once."""
    properties = call.properties
    if not properties:
        return ()
    products = properties.get("products")
    if not isinstance(products, list):
        item = _item(properties)
        return (item,) if item else ()
    found = (_item(line) for line in products if isinstance(line, dict))
    return tuple(dict.fromkeys(item for item in found if item))


def _item(line: Mapping[str, object]) -> str:
    value = line.get("product_id") or line.get("sku")
    if value.__class__ is not str and not isinstance(value, str | int):
        return ""
    return masked_id(str(value)[:200].replace("\0", ""))


def _session(call: Call) -> str:
    session = call.context.get("sessionId") if call.context else None
    if session is None:
        return ""
    return masked_id(str(session)[:64]) if isinstance(session, str | int) else ""


Fit = Callable[[object], object]
"""Returns a value as it is wanted kept, None where it does not fit."""


@lru_cache(maxsize=4096)
def _ways(planned: PlannedEvent, purposes: frozenset[str]) -> Mapping[str, Fit]:
    """
    Return what each property goes through that is kept for *purposes* without another question.

    Worked out once for all events that are kept for the same: most of what arrives finds itself
    here, and everything else is looked at one by one.
    """
    return {
        name: _FITS[each.type]
        for name, each in planned.properties.items()
        if each.retention is None and not purposes.isdisjoint(each.purposes)
    }


class _Reduction(NamedTuple):
    """What the properties of one call are reduced to, and who is told what was left out."""

    declared: Mapping[str, PlannedProperty]
    purposes: frozenset[str]
    telling: Telling
    at: datetime | None = None
    now: datetime | None = None
    ways: Mapping[str, Fit] = MappingProxyType({})

    def of(self, given: Mapping[str, object], event: str | None) -> dict[str, object]:
        """Return what is kept of *given*: properties of *event*, or traits where it is None."""
        kept: dict[str, object] = {}
        ways = self.ways
        for name, value in given.items():
            way = ways.get(name) or self._way(name, value, event)
            if way is None:
                continue
            fit = way(value)
            if fit is None:
                self.telling.drop("wrong type or out of range")
            elif fit.__class__ in _NUMBERS or (fit.__class__ is str and hash(fit) in HARMLESS):
                kept[name] = fit
            else:
                kept[name] = mask(self.declared[name], fit, self.telling.note)
        return kept

    def _way(self, name: str, value: object, event: str | None) -> Fit | None:
        """Return what the property called *name* goes through, or None and tell why it may not."""
        planned = self.declared.get(name)
        if planned is None:
            self.telling.drop("undeclared property")
            self.telling.gap(stray("trait" if event is None else "property", name, value, event))
        elif self.purposes.isdisjoint(planned.purposes):
            self.telling.drop("refused purpose")
        elif self.at is not None and _is_over(planned, self.at, self.now):
            self.telling.drop("past its own retention")
        else:
            return _FITS[planned.type]
        return None


_NUMBERS = frozenset({int, float, bool})


def _string(value: object) -> str | None:
    if value.__class__ is str:
        text = value
    elif isinstance(value, str | int) and not isinstance(value, bool):
        text = str(value)
    else:
        return None
    return text if len(text) <= LONGEST_TEXT and "\0" not in text else None


def _integer(value: object) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number == int(number) else None


def _number(value: object) -> float | int | None:
    """Accept finite amounts of zero or more; clients send numbers as text now and then."""
    if value.__class__ is float or value.__class__ is int:
        plain = cast("float", value)
        return plain if 0 <= plain < LARGEST_NUMBER else None
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

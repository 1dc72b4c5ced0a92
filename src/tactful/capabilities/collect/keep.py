"""
Reduce a call to what may be kept of it: declared properties, for purposes that are permitted.

Data minimisation happens here (GDPR Art. 5(1)(c), 25(2)): what the plan does not declare, or
declares for refused purposes only, never reaches a store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tactful.capabilities.collect.calls import Call, message_digest
from tactful.capabilities.collect.masks import HARMLESS, Note, mask, masked_id
from tactful.capabilities.collect.strays import Stray, stray
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

Gap = Callable[[Stray], None]
"""Told what the tracking plan does not declare, by a name that can be shown to anybody."""


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
    note: Note,
    now: datetime | None = None,
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
        note: Told what to count besides: what is missing, and what was masked.
        now: From when retention of the plan's own is counted back; None keeps the past whole.
    """
    planned = plan.events.get(call.title)
    if planned is None:
        drop("undeclared event")
        gap(stray("event", call.title))
        return None
    purposes = _purposes(permits, planned, at, kept_since)
    if not purposes or _is_over(planned, at, now):
        return None
    _note_missing(planned, call, note)
    reduction = _Reduction(planned.properties, purposes, drop, gap, note, at, now)
    return Event(
        subject=permits[0].subject,
        name=planned.name,
        at=at,
        items=items_of(call),
        purposes=purposes,
        properties=reduction.of(call.properties or {}, planned.name),
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


def _note_missing(planned: PlannedEvent, call: Call, note: Note) -> None:
    given = call.properties or {}
    for name in planned.required:  # of most events nothing is
        if given.get(name) is None:
            note("missing", f"{planned.name}: {name}")


def _is_over(planned: PlannedEvent | PlannedProperty, at: datetime, now: datetime | None) -> bool:
    """Tell whether the retention that the plan gives *planned* itself has run out."""
    return planned.retention is not None and now is not None and at < now - planned.retention


def keep_traits(
    permits: Sequence[Permit], call: Call, *, plan: TrackingPlan, drop: Drop, gap: Gap, note: Note
) -> Mapping[str, object]:
    """Return the declared traits of an `identify` that *permits* allow."""
    allowed = frozenset(permit.purpose for permit in permits)
    return _Reduction(plan.traits, allowed, drop, gap, note).of(call.traits or {}, None)


def items_of(call: Call) -> tuple[str, ...]:
    """Return the catalogue ids that *call* is about, in order, each once."""
    properties = call.properties or {}
    products = properties.get("products")
    lines = products if isinstance(products, list) else [properties]
    found = (_item(line) for line in lines if isinstance(line, dict))
    return tuple(dict.fromkeys(item for item in found if item))


def _item(line: Mapping[str, object]) -> str:
    value = line.get("product_id") or line.get("sku")
    if not isinstance(value, str | int):
        return ""
    return masked_id(str(value)[:200].replace("\0", ""))


def _session(call: Call) -> str:
    session = (call.context or {}).get("sessionId")
    return masked_id(str(session)[:64]) if isinstance(session, str | int) else ""


@dataclass(slots=True)
class _Reduction:
    """What the properties of one call are reduced to, and who is told what was left out."""

    declared: Mapping[str, PlannedProperty]
    purposes: frozenset[str]
    drop: Drop
    gap: Gap
    note: Note
    at: datetime | None = None
    now: datetime | None = None

    def of(self, given: Mapping[str, object], event: str | None) -> dict[str, object]:
        """Return what is kept of *given*: properties of *event*, or traits where it is None."""
        kept: dict[str, object] = {}
        for name, value in given.items():
            planned = self.declared.get(name)
            if planned is None:
                self.drop("undeclared property")
                self.gap(stray("trait" if event is None else "property", name, value, event))
            elif self.purposes.isdisjoint(planned.purposes):
                self.drop("refused purpose")
            elif self.at is not None and _is_over(planned, self.at, self.now):
                self.drop("past its own retention")
            elif (fit := _FITS[planned.type](value)) is None:
                self.drop("wrong type or out of range")
            elif fit.__class__ is str and hash(fit) in HARMLESS:
                kept[name] = fit
            else:
                kept[name] = mask(planned, fit, self.note)
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

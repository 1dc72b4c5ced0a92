"""Events as rows, and back; a row that is read loses what its reader's purpose may not see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from tactful.adapters.sqlite.days import from_ms, to_ms
from tactful.adapters.sqlite.purposes import PurposeBits
from tactful.terms import Event, Mistake, SubjectId, TrackingPlan

EVERYTHING = -1
"""The mask that every event matches: subjects reading their own data (GDPR Art. 15)."""

_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE = msgspec.msgpack.Decoder(tuple[tuple[str, ...], dict[str, Any], str, str]).decode


class Row(NamedTuple):
    """An event as a day's table holds it."""

    subject: int
    at: int
    name: str
    purposes: int
    message: bytes
    body: bytes


def to_row(event: Event, bits: PurposeBits) -> Row:
    """Pack *event*."""
    try:
        body = _ENCODE((event.items, event.properties, event.session, event.source))
    except (TypeError, ValueError, OverflowError) as error:
        raise Mistake(
            "a property is of a kind that cannot be kept: send text or numbers"
        ) from error
    return Row(
        event.subject, to_ms(event.at), event.name, bits.mask(event.purposes), event.message, body
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one purpose sees of events: those whose mask meets `mask`, and some properties."""

    mask: int
    allowed: Mapping[str, frozenset[str]] | None
    names: Callable[[int], frozenset[str]]

    def event(self, row: Row) -> Event:
        """Unpack *row*, without the properties that this view may not see."""
        items, properties, session, source = _DECODE(row.body)
        return Event(
            subject=SubjectId(row.subject),
            name=row.name,
            at=from_ms(row.at),
            items=items,
            purposes=self.names(row.purposes),
            properties=self._seen(row.name, properties),
            source=source,
            message=row.message,
            session=session,
        )

    def _seen(self, name: str, properties: dict[str, Any]) -> Mapping[str, object]:
        if self.allowed is None or not properties:
            return properties
        allowed = self.allowed.get(name, frozenset())
        return {key: value for key, value in properties.items() if key in allowed}


def view_of(purpose: str, plan: TrackingPlan, bits: PurposeBits) -> View:
    """Return what *purpose* sees."""
    return View(
        mask=bits.bit(purpose), allowed=allowed_for(frozenset({purpose}), plan), names=bits.names
    )


def view_of_everything(bits: PurposeBits) -> View:
    """Return what subjects see of themselves."""
    return View(mask=EVERYTHING, allowed=None, names=bits.names)


def allowed_for(purposes: frozenset[str], plan: TrackingPlan) -> Mapping[str, frozenset[str]]:
    """Return, by event, the properties that *plan* allows for any of *purposes*."""
    return {
        name: frozenset(
            planned.name
            for planned in event.properties.values()
            if not purposes.isdisjoint(planned.purposes)
        )
        for name, event in plan.events.items()
    }


def properties_of(body: bytes) -> Collection[str]:
    """Return the names of the properties that *body* holds."""
    _, properties, _, _ = _DECODE(body)
    return properties.keys()


def reduce_body(body: bytes, allowed: frozenset[str]) -> bytes:
    """Return *body* without the properties that are not *allowed*."""
    items, properties, session, source = _DECODE(body)
    left = {key: value for key, value in properties.items() if key in allowed}
    return _ENCODE((items, left, session, source))

"""Read from a call by what else its sender is known: addresses, numbers, ids of other systems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tactful.capabilities.collect.calls import ORDERS, Call
from tactful.terms import IdentifierKind

MOST_EXTERNAL_IDS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Claim:
    """What a call claims its sender to be: not normalised, and only as true as who sends it."""

    kind: IdentifierKind
    value: str
    owner: str = ""

    def __repr__(self) -> str:
        return f"Claim({self.kind}, ...)"


def claims_of(call: Call) -> tuple[Claim, ...]:
    """
    Return what *call* claims besides `userId` and `anonymousId`, the strongest first.

    External ids of `context.externalIds`; e-mail and phone of the traits; and on an order the
    e-mail of its properties, which may be somebody else's.
    """
    context = call.context or {}
    of_identify = call.traits if call.type == "identify" else None
    beside = context.get("traits")
    places = [of_identify or {}, beside if isinstance(beside, Mapping) else {}]
    found = (
        *_external_ids(context.get("externalIds")),
        *_first(places, "email", IdentifierKind.EMAIL),
        *_first(places, "phone", IdentifierKind.PHONE),
        *_of_order(call),
    )
    return tuple(dict.fromkeys(found))


def _external_ids(said: object) -> Iterator[Claim]:
    for each in said[:MOST_EXTERNAL_IDS] if isinstance(said, list) else ():
        if isinstance(each, Mapping) and each.get("collection", "users") == "users":
            value, owner = _text(each.get("id")), _text(each.get("type"))
            if value:
                yield Claim(kind=IdentifierKind.EXTERNAL, value=value, owner=owner)


def _first(places: list[Mapping[str, object]], name: str, kind: IdentifierKind) -> Iterator[Claim]:
    values = (_text(place.get(name)) for place in places)
    if value := next(filter(None, values), ""):
        yield Claim(kind=kind, value=value)


def _of_order(call: Call) -> Iterator[Claim]:
    if call.type == "track" and call.title.startswith(ORDERS):
        yield from _first([call.properties or {}], "email", IdentifierKind.ORDER_EMAIL)


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""

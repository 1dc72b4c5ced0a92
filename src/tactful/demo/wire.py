"""
What a simulated visit looks like on the wire: events in the shape of Segment's libraries.

Decides nothing about what happens in a visit; `tactful.demo.visits` does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tactful.demo.assortment import CURRENCY, Item
from tactful.demo.shoppers import Shopper
from tactful.demo.visits import Step

Message = dict[str, object]
"""One event, ready for `POST /v1/batch`."""

_LANGUAGES = {"DE": "de", "AT": "de", "FR": "fr", "NL": "nl", "ES": "es", "IT": "it", "PL": "pl"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit: the first one begins with an `identify`; not every later one is signed in."""

    shopper: Shopper
    start: datetime
    steps: Sequence[Step]
    first: bool
    signed_in: bool


def messages(
    visit: Visit, items: Sequence[Item], *, seed: int
) -> Iterator[tuple[datetime, Message]]:
    """Yield the events of *visit* with their times; *seed* keeps the ids of two shops apart."""
    if visit.first:
        traits = {"type": "identify", "traits": _traits(visit.shopper)}
        yield visit.start, traits | _stamp(visit, at=visit.start, name="identify", seed=seed)
    order = f"order-{_digest(seed, visit.shopper.id, visit.start.isoformat())[:12]}"
    for step in visit.steps:
        at = visit.start + timedelta(seconds=step.seconds)
        properties = _properties(step, items, order=order)
        track = {"type": "track", "event": step.event, "properties": properties}
        yield at, track | _stamp(visit, at=at, name=step.event, seed=seed)


def _stamp(visit: Visit, *, at: datetime, name: str, seed: int) -> Message:
    """Return who and when, and an id that follows from the content: sent twice, it counts once."""
    shopper, timestamp = visit.shopper, at.isoformat(timespec="milliseconds")
    stamp: Message = {
        "anonymousId": shopper.anonymous_id,
        "messageId": _digest(seed, shopper.id, name, timestamp),
        "timestamp": timestamp.replace("+00:00", "Z"),
        "context": _context(visit),
    }
    return {"userId": shopper.id, **stamp} if visit.signed_in else stamp


def _traits(shopper: Shopper) -> Mapping[str, object]:
    country, _, state = shopper.region.partition("-")
    given = {"age": shopper.age, "email": shopper.email, "country": country, "state": state}
    return {trait: value for trait, value in given.items() if value}


def _context(visit: Visit) -> Mapping[str, object]:
    """Return what a browser tells along: the region only where the shop can place it."""
    region = visit.shopper.region
    country = region.partition("-")[0] or "GB"
    locale = f"{_LANGUAGES.get(country, 'en')}-{country}"
    context = {"locale": locale, "sessionId": int(visit.start.timestamp())}
    return {**context, "region": region} if region else context


def _properties(step: Step, items: Sequence[Item], *, order: str) -> Mapping[str, object]:
    first = items[step.lines[0][0]]
    match step.event:
        case "Product List Viewed":
            return {"category": first.category}
        case "Products Searched":
            return {"query": first.attributes["kind"]}
        case "Product Viewed" | "Product Added":
            return _line(first, step.lines[0][1])
        case "Cart Viewed":
            return {"products": [_line(items[place], n) for place, n in step.lines]}
        case _:
            return _order(step, items, order=order)


def _order(step: Step, items: Sequence[Item], *, order: str) -> Mapping[str, object]:
    return {
        "order_id": order,
        "revenue": sum(items[place].price * n for place, n in step.lines) / 100,
        "currency": CURRENCY,
        "products": [_line(items[place], n) for place, n in step.lines],
    }


def _line(item: Item, quantity: int) -> dict[str, object]:
    """Return one product as clients send it: prices are decimals on the wire."""
    return {
        "product_id": item.id,
        "name": item.title,
        "category": item.category,
        "brand": item.brand,
        "price": item.price / 100,
        "currency": item.currency,
        "quantity": quantity,
    }


def _digest(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()

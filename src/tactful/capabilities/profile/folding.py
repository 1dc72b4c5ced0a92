"""
Fold what a subject did into what features are computed from.  Pure: knows no store and no clock.

Folding is a join: any split and any order of the same events gives the same result, which is why a
snapshot can be taken at any time and late events can follow.  Two bounds make it so only up to a
size that no shopper reaches: of more than `MOST_ORDERS` orders or `MOST_ITEMS` items the newest
are kept, and one that was let go and is spoken of again starts anew.

Each event must be folded once: the store drops duplicates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import nlargest
from itertools import chain
from typing import Any, Final, NamedTuple, TypeVar

from tactful.mechanisms.money import to_minor
from tactful.terms import Event

MOST_ORDERS: Final = 1_000
MOST_ITEMS: Final = 1_000
MOST_MOVES: Final = 200
MOST_LINES: Final = 100

SEEN: Final = "seen"
ORDERS: Final = "orders"
ITEMS: Final = "items"
CART: Final = "cart"
EVERYTHING: Final = frozenset({SEEN, ORDERS, ITEMS, CART})

_ITEM: Final = frozenset({"product_id", "sku", "products"})
READS: Final[Mapping[str, frozenset[str]]] = {
    SEEN: frozenset(),
    ORDERS: frozenset({"order_id", "currency", "total", "revenue", "value", "products"}),
    ITEMS: _ITEM | {"category", "price", "currency"},
    CART: _ITEM | {"quantity"},
}
"""Which properties each part is folded from; an event's items are what it says of products."""

_VIEWS: Final = frozenset({"Product Viewed", "Product Clicked"})
_ADDS: Final = frozenset({"Product Added", "Wishlist Product Added to Cart"})
_WISHES: Final = frozenset({"Product Added to Wishlist"})
_REMOVES: Final = frozenset({"Product Removed"})
_BOUGHT: Final = "Order Completed"
_CHANGED: Final = "Order Updated"
_REFUNDED: Final = "Order Refunded"
_CANCELLED: Final = "Order Cancelled"
_AMOUNTS: Final = ("total", "revenue", "value")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)

T = TypeVar("T")


class Words(NamedTuple):
    """The last that was said of an order: `amount` in minor units of `currency`, None unknown."""

    priced: bool
    at: int
    message: str
    amount: int | None
    currency: str
    items: tuple[str, ...]


class Order(NamedTuple):
    """
    One order, however many events speak of it.

    `placed` is None while only a refund or a cancellation is known of it; `returned` tells that it
    was cancelled, or refunded without an amount.
    """

    placed: int | None = None
    told: int = 0
    words: Words | None = None
    refunds: tuple[tuple[str, int], ...] = ()
    returned: bool = False


class Look(NamedTuple):
    """How often somebody looked at an item or picked it, and what its page last said of it."""

    last: int
    views: int = 0
    adds: int = 0
    told: tuple[int, str, str, int | None, str] = (0, "", "", None, "")
    """Time, message, category, price in minor units, and currency."""


class Move(NamedTuple):
    """Something put into the cart, or with a quantity below zero taken out; 0 takes all out."""

    at: int
    message: str
    item: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Folded:
    """What features are computed from.  Times are milliseconds since 1970."""

    first: int | None = None
    last: int | None = None
    events: int = 0
    orders: Mapping[str, Order] = field(default_factory=dict)
    items: Mapping[str, Look] = field(default_factory=dict)
    cleared: int | None = None
    moves: tuple[Move, ...] = ()

    def __repr__(self) -> str:
        """Show how much it is only."""
        return f"Folded({self.events} events)"


def fold(folded: Folded, events: Iterable[Event], parts: frozenset[str] = EVERYTHING) -> Folded:
    """
    Return *folded* with *events*, none of which is in it yet; of each only *parts* are taken.

    Where order would matter the events' own times decide, never the order in which they come: the
    cart is what was put in and taken out since the last order, by time.
    """
    work = _Work(folded, parts)
    for event in events:
        work.take(event)
    return work.done()


def merge(one: Folded, other: Folded) -> Folded:
    """Return what folding the events of both would give, as long as no event is in both."""
    work = _Work(one, EVERYTHING)
    work.join(other)
    return work.done()


class _Work:
    """A fold under way."""

    def __init__(self, folded: Folded, parts: frozenset[str]) -> None:
        self._parts = parts
        self._first, self._last, self._events = folded.first, folded.last, folded.events
        self._orders, self._items = dict(folded.orders), dict(folded.items)
        self._cleared, self._moves = folded.cleared, list(folded.moves)

    def take(self, event: Event) -> None:
        """Take one event."""
        at, message = _ms(event.at), event.message.hex()
        if SEEN in self._parts:
            self._first, self._last = _least(self._first, at), _most(self._last, at)
            self._events += 1
        if ORDERS in self._parts and (told := _order_told(event, at, message, self._parts)):
            name = _text(event.properties.get("order_id")) or f"#{message}"
            self._orders[name] = _join_orders(self._orders.get(name, Order()), told)
        if ITEMS in self._parts:
            self._look(event, at, message)
        if CART in self._parts:
            self._move(event, at, message)

    def join(self, other: Folded) -> None:
        """Take all that *other* is made of."""
        self._first, self._last = _least(self._first, other.first), _most(self._last, other.last)
        self._events += other.events
        for name, order in other.orders.items():
            self._orders[name] = _join_orders(self._orders.get(name, Order()), order)
        for item, look in other.items.items():
            self._items[item] = _join_looks(self._items.get(item), look)
        self._cleared = _most(self._cleared, other.cleared)
        self._moves += other.moves

    def done(self) -> Folded:
        """Return the result, within its bounds and in a settled order."""
        return Folded(
            first=self._first,
            last=self._last,
            events=self._events,
            orders=_newest(self._orders, MOST_ORDERS, lambda order: order.told),
            items=_newest(self._items, MOST_ITEMS, lambda look: look.last),
            cleared=self._cleared,
            moves=tuple(sorted(nlargest(MOST_MOVES, self._since_cleared()))),
        )

    def _since_cleared(self) -> Iterable[Move]:
        return (m for m in self._moves if self._cleared is None or m.at > self._cleared)

    def _look(self, event: Event, at: int, message: str) -> None:
        views, adds = int(event.name in _VIEWS), int(event.name in _ADDS | _WISHES)
        if not views and not adds:
            return
        told = (at, message, *_said_of_item(event))
        for item in event.items[:MOST_LINES]:
            look = Look(last=at, views=views, adds=adds, told=told)
            self._items[item] = _join_looks(self._items.get(item), look)

    def _move(self, event: Event, at: int, message: str) -> None:
        if event.name == _BOUGHT:
            self._cleared = _most(self._cleared, at)
            return
        if event.name not in _ADDS | _REMOVES:
            return
        quantity = event.properties.get("quantity")
        known = quantity if isinstance(quantity, int) and quantity > 0 else None
        moved = -(known or 0) if event.name in _REMOVES else known or 1
        self._moves += [Move(at, message, item, moved) for item in event.items[:MOST_LINES]]


def _order_told(event: Event, at: int, message: str, parts: frozenset[str]) -> Order | None:
    """Return what *event* says of an order, if it speaks of one."""
    if event.name in {_BOUGHT, _CHANGED}:
        words = _words(event, at, message, parts)
        return Order(placed=at, told=at, words=words)
    if event.name == _CANCELLED:
        return Order(told=at, returned=True)
    if event.name == _REFUNDED:
        amount, currency = _amount(event)
        refunds = () if amount is None else ((currency, amount),)
        return Order(told=at, refunds=refunds, returned=amount is None)
    return None


def _words(event: Event, at: int, message: str, parts: frozenset[str]) -> Words:
    amount, currency = _amount(event)
    items = event.items[:MOST_LINES] if ITEMS in parts else ()
    return Words(amount is not None, at, message, amount, currency, items)


def _amount(event: Event) -> tuple[int | None, str]:
    """Return the amount of an order in minor units and its currency: the total, or its lines."""
    said = event.properties
    currency = _text(said.get("currency")).upper()[:3]
    for name in _AMOUNTS:
        if (amount := to_minor(said.get(name), currency)) is not None:
            return amount, currency
    lines = said.get("products")
    prices = [_line(line, currency) for line in lines] if isinstance(lines, list | tuple) else []
    known = [price for price in prices if price is not None]
    return (sum(known), currency) if known and len(known) == len(prices) else (None, currency)


def _line(line: Any, currency: str) -> int | None:  # noqa: ANN401 - whatever a client sent
    if not isinstance(line, Mapping):
        return None
    price, quantity = to_minor(line.get("price"), currency), line.get("quantity", 1)
    return price * quantity if price is not None and isinstance(quantity, int) else None


def _said_of_item(event: Event) -> tuple[str, int | None, str]:
    """Return category, price in minor units and currency, as far as the event says them."""
    said = event.properties
    currency = _text(said.get("currency")).upper()[:3]
    return _text(said.get("category")), to_minor(said.get("price"), currency), currency


def _join_orders(one: Order, other: Order) -> Order:
    said = [words for words in (one.words, other.words) if words is not None]
    refunds: dict[str, int] = {}
    for currency, amount in chain(one.refunds, other.refunds):
        refunds[currency] = refunds.get(currency, 0) + amount
    return Order(
        placed=_least(one.placed, other.placed),
        told=max(one.told, other.told),
        words=max(said, key=_rank) if said else None,
        refunds=tuple(sorted(refunds.items())),
        returned=one.returned or other.returned,
    )


def _rank(words: Words) -> tuple[bool, int, str]:
    return words.priced, words.at, words.message


def _join_looks(one: Look | None, other: Look) -> Look:
    if one is None:
        return other
    return Look(
        last=max(one.last, other.last),
        views=one.views + other.views,
        adds=one.adds + other.adds,
        told=max(one.told, other.told, key=lambda told: told[:2]),
    )


def _newest(found: dict[str, T], most: int, key: Any) -> dict[str, T]:  # noqa: ANN401
    """Return the *most* newest of *found*, in the order of their names."""
    if len(found) <= most:
        return dict(sorted(found.items()))
    kept = nlargest(most, found.items(), key=lambda named: (key(named[1]), named[0]))
    return dict(sorted(kept))


def _least(one: int | None, other: int | None) -> int | None:
    known = [at for at in (one, other) if at is not None]
    return min(known) if known else None


def _most(one: int | None, other: int | None) -> int | None:
    known = [at for at in (one, other) if at is not None]
    return max(known) if known else None


def _text(value: object) -> str:
    return value[:200] if isinstance(value, str) else ""


def _ms(at: datetime) -> int:
    return (at - _EPOCH) // _MILLISECOND

"""What each feature says of a fold: a plain value, and a sentence that anybody understands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final, TypeAlias

from tactful.capabilities.profile.folding import Folded, Order
from tactful.mechanisms.money import spoken
from tactful.terms import Item

LEAST_ORDER_DAYS: Final = 3
"""From how many days with orders on a rhythm can be told: two gaps."""

MOST_CATEGORIES: Final = 5

_VIEW, _ADD, _ORDER = 1, 3, 5
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Told:
    """What there is to tell of: a fold, the goods, and the time it is."""

    folded: Folded
    goods: Callable[[str], Item | None]
    at: datetime


Tell: TypeAlias = Callable[[Told], tuple[object, str] | None]
"""Returns the value and a sentence about it, or None where there is nothing to say."""


def last_seen(told: Told) -> tuple[object, str] | None:
    """Tell when the subject was last active."""
    return None if told.folded.last is None else _ago("Last active", told.folded.last, told.at)


def last_order(told: Told) -> tuple[object, str] | None:
    """Tell when the last order was placed (recency)."""
    placed = _placed(told.folded)
    return _ago("Last order", placed[-1], told.at) if placed else None


def orders(told: Told) -> tuple[object, str] | None:
    """Tell how many orders there are (frequency)."""
    placed = _placed(told.folded)
    if not placed:
        return None
    since = f" since {_day(placed[0]).isoformat()}" if len(placed) > 1 else ""
    return len(placed), f"{_count(len(placed), 'order')}{since}."


def spent(told: Told) -> tuple[object, str] | None:
    """Tell the amount of all orders by currency, in minor units (monetary value)."""
    sums: Counter[str] = Counter()
    for order in _counting(told.folded):
        if order.words and order.words.amount is not None:
            refunded = dict(order.refunds).get(order.words.currency, 0)
            sums[order.words.currency] += max(0, order.words.amount - refunded)
    if not sums:
        return None
    value = dict(sorted(sums.items()))
    return value, f"Spent {' and '.join(spoken(n, currency) for currency, n in value.items())}."


def categories(told: Told) -> tuple[object, str] | None:
    """Tell which categories interest the subject, the most interesting first."""
    weights: Counter[str] = Counter()
    for item, weight in _weighed(told.folded):
        if category := _category(told, item):
            weights[category] += weight
    if not weights:
        return None
    whole = weights.total()
    top = sorted(weights.items(), key=lambda found: (-found[1], found[0]))[:MOST_CATEGORIES]
    shares = [{"category": name, "percent": round(100 * n / whole)} for name, n in top]
    most = ", ".join(f"{share['category']} ({share['percent']} %)" for share in shares)
    return shares, f"Most interested in {most}."


def prices(told: Told) -> tuple[object, str] | None:
    """Tell in what range the prices lie that the subject looks at and pays, by currency."""
    found: dict[str, list[tuple[int, int]]] = {}
    for item, weight in _weighed(told.folded):
        price, currency = _price(told, item)
        if price is not None:
            found.setdefault(currency, []).append((price, weight))
    if not found:
        return None
    value = {currency: _quartiles(known) for currency, known in sorted(found.items())}
    words = (
        f"between {spoken(q['low'], c)} and {spoken(q['high'], c)}, {spoken(q['middle'], c)} in "
        "the middle"
        for c, q in value.items()
    )
    return value, f"Mostly {'; '.join(words)}."


def rhythm(told: Told) -> tuple[object, str] | None:
    """Tell how many days lie between orders, and when the next one can be expected."""
    days = sorted({_day(placed) for placed in _placed(told.folded)})
    if len(days) < LEAST_ORDER_DAYS:
        return None
    gap = int(median((b - a).days for a, b in pairwise(days)))
    expected = (days[-1] + timedelta(days=gap)).isoformat()
    value = {"days": gap, "next": expected}
    return value, f"About {_count(gap, 'day')} between orders; the next one around {expected}."


def cart(told: Told) -> tuple[object, str] | None:
    """Tell what is in the cart now."""
    inside: dict[str, int] = {}
    for move in told.folded.moves:
        left = 0 if move.quantity == 0 else max(0, inside.get(move.item, 0) + move.quantity)
        inside[move.item] = left
    held = {item: quantity for item, quantity in inside.items() if quantity}
    if not held:
        return None
    lines = [{"item": item, "quantity": quantity} for item, quantity in sorted(held.items())]
    names = ", ".join(f"{n} x {_title(told, item)}" for item, n in sorted(held.items()))
    return lines, f"In the cart and not ordered yet: {names}."


def _counting(folded: Folded) -> Iterator[Order]:
    """Yield the orders that were placed, and neither cancelled nor wholly returned."""
    return (o for o in folded.orders.values() if o.placed is not None and not o.returned)


def _placed(folded: Folded) -> list[int]:
    return sorted(order.placed for order in _counting(folded) if order.placed is not None)


def _weighed(folded: Folded) -> Iterator[tuple[str, int]]:
    """Yield each item that the subject had to do with, and how much that says."""
    bought = Counter(
        item for order in _counting(folded) if order.words for item in set(order.words.items)
    )
    for item in sorted({*folded.items, *bought}):
        look = folded.items.get(item)
        seen = look.views * _VIEW + look.adds * _ADD if look else 0
        yield item, seen + bought[item] * _ORDER


def _title(told: Told, item: str) -> str:
    line = told.goods(item)
    return line.title if line else item


def _category(told: Told, item: str) -> str:
    """Return the category of *item*: by the catalogue, or else as its page said."""
    line, look = told.goods(item), told.folded.items.get(item)
    if line and line.category:
        return line.category
    return look.told[2] if look else ""


def _price(told: Told, item: str) -> tuple[int | None, str]:
    """Return the price of *item*: as its page last said, or else by the catalogue."""
    line, look = told.goods(item), told.folded.items.get(item)
    if look and look.told[3] is not None:
        return look.told[3], look.told[4]
    return (line.price, line.currency) if line else (None, "")


def _quartiles(known: Sequence[tuple[int, int]]) -> dict[str, int]:
    """Return the prices that a quarter, half and three quarters of the weight do not exceed."""
    inside = sorted(known)
    whole = sum(weight for _, weight in inside)
    names = ("low", "middle", "high")
    return {name: _reached(inside, whole * n) for n, name in enumerate(names, start=1)}


def _reached(inside: Sequence[tuple[int, int]], quarters: int) -> int:
    passed = 0
    for price, weight in inside:
        passed += weight
        if 4 * passed >= quarters:
            return price
    return inside[-1][0]


def _ago(what: str, at: int, now: datetime) -> tuple[object, str]:
    day = _day(at)
    days = max(0, (now.astimezone(UTC).date() - day).days)
    when = "today" if days == 0 else f"{_count(days, 'day')} ago"
    return {"on": day.isoformat(), "days": days}, f"{what} on {day.isoformat()}, {when}."


def _day(at: int) -> date:
    return (_EPOCH + timedelta(milliseconds=at)).date()


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"

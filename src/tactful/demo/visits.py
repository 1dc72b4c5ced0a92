"""
How a simulated shopper moves through the shop: what they look at next, and what they buy.

Three habits can be learned from the outside, each stronger than the one before: some items are
popular; some go together; everybody has items of their own that they come back to.  The module
knows shoppers and items by their places, and no calendar: times are seconds into the visit.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from tactful.demo.assortment import Assortment
from tactful.demo.shoppers import Shopper

# What leads from one item to the next: cumulative shares.
_TO_FAVOURITE = 0.55
_TO_COMPANION = 0.82
_TO_SAME_SHELF = 0.92  # beyond: anything, by popularity

# What a visit begins with: cumulative shares.
_FROM_FAVOURITE = 0.50
_FROM_TASTE = 0.85  # beyond: anything, by popularity

_ONE_MORE_LOOK = 0.70
_ONE_MORE_AFTER_RESTOCKING = 0.45
_BUYS_STAPLE, _BUYS_FAVOURITE, _BUYS_OTHER = 0.95, 0.40, 0.10
_LOOKS_INTO_CART = 0.6
_CHECKS_OUT, _CHECKS_OUT_STAPLE = 0.65, 0.95
_COMPLETES = 0.88
_COMES_BY_LIST, _COMES_BY_SEARCH = 0.3, 0.5  # cumulative; beyond: straight to the item
_SECONDS_BETWEEN_STEPS = (3.5, 0.9, 600.0)  # log-normal: mu, sigma, and the longest


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event of a visit: its name, seconds since the visit began, items with quantities."""

    event: str
    seconds: float
    lines: tuple[tuple[int, int], ...]


class _Lot:
    """Items to draw from, each with its chance."""

    def __init__(self, places: NDArray[np.int64], weights: NDArray[np.float64]) -> None:
        self._places = [int(place) for place in places]
        self._bounds = list(accumulate((weights / weights.sum()).tolist()))[:-1]

    def draw(self, rng: np.random.Generator) -> int:
        return self._places[bisect(self._bounds, rng.random())]


class Aisles:
    """The ways through one assortment, ready to be drawn from."""

    def __init__(self, goods: Assortment) -> None:
        everything = np.arange(len(goods.items))
        shelves = goods.department * (goods.collection.max() + 1) + goods.collection
        self._anything = _Lot(everything, goods.popularity)
        self._departments = _lots(goods.department, goods.popularity)
        self._shelves = _lots(shelves, goods.popularity)
        self._shelf_of = shelves.tolist()
        self._companions = [_Lot(near, _fading(len(near))) for near in goods.companions]

    def visit(
        self, shopper: Shopper, *, staples: Sequence[int], rng: np.random.Generator
    ) -> list[Step]:
        """Return the steps of one visit of *shopper*, who has run out of *staples*."""
        seen = self._looks(shopper, staples, rng)
        names = list(_names(seen, _basket(seen, shopper, staples, rng), staples, rng))
        middle, spread, longest = _SECONDS_BETWEEN_STEPS
        gaps = np.minimum(rng.lognormal(middle, spread, len(names)), longest)
        times = np.cumsum(gaps) - gaps[0] + 1.0
        return [
            Step(event=event, seconds=float(seconds), lines=lines)
            for (event, lines), seconds in zip(names, times, strict=True)
        ]

    def _looks(
        self, shopper: Shopper, staples: Sequence[int], rng: np.random.Generator
    ) -> list[int]:
        """Return the items looked at, in order, each once."""
        seen = list(staples) or [self._first(shopper, rng)]
        one_more = _ONE_MORE_AFTER_RESTOCKING if staples else _ONE_MORE_LOOK
        for _ in range(int(rng.geometric(1 - one_more)) - 1):
            item = self._next(seen[-1], shopper, rng)
            if item not in seen:
                seen.append(item)
        return seen

    def _first(self, shopper: Shopper, rng: np.random.Generator) -> int:
        chance = rng.random()
        if chance < _FROM_FAVOURITE:
            return _favourite(shopper, rng)
        if chance < _FROM_TASTE:
            department = bisect(list(accumulate(shopper.tastes))[:-1], rng.random())
            return self._departments[department].draw(rng)
        return self._anything.draw(rng)

    def _next(self, item: int, shopper: Shopper, rng: np.random.Generator) -> int:
        chance = rng.random()
        if chance < _TO_FAVOURITE:
            return _favourite(shopper, rng)
        if chance < _TO_COMPANION:
            return self._companions[item].draw(rng)
        if chance < _TO_SAME_SHELF:
            return self._shelves[self._shelf_of[item]].draw(rng)
        return self._anything.draw(rng)


def _lots(group: NDArray[np.int64], weights: NDArray[np.float64]) -> dict[int, _Lot]:
    """Return one lot for each value in *group*, which names the group of each item."""
    members = {int(g): np.flatnonzero(group == g) for g in np.unique(group)}
    return {g: _Lot(places, weights[places]) for g, places in members.items()}


def _fading(count: int) -> NDArray[np.float64]:
    """Return weights that fall by a quarter from one to the next (count,)."""
    return np.asarray(0.75 ** np.arange(count))


def _favourite(shopper: Shopper, rng: np.random.Generator) -> int:
    bounds = list(accumulate(0.75**i for i in range(len(shopper.favourites))))
    return shopper.favourites[bisect(bounds[:-1], rng.random() * bounds[-1])]


def _basket(
    seen: Sequence[int], shopper: Shopper, staples: Sequence[int], rng: np.random.Generator
) -> dict[int, int]:
    """Return what goes into the cart, with quantities."""
    return {
        item: int(rng.integers(1, 4)) if item in staples else 1
        for item in seen
        if rng.random() < _buying(item, shopper, staples)
    }


def _buying(item: int, shopper: Shopper, staples: Sequence[int]) -> float:
    if item in staples:
        return _BUYS_STAPLE
    return _BUYS_FAVOURITE if item in shopper.favourites else _BUYS_OTHER


def _names(
    seen: Sequence[int], basket: dict[int, int], staples: Sequence[int], rng: np.random.Generator
) -> Iterator[tuple[str, tuple[tuple[int, int], ...]]]:
    """Yield the events of a visit, with the items that each is about and how many of them."""
    arrival = rng.random()
    if arrival < _COMES_BY_SEARCH:
        by_list = arrival < _COMES_BY_LIST
        yield "Product List Viewed" if by_list else "Products Searched", ((seen[0], 1),)
    for item in seen:
        yield "Product Viewed", ((item, 1),)
        if item in basket:
            yield "Product Added", ((item, basket[item]),)
    if basket:
        yield from _ending(tuple(basket.items()), restocking=bool(staples), rng=rng)


def _ending(
    lines: tuple[tuple[int, int], ...], *, restocking: bool, rng: np.random.Generator
) -> Iterator[tuple[str, tuple[tuple[int, int], ...]]]:
    if rng.random() < _LOOKS_INTO_CART:
        yield "Cart Viewed", lines
    if rng.random() < (_CHECKS_OUT_STAPLE if restocking else _CHECKS_OUT):
        yield "Checkout Started", lines
        if rng.random() < _COMPLETES:
            yield "Order Completed", lines

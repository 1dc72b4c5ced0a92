"""What somebody put into the cart of the demonstration's shop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.datastructures import Cookie

from tactful.terms import Item, Mistake
from tactful.web.pages.rendering import price
from tactful.web.pages.shop_cookies import MOST_BYTES, cookie, read_cookie

AnyRequest = Request[Any, Any, Any]

NAME: Final = "cart"
MOST_OF_ONE: Final = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One product in the cart, and how many of it."""

    item: Item
    quantity: int

    @property
    def price(self) -> str:
        """Return what all of them cost together, in words."""
        each = self.item.price
        return price(None if each is None else each * self.quantity, self.item.currency)


@dataclass(frozen=True, slots=True)
class Cart:
    """How many of which product, in the order in which they were put in."""

    quantities: Mapping[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Return how many pieces there are."""
        return sum(self.quantities.values())

    def put(self, item: str, quantity: int) -> Cart:
        """
        Return the cart with exactly *quantity* of *item*; none of it takes it out.

        Raises:
            Mistake: it does not fit any more.
        """
        changed = dict(self.quantities) | {item: min(quantity, MOST_OF_ONE)}
        kept = {one: number for one, number in changed.items() if number > 0}
        if len(msgspec.json.encode(kept)) > MOST_BYTES * 3 // 4:
            raise Mistake("The cart is full: order what is in it, or take something out first.")
        return Cart(kept)

    def lines(self, catalogue: Mapping[str, Item]) -> tuple[Line, ...]:
        """Return what can still be bought of it."""
        found = ((catalogue.get(item), number) for item, number in self.quantities.items())
        return tuple(
            Line(item=item, quantity=number)
            for item, number in found
            if item is not None and item.available
        )

    def cookie(self, request: AnyRequest) -> Cookie:
        """Return the cookie that holds it; an empty cart needs none."""
        return cookie(request, NAME, dict(self.quantities))


def cart_of(request: AnyRequest) -> Cart:
    """Return the cart that the browser holds."""
    held = read_cookie(request, NAME, dict[str, int]) or {}
    return Cart({item: min(number, MOST_OF_ONE) for item, number in held.items() if number > 0})


def totals(lines: tuple[Line, ...]) -> dict[str, int]:
    """Return the sum in minor units of each currency."""
    found: Counter[str] = Counter()
    for line in lines:
        if line.item.price is not None:
            found[line.item.currency] += line.item.price * line.quantity
    return dict(found)


def total(lines: tuple[Line, ...]) -> str:
    """Return the sum in words."""
    return " + ".join(price(amount, currency) for currency, amount in totals(lines).items())

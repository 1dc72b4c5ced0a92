"""Find goods on the shelves of the demonstration's shop: by department, words, brand and price."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from tactful.terms import Item

SHELF: Final = 24
"""How many goods a page of a listing shows."""

CEILINGS: Final = (10, 20, 50, 100)
SORTS: Final = {
    "": "In our order",
    "price": "Price, lowest first",
    "-price": "Price, highest first",
    "title": "From A to Z",
}
MOST_WORDS: Final = 8
MOST_DIGITS: Final = 5

_BY: Final[Mapping[str, tuple[Callable[[Item], Any], bool]]] = {
    "price": (lambda item: item.price or 0, False),
    "-price": (lambda item: item.price or 0, True),
    "title": (lambda item: item.title.casefold(), False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody looks for; what makes no sense was left out."""

    department: str = ""
    words: str = ""
    brand: str = ""
    below: int | None = None
    sort: str = ""
    page: int = 1

    def address(self, **changed: object) -> str:
        """Return the address of this listing with some of it *changed*."""
        said = {
            "department": self.department,
            "q": self.words,
            "brand": self.brand,
            "below": self.below,
            "sort": self.sort,
        }
        kept = {name: value for name, value in (said | changed).items() if value}
        return f"/shop/goods?{urlencode(kept)}" if kept else "/shop/goods"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One page of what was found."""

    goods: Sequence[Item]
    count: int
    page: int
    pages: int
    brands: Sequence[str]


def wish_of(given: Mapping[str, str]) -> Wish:
    """Return what the query *given* looks for."""
    below = _number(given.get("below", ""))
    sort = given.get("sort", "")
    return Wish(
        department=given.get("department", ""),
        words=" ".join(given.get("q", "")[:200].split()[:MOST_WORDS]),
        brand=given.get("brand", ""),
        below=below if below in CEILINGS else None,
        sort=sort if sort in SORTS else "",
        page=_number(given.get("page", "")) or 1,
    )


def departments(catalogue: Mapping[str, Item]) -> dict[str, Item]:
    """Return every department in the order of the alphabet, each with an item that shows it."""
    found: dict[str, Item] = {}
    for item in catalogue.values():
        if item.available and item.category:
            found.setdefault(item.category, item)
    return dict(sorted(found.items()))


def find(catalogue: Mapping[str, Item], wish: Wish) -> Shelf:
    """Return the page of goods that *wish* asks for; the last one where it asks for more."""
    there = [item for item in catalogue.values() if _wanted(item, wish)]
    goods = [item for item in there if wish.brand in {"", item.brand}]
    if wish.sort:
        key, backwards = _BY[wish.sort]
        goods.sort(key=key, reverse=backwards)
    pages = max(1, -(-len(goods) // SHELF))
    page = min(wish.page, pages)
    return Shelf(
        goods=goods[SHELF * (page - 1) : SHELF * page],
        count=len(goods),
        page=page,
        pages=pages,
        brands=_brands(there),
    )


def _wanted(item: Item, wish: Wish) -> bool:
    if not item.available or wish.department not in {"", item.category}:
        return False
    if wish.below is not None and (item.price is None or item.price >= 100 * wish.below):
        return False
    said = f"{item.title} {item.category} {item.brand}".casefold()
    return all(word in said for word in wish.words.casefold().split())


def _brands(goods: Iterable[Item]) -> list[str]:
    return sorted({item.brand for item in goods if item.brand})


def _number(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and len(said) <= MOST_DIGITS else None

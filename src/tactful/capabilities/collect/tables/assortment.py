"""
Make a catalogue out of what was sold: the title most used, the median price, a category by words.

For purchase logs that come without a catalogue.  Knows goods only, nobody who bought them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from tactful.capabilities.collect.tables.fields import minor_units
from tactful.capabilities.collect.tables.mapping import Category, FileMap
from tactful.terms import Item

OTHER = "Other"
_WORD = re.compile(r"[a-z]+(?:[-'][a-z]+)*")


@dataclass(slots=True)
class _Seen:
    titles: Counter[str] = field(default_factory=Counter)
    prices: Counter[int | float] = field(default_factory=Counter)
    currency: str = ""


class Assortment:
    """Remembers, per item, the titles and prices it was sold under."""

    def __init__(self, file_map: FileMap) -> None:
        self._seen: dict[str, _Seen] = {}
        self._categories = file_map.categories
        self._spelling = {word.casefold(): word for word in file_map.titles}

    def see(self, item: str, *, title: str, price: object, currency: str) -> None:
        """Take note of one sale of *item*, at *price* in major units."""
        seen = self._seen.get(item)
        if seen is None:
            seen = self._seen[item] = _Seen(currency=currency)
        if title:
            seen.titles[title] += 1
        if isinstance(price, int | float):
            seen.prices[price] += 1

    def items(self) -> Iterator[Item]:
        """Yield the catalogue, by id; an item that never had a title goes by its id."""
        for item, seen in sorted(self._seen.items()):
            written = max(sorted(seen.titles), key=lambda title: seen.titles[title], default=item)
            yield Item(
                id=item,
                title=tidied(written, self._spelling),
                category=category_of(written, self._categories),
                price=_median(seen.prices, seen.currency),
                currency=seen.currency,
            )


def tidied(title: str, spelling: Mapping[str, str]) -> str:
    """
    Return a title written in capitals in sentence case; one that is not stays as it is.

    Args:
        title: As the file has it.
        spelling: Words with capitals of their own, by their small letters.
    """
    plain = " ".join(title.split()).strip(" .,")
    if not plain.isupper():
        return plain
    small = _WORD.sub(lambda word: spelling.get(word[0], word[0]), plain.lower())
    return small[:1].upper() + small[1:]


def category_of(title: str, categories: tuple[Category, ...]) -> str:
    """
    Return the category that *title* tells, `Other` if none.

    A word that tells wherever it stands comes first; then the last head noun, as in "lunch bag
    with candle print": English names things from behind, but not behind a preposition.
    """
    if not categories:
        return ""
    words = _WORD.findall(title.lower())
    for category in categories:
        if not category.anywhere.isdisjoint(words):
            return category.name
    known = {word: c.name for c in reversed(categories) for word in c.words}
    telling = (word for part in (_head(words), words) for word in reversed(part) if word in known)
    return known.get(next(telling, ""), OTHER)


def _head(words: list[str]) -> list[str]:
    for i, word in enumerate(words):
        if i and word in {"with", "w", "for", "in", "on"}:
            return words[:i]
    return words


def _median(prices: Counter[int | float], currency: str) -> int | None:
    """Return the lower median in minor units, or None where no price is known."""
    half = (prices.total() + 1) // 2
    for price in sorted(prices):
        half -= prices[price]
        if half <= 0:
            return minor_units(Decimal(str(price)), unit="major", currency=currency)
    return None

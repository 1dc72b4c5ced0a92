"""The goods of the shop: no person in sight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

REMOVED = "removed"
"""The availability of a tombstone: the shop has it no longer, and models still know its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the catalogue.  `price` is in minor units of `currency` (ISO 4217)."""

    id: str
    title: str
    category: str = ""
    price: int | None = None
    currency: str = ""
    brand: str = ""
    url: str = ""
    image: str = ""
    availability: str = "in_stock"
    attributes: Mapping[str, object] = field(default_factory=dict)

    @property
    def available(self) -> bool:
        """Tell whether the item may be shown at all."""
        return self.availability not in {"out_of_stock", "discontinued", REMOVED}

    @property
    def removed(self) -> bool:
        """Tell whether the item is a tombstone."""
        return self.availability == REMOVED

"""Fill a slot for a page: the engine decides, this puts its answer into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from tactful.shop import Question, Shop
from tactful.terms import Decision, Item, Level
from tactful.web.pages.addresses import item_address, picture_address
from tactful.web.pages.rendering import price
from tactful.web.pages.words import LEVELS, LevelWords, reasons

SHAPED: Final[Mapping[Level, str]] = {
    Level.NONE: "Liked by many. Nothing of yours was used.",
    Level.SESSION: "What you look at in this visit may shape this.",
    Level.SEGMENT: "Your broad group may shape this.",
    Level.INDIVIDUAL: "Your own history may shape this, as you chose.",
}
"""What shaped a slot, in one line under its title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One product as a page shows it, with the reasons for showing it."""

    item: str
    title: str
    category: str
    price: str
    url: str
    image: str
    why: tuple[str, ...] = ()
    bought: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """One slot, filled: its tiles, the level that was used, and who refused the higher ones."""

    slot: str
    title: str
    level: LevelWords
    purpose: str
    basis: str
    tiles: tuple[Tile, ...]
    refused: tuple[tuple[LevelWords, str], ...]
    limit: int
    page: str | None

    @property
    def shaped(self) -> str:
        """Say what shaped it."""
        return SHAPED[self.level.level]


def tile(item: Item, *, why: tuple[str, ...] = (), bought: bool = False) -> Tile:
    """Return *item* as a tile; `bought` tells that whoever looks bought it before."""
    return Tile(
        item=item.id,
        title=item.title,
        category=item.category,
        price=price(item.price, item.currency),
        url=item_address(item.id),
        image=picture_address(item.id),
        why=why,
        bought=bought,
    )


def fill(shop: Shop, question: Question, *, title: str) -> Filled:
    """Ask the engine to fill a slot."""
    decision = shop.decide(question)
    purposes = shop.policy.purposes
    return Filled(
        slot=decision.slot,
        title=title,
        level=LEVELS[decision.level],
        purpose=purposes[decision.purpose].title if decision.purpose else "",
        basis=decision.basis,
        tiles=_tiles(decision, shop.catalogue),
        refused=tuple((LEVELS[r.level], r.reason) for r in decision.refused),
        limit=question.limit,
        page=question.page,
    )


def without(filled: Filled, *shown: Filled, limit: int) -> Filled:
    """Return *filled* without the items that *shown* shows on the same page already."""
    there = {tile.item for other in shown for tile in other.tiles}
    fresh = tuple(tile for tile in filled.tiles if tile.item not in there)
    return replace(filled, tiles=fresh[:limit])


def only_bought(filled: Filled) -> Filled | None:
    """Return *filled* with nothing but what was bought before; None where that is nothing."""
    tiles = tuple(tile for tile in filled.tiles if tile.bought)
    return replace(filled, tiles=tiles) if tiles else None


def _tiles(decision: Decision, catalogue: Mapping[str, Item]) -> tuple[Tile, ...]:
    """Return the tiles of a decision; an item without a catalogue line is shown by its id."""
    return tuple(
        tile(
            catalogue.get(one.item) or Item(id=one.item, title=one.item),
            why=reasons(one.because, item=one.item, catalogue=catalogue),
            bought=any(r.kind == "bought" and r.item == one.item for r in one.because),
        )
        for one in decision.items
    )

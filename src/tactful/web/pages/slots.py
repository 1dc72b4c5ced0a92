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
    Level.NONE: "What many people like. Nothing about you was used.",
    Level.SESSION: "From what you looked at in this visit.",
    Level.SEGMENT: "Liked in your broad group.",
    Level.INDIVIDUAL: "From your own history, as you allowed.",
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


def tile(item: Item, *, why: tuple[str, ...] = ()) -> Tile:
    """Return *item* as a tile."""
    return Tile(
        item=item.id,
        title=item.title,
        category=item.category,
        price=price(item.price, item.currency),
        url=item_address(item.id),
        image=picture_address(item.id),
        why=why,
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


def _tiles(decision: Decision, catalogue: Mapping[str, Item]) -> tuple[Tile, ...]:
    """Return the tiles of a decision; an item without a catalogue line is shown by its id."""
    return tuple(
        tile(
            catalogue.get(one.item) or Item(id=one.item, title=one.item),
            why=reasons(one.because, item=one.item, catalogue=catalogue),
        )
        for one in decision.items
    )

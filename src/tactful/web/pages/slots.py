"""Fill a slot for a page: the engine decides, this puts its answer into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tactful.shop import Question, Shop
from tactful.terms import Decision, Item
from tactful.web.pages.looker import Looker
from tactful.web.pages.rendering import price
from tactful.web.pages.words import LEVELS, LevelWords, reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One product as a page shows it, with the reasons for showing it."""

    item: str
    title: str
    category: str
    price: str
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


def tile(item: str, catalogue: Mapping[str, Item], *, why: tuple[str, ...] = ()) -> Tile:
    """Return *item* as a tile; without a catalogue line it is shown by its id."""
    line = catalogue.get(item) or Item(id=item, title=item)
    return Tile(
        item=item,
        title=line.title,
        category=line.category,
        price=price(line.price, line.currency),
        why=why,
    )


def fill(
    shop: Shop, looker: Looker, slot: str, *, title: str, limit: int, page: str | None = None
) -> Filled:
    """Ask the engine to fill *slot* for *looker*; *page* is the item that the page shows."""
    question = Question(slot=slot, who=looker.who, session=looker.visit, page=page, limit=limit)
    return _filled(shop.decide(question), title, shop)


def without(filled: Filled, shown: Filled, *, limit: int) -> Filled:
    """Return *filled* without the items that *shown* shows on the same page already."""
    there = {tile.item for tile in shown.tiles}
    fresh = tuple(tile for tile in filled.tiles if tile.item not in there)
    return replace(filled, tiles=fresh[:limit])


def _filled(decision: Decision, title: str, shop: Shop) -> Filled:
    catalogue, titles = shop.catalogue, shop.policy.purposes
    return Filled(
        slot=decision.slot,
        title=title,
        level=LEVELS[decision.level],
        purpose=titles[decision.purpose].title if decision.purpose else "",
        basis=decision.basis,
        tiles=tuple(
            tile(
                candidate.item,
                catalogue,
                why=reasons(candidate.because, item=candidate.item, catalogue=catalogue),
            )
            for candidate in decision.items
        ),
        refused=tuple((LEVELS[r.level], r.reason) for r in decision.refused),
    )

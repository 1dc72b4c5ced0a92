"""
The shop window of a demonstration: its goods, its slots, and the dial.

A real shop has its own pages and asks `/v1/decide`; these show what such a page can look like.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import CacheControlHeader, State
from litestar.exceptions import NotFoundException
from litestar.response import Redirect

from tactful.assembly import Opened
from tactful.terms import Item, Level
from tactful.web.pages.guards import demo_only
from tactful.web.pages.looker import new_visitor
from tactful.web.pages.pictures import picture_of
from tactful.web.pages.rendering import page, see_other
from tactful.web.pages.slots import Tile, fill, tile, without
from tactful.web.pages.window import Scene, scene_of

AnyRequest = Request[Any, Any, Any]

SHELF: Final = 24
"""How many goods one page of the catalogue shows."""

ROW: Final = 6
"""How many goods a slot of the front page shows."""

BESIDE: Final = 4
"""How many goods stand in a row beside another."""

_DONE: Final = {"basket": "It is in your basket.", "order": "Thank you, it is on its way."}
_AN_HOUR: Final = CacheControlHeader(max_age=3600, private=True)


@get("/shop", sync_to_thread=True, guards=[demo_only])
def shop_window(request: AnyRequest, state: State) -> Response[str] | Redirect:
    """Show the shop to whom the query names; somebody new where it names nobody."""
    given = dict(request.query_params)
    scene = scene_of(request, state.opened, given)
    if scene is None:
        return see_other(new_visitor(given.get("as", "")))
    return page("shop.html", scene.shown() | _slots(scene) | _shelf(scene, given))


@get("/shop/items/{item:path}", sync_to_thread=True, guards=[demo_only])
def item_page(request: AnyRequest, state: State) -> Response[str] | Redirect:
    """Show one product; looking at it is an event like any other, which the gate judges."""
    line, given = named_item(request, state.opened), dict(request.query_params)
    scene = scene_of(request, state.opened, given)
    if scene is None:
        return see_other(new_visitor(given.get("as", "")))
    done = given.get("done", "")
    event = _EVENTS.get(done, "Product Viewed")
    kept = given.get("kept") == "yes" if done else scene.collect(event, line)
    shown = {
        "item": tile(line.id, state.opened.shop.catalogue),
        "about": _about(line),
        "fate": scene.fate_of(event, kept=kept),
        "done": _DONE.get(done, ""),
    }
    return page("item.html", _after(scene, line.id).shown() | _beside(scene, line.id) | shown)


@get("/shop/pictures/{item:path}", sync_to_thread=True, guards=[demo_only], cache_control=_AN_HOUR)
def item_picture(request: AnyRequest, state: State) -> Response[str]:
    """Return the picture of one product."""
    named = str(request.path_params["item"]).removeprefix("/")
    line = require_item(state.opened, named.removesuffix(".svg"))
    return Response(picture_of(line), media_type="image/svg+xml")


HANDLERS: Final = (shop_window, item_page, item_picture)

_EVENTS: Final = {"basket": "Product Added", "order": "Order Completed"}


def named_item(request: AnyRequest, opened: Opened) -> Item:
    """Return the catalogue line of the product that the path names; its id may hold slashes."""
    return require_item(opened, str(request.path_params["item"]).removeprefix("/"))


def require_item(opened: Opened, item: str) -> Item:
    """
    Return the catalogue line of *item*.

    Raises:
        NotFoundException: the shop has no such product.
    """
    line = opened.shop.catalogue.get(item)
    if line is None or line.removed:
        raise NotFoundException("This shop has no such product, or no longer.")
    return line


def _slots(scene: Scene) -> dict[str, object]:
    shop, looker = scene.opened.shop, scene.looker
    for_you = fill(shop, looker, "for-you", title="For you", limit=ROW)
    again = fill(shop, looker, "buy-again", title="Buy again", limit=ROW)
    trending = fill(shop, looker, "trending", title="Popular now", limit=2 * ROW)
    return {
        "for_you": for_you,
        "buy_again": again if again.level.level is Level.INDIVIDUAL else None,
        "trending": without(trending, for_you, limit=ROW),
    }


def _beside(scene: Scene, item: str) -> dict[str, object]:
    ask = partial(fill, scene.opened.shop, scene.looker, page=item)
    goes_with = ask("goes-with", title="Goes well with it", limit=BESIDE)
    similar = ask("similar", title="Similar", limit=2 * BESIDE)
    return {"goes_with": goes_with, "similar": without(similar, goes_with, limit=BESIDE)}


def _shelf(scene: Scene, given: Mapping[str, str]) -> dict[str, object]:
    """Return one page of the catalogue, of one category where *given* names one."""
    catalogue = scene.opened.shop.catalogue
    category, page_number = given.get("category", ""), _number(given.get("page", ""))
    lines = [i for i in catalogue.values() if i.available and category in {"", i.category}]
    first = SHELF * (page_number - 1)
    goods: list[Tile] = [tile(line.id, catalogue) for line in lines[first : first + SHELF]]
    return {
        "goods": goods,
        "goods_count": len(lines),
        "categories": sorted({line.category for line in catalogue.values() if line.category}),
        "category": category,
        "page_number": page_number,
        "more": len(lines) > first + SHELF,
    }


def _after(scene: Scene, item: str) -> Scene:
    """Return the scene with *item* among what the visit looked at, where that may count."""
    if not scene.visit_counts:
        return scene
    return Scene(opened=scene.opened, looker=scene.looker.after(item), choices=scene.choices)


def _about(line: Item) -> dict[str, str]:
    """Return what the catalogue says about a product, as pairs of words."""
    told = {"brand": line.brand, **line.attributes}
    return {name: str(value) for name, value in told.items() if value and name != "colour"}


def _number(said: str) -> int:
    return min(max(int(said), 1), 10_000) if said.isascii() and said.isdigit() else 1

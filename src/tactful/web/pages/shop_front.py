"""
The demonstration's shop: its front, its shelves, its products, and what it says on privacy.

It does what any shop does: its pages are its own, the browser's module fills their slots.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import CacheControlHeader, State
from litestar.exceptions import NotFoundException

from tactful.assembly import Opened
from tactful.terms import Item
from tactful.web.pages.addresses import my_address
from tactful.web.pages.guards import demo_only
from tactful.web.pages.pictures import picture_of
from tactful.web.pages.rendering import page
from tactful.web.pages.scene import Scene, scene_of
from tactful.web.pages.shelves import CEILINGS, SORTS, find, wish_of
from tactful.web.pages.slots import Filled, only_bought, tile, without

AnyRequest = Request[Any, Any, Any]

ROW: Final = 6
"""How many goods a slot shows."""

_AN_HOUR: Final = CacheControlHeader(max_age=3600, private=True)


@get("/shop", sync_to_thread=True, guards=[demo_only])
def front(request: AnyRequest, state: State) -> Response[str]:
    """Show the front of the shop."""
    scene = scene_of(request, state.opened)
    popular = scene.slot("trending", "Popular now", limit=2 * ROW)
    for_you = scene.slot("for-you", "For you", limit=ROW)
    again = only_bought(scene.slot("buy-again", "Buy again", limit=ROW))
    shown = {"for_you": for_you, "popular": without(popular, for_you, limit=ROW)}
    return shop_page("front", scene, shown | {"again": again})


@get("/shop/goods", sync_to_thread=True, guards=[demo_only])
def goods(request: AnyRequest, state: State) -> Response[str]:
    """Show the goods of a department, or what a search finds."""
    scene = scene_of(request, state.opened)
    wish = wish_of(request.query_params)
    shelf = find(state.opened.shop.catalogue, wish)
    shown = {
        "wish": wish,
        "shelf": shelf,
        "tiles": [tile(item) for item in shelf.goods],
        "sorts": SORTS,
        "ceilings": CEILINGS,
        "popular": scene.slot("trending", "Popular now", limit=ROW),
    }
    return shop_page("goods", scene, shown)


@get("/shop/items/{item:path}", sync_to_thread=True, guards=[demo_only])
def item_page(request: AnyRequest, state: State) -> Response[str]:
    """Show one product; looking at it is an event like any other, which the gate judges."""
    line = named_item(request, state.opened)
    scene = scene_of(request, state.opened)
    added = request.query_params.get("added") == "yes"
    fate = "" if added else scene.collect("Product Viewed", described(line))
    scene = scene.after(line.id)
    shown = {
        "item": line,
        "tile": tile(line),
        "about": _about(line),
        "added": added,
        "fate": fate,
        "goes_with": scene.slot("goes-with", "Goes with this", limit=ROW, page=line.id),
    }
    return shop_page("item", scene, shown)


@get("/shop/privacy", sync_to_thread=True, guards=[demo_only])
def shop_privacy(request: AnyRequest, state: State) -> Response[str]:
    """Say what this shop stores where, and lead to what is kept of whom it knows."""
    scene = scene_of(request, state.opened)
    mine = ""
    if scene.user_id:
        mine = my_address(state.opened.links.sign(scene.user_id), region=scene.named)
    notice = state.opened.shop.notice(region=scene.region).notice
    return shop_page("privacy", scene, {"my_page": mine, "notice": notice})


@get("/shop/pictures/{item:path}", sync_to_thread=True, guards=[demo_only], cache_control=_AN_HOUR)
def item_picture(request: AnyRequest, state: State) -> Response[str]:
    """Return the picture of one product."""
    named = str(request.path_params["item"]).removeprefix("/")
    line = require_item(state.opened, named.removesuffix(".svg"))
    return Response(picture_of(line), media_type="image/svg+xml")


HANDLERS: Final = (front, goods, item_page, shop_privacy, item_picture)


def shop_page(name: str, scene: Scene, shown: Mapping[str, object]) -> Response[str]:
    """Return a page of the shop; `slots` of it are what the demonstration's bar reports on."""
    filled = [value for value in shown.values() if isinstance(value, Filled)]
    frame = {
        "slots": filled,
        "fate": "",
        "wish": wish_of({}),
        "at_goods": name == "goods",
    } | scene.shown()
    response = page(f"shop/{name}.html", frame | dict(shown))
    posing = scene.cookie()
    if posing is not None:
        response.set_cookie(posing)
    return response


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


def described(line: Item) -> dict[str, object]:
    """Return *line* as the properties of an event."""
    cost = {} if line.price is None else {"price": line.price / 100, "currency": line.currency}
    return {"product_id": line.id, "category": line.category} | cost


def _about(line: Item) -> dict[str, str]:
    """Return what the catalogue says about a product, as pairs of words."""
    told = {"brand": line.brand, **line.attributes}
    return {name: str(value) for name, value in told.items() if value and name != "colour"}

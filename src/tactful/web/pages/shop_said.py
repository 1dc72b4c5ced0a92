"""What a visitor of the shop window does: set the dial, fill a basket, buy."""

from __future__ import annotations

from typing import Annotated, Any, Final
from uuid import uuid4

from litestar import Request, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from tactful.assembly import Opened
from tactful.terms import Item, Level, Mistake
from tactful.web.pages.addresses import item_address
from tactful.web.pages.choices import LADDER, move_to
from tactful.web.pages.guards import demo_only
from tactful.web.pages.rendering import see_other
from tactful.web.pages.shop_front import require_item
from tactful.web.pages.window import Scene, scene_of

AnyRequest = Request[Any, Any, Any]
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

SOURCE: Final = "shop window"
LOCALE: Final = "en"


@post("/shop/choices", sync_to_thread=True, guards=[demo_only])
def choose(data: Form, request: AnyRequest, state: State) -> Redirect:
    """Record what the dial was set to, and show the same page as it is now."""
    scene = _require_scene(request, state.opened, data)
    level = data.get("level", "")
    said = move_to(level, teach="teach" in data, choices=scene.choices)
    shop, looker = state.opened.shop, scene.looker
    shop.consent(looker.who, said, notice=data.get("notice", ""), locale=LOCALE, source=SOURCE)
    if said[LADDER[Level.SESSION]] != "grant":
        looker = looker.without_visit()
    path = item_address(data["item"]) if data.get("item") else "/shop"
    return see_other(looker.link(path, set=level))


@post("/shop/basket", sync_to_thread=True, guards=[demo_only])
def add_to_basket(data: Form, request: AnyRequest, state: State) -> Redirect:
    """Put one product in the basket: an event, and nothing else in a demonstration."""
    line = require_item(state.opened, data.get("item", ""))
    scene = _require_scene(request, state.opened, data)
    kept = scene.collect("Product Added", line, quantity=1, **_price(line))
    return see_other(scene.looker.link(item_address(line.id), done="basket", kept=_yes(kept)))


@post("/shop/order", sync_to_thread=True, guards=[demo_only])
def order(data: Form, request: AnyRequest, state: State) -> Redirect:
    """Buy one product: an event, and nothing else in a demonstration."""
    line = require_item(state.opened, data.get("item", ""))
    scene = _require_scene(request, state.opened, data)
    products = [{"product_id": line.id, "quantity": 1, "category": line.category} | _price(line)]
    kept = scene.collect("Order Completed", line, order_id=uuid4().hex, products=products)
    return see_other(scene.looker.link(item_address(line.id), done="order", kept=_yes(kept)))


HANDLERS: Final = (choose, add_to_basket, order)


def _require_scene(request: AnyRequest, opened: Opened, data: dict[str, str]) -> Scene:
    scene = scene_of(request, opened, data)
    if scene is None:
        raise Mistake("It is not clear as whom you look at the shop: begin at /shop.")
    return scene


def _price(line: Item) -> dict[str, object]:
    return {} if line.price is None else {"price": line.price / 100, "currency": line.currency}


def _yes(kept: bool) -> str:  # noqa: FBT001 - a word for a truth value
    return "yes" if kept else "no"

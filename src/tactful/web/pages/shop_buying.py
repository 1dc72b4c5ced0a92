"""
The cart and the checkout of the demonstration's shop: forms, one cookie, and no payment.

An order is told by the server, with its number, as shops should: a browser may be closed too soon.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import uuid4

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from tactful.terms import Mistake
from tactful.web.pages.addresses import item_address
from tactful.web.pages.cart import Cart, Line, total, totals
from tactful.web.pages.guards import demo_only
from tactful.web.pages.rendering import see_other
from tactful.web.pages.scene import Scene, scene_of
from tactful.web.pages.shop_cookies import cookie, read_cookie
from tactful.web.pages.shop_front import ROW, described, require_item, shop_page
from tactful.web.pages.slots import tile

AnyRequest = Request[Any, Any, Any]
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

BROWSER: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""How the browser's module numbers a browser."""

MOST_DIGITS: Final = 3
RECEIPT: Final = "ordered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address to send to: invented, so that nobody types one in."""

    name: str
    street: str
    town: str


ADDRESSES: Final = (
    Address(name="Robin Example", street="12 Sample Street", town="10115 Berlin, Germany"),
    Address(name="Sam Specimen", street="3 Placeholder Lane", town="Dublin D02, Ireland"),
    Address(name="Alex Pattern", street="400 Example Avenue", town="Sacramento, CA 95814, USA"),
)


@get("/shop/cart", sync_to_thread=True, guards=[demo_only])
def cart_page(request: AnyRequest, state: State) -> Response[str]:
    """Show what is in the cart."""
    scene = scene_of(request, state.opened)
    lines = scene.cart.lines(state.opened.shop.catalogue)
    shown = _shown(lines)
    if lines:
        page = lines[-1].item.id
        shown["goes_with"] = scene.slot("goes-with", "Goes with this", limit=ROW, page=page)
    return shop_page("cart", scene, shown)


@post("/shop/cart", sync_to_thread=True, guards=[demo_only])
def change_cart(data: Form, request: AnyRequest, state: State) -> Redirect:
    """Put a product into the cart, or say how many of it there shall be."""
    line = require_item(state.opened, data.get("item", ""))
    scene = scene_of(request, state.opened)
    before = scene.cart.quantities.get(line.id, 0)
    said = data.get("quantity")
    wanted = before + 1 if said is None else _quantity(said)
    cart = scene.cart.put(line.id, wanted)
    if wanted != before:
        event = "Product Added" if wanted > before else "Product Removed"
        scene.collect(event, {"quantity": abs(wanted - before)} | described(line))
    address = "/shop/cart" if said is not None else f"{item_address(line.id)}?added=yes"
    return see_other(address, cookies=[cart.cookie(request)])


@get("/shop/checkout", sync_to_thread=True, guards=[demo_only])
def checkout(request: AnyRequest, state: State) -> Response[str] | Redirect:
    """Ask where the goods shall go; an empty cart leads back to itself."""
    scene = scene_of(request, state.opened)
    lines = scene.cart.lines(state.opened.shop.catalogue)
    if not lines:
        return see_other("/shop/cart")
    return shop_page("checkout", scene, _shown(lines) | {"addresses": ADDRESSES})


@post("/shop/order", sync_to_thread=True, guards=[demo_only])
def order(data: Form, request: AnyRequest, state: State) -> Redirect:
    """
    Take the order: an event with its number, and nothing else in a demonstration.

    Raises:
        Mistake: there is nothing to order.
    """
    scene = scene_of(request, state.opened)
    lines = scene.cart.lines(state.opened.shop.catalogue)
    if not lines:
        raise Mistake("The cart is empty: put something in before you order.")
    number = f"LL-{uuid4().hex[:8].upper()}"
    fate = _tell(scene, lines, number, browser=data.get("anonymousId", ""))
    receipt = cookie(request, RECEIPT, [number, fate])
    return see_other("/shop/thanks", cookies=[Cart().cookie(request), receipt])


@get("/shop/thanks", sync_to_thread=True, guards=[demo_only])
def thanks(request: AnyRequest, state: State) -> Response[str] | Redirect:
    """Confirm the order once, and say what was told of it."""
    scene = scene_of(request, state.opened)
    ordered = read_cookie(request, RECEIPT, tuple[str, str])
    if ordered is None:
        return see_other("/shop")
    number, fate = ordered
    popular = scene.slot("trending", "Popular now", limit=ROW)
    shown = {"number": number, "order_fate": fate, "popular": popular}
    response = shop_page("thanks", scene, shown)
    response.set_cookie(cookie(request, RECEIPT, None))
    return response


HANDLERS: Final = (cart_page, change_cart, checkout, order, thanks)


def _tell(scene: Scene, lines: tuple[Line, ...], number: str, *, browser: str) -> str:
    """Tell the shop of an order; of a browser only where it has a number, which needs a yes."""
    sums = totals(lines)
    cost = {"total": sum(sums.values()) / 100, "currency": next(iter(sums))} if sums else {}
    products = [{"quantity": line.quantity} | described(line.item) for line in lines]
    return scene.collect(
        "Order Completed",
        {"order_id": number, "products": products} | cost,
        anonymous_id=browser if BROWSER.fullmatch(browser) else "",
    )


def _shown(lines: tuple[Line, ...]) -> dict[str, object]:
    return {"lines": [(line, tile(line.item)) for line in lines], "total": total(lines)}


def _quantity(said: str) -> int:
    """
    Return the number that was asked for.

    Raises:
        Mistake: it is none.
    """
    if not (said.isascii() and said.isdigit() and len(said) <= MOST_DIGITS):
        raise Mistake("How many shall it be? A number from 0 to 99.")
    return int(said)

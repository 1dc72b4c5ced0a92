"""What tests of the demonstration's shop read from its pages, and do on them."""

from __future__ import annotations

from typing import Any

from litestar.testing import TestClient
from page_worlds import ADA, Form, Reader, send

from tactful.shop import Shop
from tactful.terms import NotFound

A_BROWSER = "0f8fad5b-d9cb-469f-a165-70867728950e"


def slot(page: Reader, name: str) -> dict[str, str]:
    """Return what the page says of the slot called *name*."""
    found = (e.attributes for e in page.elements if e.attributes.get("data-slot") == name)
    return next(found)


def tiles(page: Reader) -> dict[str, set[str]]:
    """Return the pictures that each slot of *page* shows."""
    found: dict[str, set[str]] = {}
    current = ""
    for element in page.elements:
        if element.tag == "section":
            current = element.attributes.get("data-slot", "")
        if current and element.attributes.get("src"):
            found.setdefault(current, set()).add(element.attributes["src"])
    return found


def modules(page: Reader) -> list[str]:
    """Return the modules that *page* loads, without what they are told."""
    scripts = (e.attributes["src"] for e in page.elements if e.tag == "script")
    return [src.partition("?")[0] for src in scripts]


def dial(page: Reader) -> Form:
    """Return the form of the dial."""
    return page.form("/shop/choices")


def turn(client: TestClient[Any], page: Reader, level: str, **more: str) -> Reader:
    """Set the dial to *level*, and return the page that follows."""
    return Reader(send(client, dial(page), level=level, **more))


def put(client: TestClient[Any], item: str) -> Reader:
    """Put *item* in the cart, and return the page that follows."""
    return Reader(send(client, Reader(client.get(f"/shop/items/{item}")).form("/shop/cart")))


def order(client: TestClient[Any], **more: str) -> Reader:
    """Order what is in the cart, and return the page that follows."""
    page = Reader(client.get("/shop/checkout"))
    return Reader(send(client, page.form("/shop/order"), **more))


def events(shop: Shop, user: str = ADA) -> list[Any]:
    """Return what is stored of what *user* did."""
    try:
        found = shop.subject(user).export()["events"]
    except NotFound:
        return []
    assert isinstance(found, list)
    return found

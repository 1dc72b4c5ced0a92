"""The addresses of pages that other pages lead to."""

from __future__ import annotations

from urllib.parse import quote, urlencode


def item_address(item: str) -> str:
    """Return the path of the page of *item*; its id may hold slashes."""
    return f"/shop/items/{quote(item)}"


def my_own(*, region: str | None = None, done: str = "") -> str:
    """Return the address of the page of who is signed in; see `my_address` for what is given."""
    given = {name: value for name, value in {"region": region, "done": done}.items() if value}
    return f"/me?{urlencode(given)}" if given else "/me"


def letter_address(home: str, key: str) -> str:
    """Return the address that a letter leads to, in the shop that is reached at *home*."""
    return f"{home}/me/sign-in/link?{urlencode({'key': key})}"


def picture_address(item: str) -> str:
    """Return the path of the picture of *item*."""
    return f"/shop/pictures/{quote(item)}.svg"


def my_address(token: str, *, region: str | None = None, done: str = "") -> str:
    """
    Return the address by which a subject is let in to their own page.

    Args:
        token: What speaks for the subject.
        region: Where the request comes from, for a subject whose residence is not known.
        done: What was just done, to be confirmed on the page.
    """
    given = {"token": token, "region": region, "done": done}
    return f"/me?{urlencode({name: value for name, value in given.items() if value})}"

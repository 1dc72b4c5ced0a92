"""
The two cookies of the demonstration's shop; each is strictly necessary for what was asked for.

`cart` holds what somebody put in, from then on; `demo` holds as whom a presenter looks.  What
cannot be read counts as absent: a browser's word is no reason to break a page.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final, TypeVar

import msgspec
from litestar import Request
from litestar.datastructures import Cookie

AnyRequest = Request[Any, Any, Any]
T = TypeVar("T")

PATH: Final = "/shop"
MOST_BYTES: Final = 3_500
"""Browsers keep 4,096 bytes of a cookie, its name and attributes among them."""


def read_cookie(request: AnyRequest, name: str, kind: type[T]) -> T | None:
    """Return what the cookie *name* holds, or None where there is none of this *kind*."""
    said = request.cookies.get(name, "")
    try:
        return msgspec.json.decode(
            base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)), type=kind
        )
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        return None


def cookie(request: AnyRequest, name: str, value: object) -> Cookie:
    """Return the cookie *name* with *value*; one without a value is deleted."""
    said = base64.urlsafe_b64encode(msgspec.json.encode(value)).decode().rstrip("=")
    return Cookie(
        key=name,
        value=said if value else "",
        max_age=None if value else 0,
        path=PATH,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )

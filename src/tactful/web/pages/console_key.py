"""
Who may see the console: on this machine anybody in a demonstration, else the secret key's holder.

Signing in gives a cookie that is signed, not stored: it says when it was given, and nothing else.
A new secret key ends every session.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from itsdangerous import BadData, URLSafeTimedSerializer
from litestar import Request
from litestar.datastructures import Cookie

from tactful.assembly import Opened
from tactful.web.pages.guards import on_this_machine

AnyRequest = Request[Any, Any, Any]

COOKIE: Final = "tactful_console"
SESSION_SECONDS: Final = 4 * 3600
PATHS: Final = {COOKIE: "/console", "tactful_outbox": "/outbox"}
"""What the secret key opens, by the name of the cookie: no other page is sent one."""


def may_see(request: AnyRequest, opened: Opened) -> bool:
    """Tell whether *request* may see the console."""
    if opened.settings.shop.demo and on_this_machine(request):
        return True
    return any(_is_ours(request.cookies.get(name, ""), opened) for name in PATHS)


def session_cookies(request: AnyRequest, opened: Opened) -> list[Cookie]:
    """Return the cookies for whoever has just shown the secret key, one for each of its paths."""
    value = str(_signer(opened).dumps("console"))
    return [
        Cookie(
            key=name,
            value=value,
            path=path,
            max_age=SESSION_SECONDS,
            httponly=True,
            secure=request.url.scheme == "https",
            samesite="strict",
        )
        for name, path in PATHS.items()
    ]


def _is_ours(value: str, opened: Opened) -> bool:
    try:
        _signer(opened).loads(value, max_age=SESSION_SECONDS)
    except BadData:
        return False
    return True


def _signer(opened: Opened) -> URLSafeTimedSerializer:
    """Return a signer whose key only this shop can derive; it is not that of signed links."""
    return URLSafeTimedSerializer(
        opened.access.secret_digest,
        salt="tactful.console",
        signer_kwargs={"digest_method": hashlib.sha256},
    )

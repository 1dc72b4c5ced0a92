"""
Who may open a page, as far as a request itself can say.

A subject's own page is guarded by a session (`holder`), the console by the secret key
(`console`); here stands what is common: no form is taken from a page of another site.
"""

from __future__ import annotations

import ipaddress
from typing import Any, Final
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler

AnyConnection = ASGIConnection[Any, Any, Any, Any]

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN: Final = frozenset({"same-origin", "none"})
_HIDDEN: Final = "null"
_ELSEWHERE: Final = "This form came from another site: open the page here."
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")


def same_site(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """
    Refuse what changes something when another site's page sends it.

    Browsers say so in `Sec-Fetch-Site` (W3C Fetch Metadata), and older ones in `Origin`, which is
    `null` for forms of pages that send no referrer, as ours are.
    """
    method = connection.scope.get("method", "GET")
    if method in SAFE_METHODS:
        return
    if connection.headers.get("sec-fetch-site", "none") not in _OWN:
        raise PermissionDeniedException(_ELSEWHERE)
    origin = connection.headers.get("origin", _HIDDEN)
    if origin != _HIDDEN and urlsplit(origin).netloc != _host(connection):
        raise PermissionDeniedException(_ELSEWHERE)


def demo_only(connection: AnyConnection, _: BaseRouteHandler) -> None:
    """Refuse everything but demonstrations: its shop lets anybody pose as its people."""
    if not connection.app.state.opened.settings.shop.demo:
        raise NotFoundException(
            "Only a demonstration shop has shop pages of its own: try `tactful demo`."
        )


def on_this_machine(connection: AnyConnection) -> bool:
    """
    Tell whether the browser runs on this machine and asked for it by a local name.

    The name guards against another site whose name was pointed at this machine; a forwarded
    request came from somewhere else, whoever handed it on.
    """
    client = connection.client
    if client is None or any(name in connection.headers for name in _FORWARDED):
        return False
    return _is_loopback(client.host) and _is_loopback(connection.url.hostname or "")


def sends_signal(connection: AnyConnection) -> bool:
    """Tell whether the browser sends Global Privacy Control."""
    return connection.headers.get("sec-gpc", "").strip() == "1"


def _host(connection: AnyConnection) -> str:
    """Return the host as the browser knows it: what the shop says, or what the request does."""
    said: str = connection.app.state.opened.settings.mail.base_url
    here = connection.headers.get("host", "")
    return (
        urlsplit(said).netloc
        if said and not _is_loopback(urlsplit(f"//{here}").hostname or "")
        else here
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""
How a browser comes to be signed in: its cookie, and the exchange of a signed link for it.

A link's token leaves the address bar at once: the page that is then shown may be bookmarked, and
shared, without letting anybody in.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.datastructures import Cookie

from tactful.assembly import Opened
from tactful.web.links import home_in_settings
from tactful.web.pages.guards import on_this_machine
from tactful.web.pages.rendering import HEADERS, page, see_other
from tactful.web.places import Places
from tactful.web.proxies import address_of, sender

AnyRequest = Request[Any, Any, Any]

HOME: Final = "/me"
NETWORK_BITS: Final = {4: 24, 6: 48}
"""Who has one address of such a network has most likely all of them."""


_NO_LINK: Final = "This link is not valid, or older than a week. Ask the shop for a new one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookies:
    """
    The cookie of a session, as this connection needs it.

    Over https its name begins with `__Host-`: browsers then take it from this very host only, for
    all of its paths, and never over http.
    """

    secure: bool

    @classmethod
    def of(cls, request: AnyRequest, opened: Opened) -> Cookies:
        """Return what *request* calls for; a shop that says it is reached by https is believed."""
        says_so = opened.settings.mail.base_url.startswith("https://")
        by_https = request.url.scheme == "https"
        return cls(secure=by_https or (says_so and not on_this_machine(request)))

    @property
    def name(self) -> str:
        """Return its name."""
        return "__Host-tactful" if self.secure else "tactful"

    def given(self, held: str) -> Cookie:
        """Return the cookie that holds a session; it ends with the browser at the latest."""
        return Cookie(
            key=self.name, value=held, path="/", httponly=True, secure=self.secure, samesite="lax"
        )

    def taken_back(self) -> Cookie:
        """Return the cookie that deletes it."""
        return Cookie(
            key=self.name,
            value="",
            path="/",
            max_age=0,
            httponly=True,
            secure=self.secure,
            samesite="lax",
        )


def held_by(request: AnyRequest, cookies: Cookies) -> str:
    """Return what the browser holds; empty where that is nothing."""
    return request.cookies.get(cookies.name, "")


def exchange(request: AnyRequest) -> Response[Any] | None:
    """Turn a signed link to a page below `/me` into a session, and lead to the page without it."""
    path, token = request.url.path, request.query_params.get("token")
    if request.method != "GET" or token is None or not _is_mine(path):
        return None
    opened: Opened = request.app.state.opened
    user_id, age = opened.links.read(token), opened.links.age(token)
    if user_id is None or age is None:
        return refused(opened, _NO_LINK)
    cookies = Cookies.of(request, opened)
    held = opened.signing_in.begin(user_id, proved_ago=age, ending=held_by(request, cookies))
    rest = [(name, said) for name, said in request.query_params.items() if name != "token"]
    answer = see_other(f"{path}?{urlencode(rest)}" if rest else path, cookies=[cookies.given(held)])
    answer.headers.update(HEADERS)
    return answer


def refused(opened: Opened, why: str, *, status: int = 403) -> Response[str]:
    """Return the one page for whoever is not let in: what is the matter, and what to do."""
    shown = {
        "shop_name": opened.settings.shop.name,
        "why": why,
        "mails": mails(opened),
        "asked": False,
    }
    return page("me_sign_in.html", shown, status=status)


def mails(opened: Opened) -> bool:
    """Tell whether letters reach anybody: by mail, or in the outbox of a demonstration."""
    return bool(opened.settings.mail.host) or opened.settings.shop.demo


def network_of(request: AnyRequest) -> str:
    """Return the network that *request* comes from, as far as trusted proxies tell."""
    places: Places = request.app.state.places
    peer = address_of(request.client.host) if request.client else None
    if peer is None:
        return "unknown"
    address = sender(peer, [*request.scope["headers"]], places.trusted) or peer
    bits = NETWORK_BITS[address.version]
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


def home_of(request: AnyRequest, opened: Opened) -> str:
    """
    Return where people reach the shop, for links in letters.

    Never by the word of a request from elsewhere: whoever sends it could have letters with links
    to a host of their own sent to others.
    """
    if not opened.settings.mail.base_url and on_this_machine(request):
        return str(request.base_url).rstrip("/")
    return home_in_settings(opened)


def _is_mine(path: str) -> bool:
    return path == HOME or path.startswith(f"{HOME}/")

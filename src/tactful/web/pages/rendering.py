"""Turn templates into pages: everything escaped, nothing inline, nothing from elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import MediaType, Response
from litestar.datastructures import Cookie
from litestar.response import Redirect
from markdown_it import MarkdownIt

FOLDER: Final = Path(__file__).parent

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""The Content-Security-Policy of every page."""

HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_SYMBOLS: Final = {"EUR": "€", "GBP": "£", "USD": "$"}
_WITHOUT_MINOR_UNITS: Final = frozenset({"CLP", "ISK", "JPY", "KRW", "VND"})


def page(
    template: str, shown: Mapping[str, object], *, status: int = HTTPStatus.OK
) -> Response[str]:
    """Return *template* filled with what is *shown*."""
    content = _templates.get_template(template).render(shown)
    return Response(content, status_code=status, media_type=MediaType.HTML, headers=HEADERS)


def see_other(address: str, *, cookies: Sequence[Cookie] = ()) -> Redirect:
    """Return the answer to a form: the page to look at now, so that a reload sends nothing."""
    return Redirect(address, status_code=303, cookies=list(cookies))


def price(minor_units: int | None, currency: str) -> str:
    """Return a price for people: `€24.90`; empty where there is none."""
    if minor_units is None:
        return ""
    symbol = _SYMBOLS.get(currency, f"{currency} " if currency else "")
    if currency in _WITHOUT_MINOR_UNITS:
        return f"{symbol}{minor_units:,}"
    return f"{symbol}{minor_units / 100:,.2f}"


def day(moment: datetime) -> str:
    """Return a date for people: `3 March 2026`."""
    return f"{moment.day} {moment:%B %Y}"


def minute(moment: datetime) -> str:
    """Return date and time for people."""
    return f"{moment.day} {moment:%b %Y, %H:%M}"


def asset(name: str) -> str:
    """Return the address of a static file, which changes when its content does."""
    content = (FOLDER / "static" / name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


_templates: Final = Environment(
    loader=PackageLoader("tactful.web.pages"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals.update(
    style_sheet=asset("tactful.css"), shop_sheet=asset("shop.css"), shop_script=asset("shop.js")
)
_markdown: Final = MarkdownIt("commonmark", {"html": False})
_templates.filters.update(day=day, minute=minute, markdown=_markdown.render)

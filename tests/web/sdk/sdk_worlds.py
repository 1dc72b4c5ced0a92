"""A shop that is served, and pages of it that include our modules, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from server_worlds import Running, running

CHROMIUM = Path("/usr/bin/chromium")
GOODS = [
    {
        "id": f"item-{number}",
        "title": f"Item {number}",
        "category": "Kitchen",
        "price": 1000 + number,
        "currency": "EUR",
        "url": f"/items/{number}",
        "availability": "in_stock",
    }
    for number in range(8)
]
EVERYTHING = (
    "session_personalization",
    "segment_personalization",
    "individual_personalization",
    "model_training",
    "measurement",
)
STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'self'"
)
SLOT = """<section data-tactful-slot="trending" data-tactful-limit="3">
<h2>Popular</h2><ul data-tactful-items><li class="own">What the page shows itself</li></ul>
<template data-tactful-tile><li class="tile"><a data-field="url"><span data-field="title"></span>
<b data-field="price"></b></a><details><summary>Why?</summary><p data-field="why"></p></details>
</li></template>
</section><p id="below">Below</p>"""


@dataclass
class Seen:
    """What a page asked the server for, and what the browser complained about."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def paths(self) -> list[str]:
        """Return the paths that were asked for, the page's own files left out."""
        own = ("/page", "/sdk/", "/favicon")
        return [path for _, path in self.asked if not path.startswith(own)]


@dataclass
class Visit:
    """A page in a browser."""

    page: Any
    seen: Seen
    server: Running

    def open(
        self,
        body: str = "",
        *,
        locale: str = "en",
        banner: bool = False,
        region: str = "DE",
        first: str = "",
    ) -> None:
        """Show a page of the shop with *body*, under a strict policy; *first* leads its head."""
        key = f"?writeKey={self.server.keys.write_key}&region={region}"
        head = f'{first}<script type="module" src="/sdk/tactful.js{key}"></script>'
        if banner:
            head += '<script type="module" src="/sdk/consent.js"></script>'
            body += (
                "<tactful-consent></tactful-consent><tactful-consent-link></tactful-consent-link>"
            )
        html = (
            f"<!doctype html><html lang={locale}><head><meta name=viewport"
            f' content="width=device-width"><title>Shop</title>{head}</head>'
            f"<body><main><h1>Shop</h1>{body}</main></body></html>"
        )
        headers = {"content-type": "text/html", "content-security-policy": STRICT}
        self.page.route("**/page", lambda route: route.fulfill(body=html, headers=headers))
        self.page.goto(f"{self.server.address}/page")
        self.page.wait_for_function("() => window.tactful")

    def choose(self, *yes: str, no: tuple[str, ...] = EVERYTHING) -> None:
        """Say yes to *yes*, and no to the others of *no*."""
        said = dict.fromkeys(no, False) | dict.fromkeys(yes, True)
        self.page.evaluate(
            "(said) => tactful.consent.set(said, {notice: 'privacy@1', source: 'tests'})", said
        )

    def stored(self) -> Mapping[str, Any]:
        """Return everything that the browser holds of the shop."""
        return dict(
            self.page.evaluate(
                "() => ({lasting: {...localStorage}, visit: {...sessionStorage},"
                " cookies: document.cookie})"
            )
        )

    def kept(self) -> dict[str, Any]:
        """Return our own entry of what lasts."""
        return dict(self.page.evaluate("JSON.parse(localStorage.tactful || '{}')"))

    def forgive(self, words: str) -> None:
        """Leave out of the browser's complaints what the test itself brought about."""
        self.seen.complaints[:] = [said for said in self.seen.complaints if words not in said]

    def wait_until_sent(self) -> None:
        """Wait until nothing waits to be sent."""
        self.page.wait_for_function(
            "() => { const kept = JSON.parse(localStorage.tactful || '{}');"
            " return !kept.unsent?.length && !kept.owed?.length; }"
        )


@contextmanager
def shop(folder: Path) -> Iterator[Running]:
    """Serve a shop with goods."""
    with running(folder) as server:
        secret = {"authorization": f"Bearer {server.keys.secret_key}"}
        put = httpx.post(f"{server.address}/v1/items", json={"items": GOODS}, headers=secret)
        assert put.is_success, put.text
        yield server


@contextmanager
def visit(chromium: Any, server: Running, **context: Any) -> Iterator[Visit]:
    """Open a browser window with nothing in it; hold that the browser complained of nothing."""
    opened = chromium.new_context(**context)
    page, seen = opened.new_page(), Seen()
    page.on("request", lambda r: seen.asked.append((r.method, r.url.split("/", 3)[3:][0])))
    page.on("console", lambda message: seen.complaints.append(message.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    seen.asked = _Paths()
    yield Visit(page, seen, server)
    heard = list(seen.complaints)
    opened.close()
    assert heard == []


class _Paths(list[tuple[str, str]]):
    """Requests, their paths beginning with a slash."""

    def append(self, one: tuple[str, str]) -> None:
        """Take one in."""
        super().append((one[0], f"/{one[1]}"))

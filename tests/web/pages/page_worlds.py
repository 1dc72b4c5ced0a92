"""A demonstration shop in a folder of its own, a browser without scripts, and a strict reader."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin

from httpx import Response
from litestar.testing import TestClient
from litestar.types import ASGIApp, Receive, Scope, Send

from tactful.assembly import Opened, init_shop, open_shop
from tactful.shop import Shop, Who
from tactful.terms import Item
from tactful.web.app import create_app

HERE = "127.0.0.1"
ADA = "ada"
NOTICE = "privacy@1"
SHAPING = (
    "session_personalization",
    "segment_personalization",
    "individual_personalization",
    "model_training",
    "measurement",
)
_LINES = [
    Item(id="kettle", title="Kettle", category="Kitchen", price=2500, currency="EUR"),
    Item(id="teapot", title="Teapot", category="Kitchen", price=3000, currency="EUR"),
    Item(id="mug", title="Mug", category="Kitchen", price=900, currency="EUR"),
    Item(id="lamp", title="Lamp", category="Lights", price=4900, currency="EUR"),
    Item(id="rug", title="Rug & mat", category="Textiles", price=9900, currency="EUR"),
    Item(id="a/b?c", title="<script>alert('gotcha')</script>", category="<b>Odd</b>"),
]
GOODS = [
    replace(
        item,
        url=f"/shop/items/{quote(item.id)}",
        image=f"/shop/pictures/{quote(item.id)}.svg",
    )
    for item in _LINES
]
EVALUATION = {
    "since": "2026-02-01T00:00:00+00:00",
    "cases": 1234,
    "levels": {
        "none": {"hr": 0.1, "mrr": 0.01, "ndcg": 0.02},
        "individual": {"hr": 0.4, "mrr": 0.2, "ndcg": 0.3},
    },
}


def new_shop(folder: Path, *, demo: bool) -> str:
    """Make a shop with goods, taught by six people; return its secret key."""
    keys = init_shop(folder, name="A <shop>", demo=demo)
    personas = [{"id": ADA, "label": "from Germany, said nothing"}]
    (folder / "demo.json").write_text(json.dumps(personas), encoding="utf-8")
    opened = open_shop(folder)
    opened.shop.put_items(GOODS)
    for number in range(6):
        agree(opened.shop, f"friend-{number}")
        look_at(opened.shop, f"friend-{number}", "kettle", "teapot", "mug")
    opened.shop.train()
    opened.close()
    return keys.secret_key


def agree(shop: Shop, user: str, *purposes: str) -> None:
    """Let *user* in Germany grant *purposes*; everything that shapes pages, by default."""
    who = Who(user_id=user, region="DE")
    shop.consent(who, dict.fromkeys(purposes or SHAPING, "grant"), notice=NOTICE)


def look_at(shop: Shop, user: str, *items: str) -> None:
    """Let *user* look at *items*."""
    shop.collect(
        [
            {
                "type": "track",
                "event": "Product Viewed",
                "userId": user,
                "messageId": f"{user}-{item}",
                "properties": {"product_id": item},
            }
            for item in items
        ]
    )


class _Browser(TestClient[Any]):
    """A browser that follows no redirect but that of a signed link to the page it lets in to."""

    def get(self, url: Any, **more: Any) -> Response:
        """Open *url*; where its token was exchanged for a session, the page without it."""
        response = super().get(url, **more)
        if response.status_code == 303 and "token=" in str(response.request.url):
            return super().get(response.headers["location"], **more)
        return response


def be(client: TestClient[Any], person: str) -> None:
    """Look at the demonstration's shop as *person*, by the form of its lowest bar."""
    response = client.post("/shop/shopper", data={"as": person})
    assert response.status_code == 303, response.text


@contextmanager
def browser(opened: Opened, *, client: str = HERE) -> Iterator[TestClient[Any]]:
    """Open a browser without scripts, on the machine *client*, that follows no redirect."""
    app = create_app(opened)

    async def from_client(scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on as if it came from the machine."""
        if str(scope["type"]) == "http":
            scope["client"] = (client, 50_000)
        await app(scope, receive, send)

    framed: ASGIApp = from_client
    headers = {"accept": "text/html,application/xhtml+xml"}
    with _Browser(framed, base_url=f"http://{HERE}") as found:
        found.headers.update(headers)
        found.follow_redirects = False
        yield found


@dataclass
class Form:
    """A form as a browser without scripts reads it."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Element:
    """A start tag with its attributes."""

    tag: str
    attributes: dict[str, str]


class Reader(HTMLParser):
    """Reads a page: its elements, its forms as they would be sent, and its text."""

    def __init__(self, response: Response) -> None:
        """Read the page that *response* brings."""
        super().__init__()
        self.elements: list[Element] = []
        self.forms: list[Form] = []
        self._words: list[str] = []
        self._inside: list[str] = []
        self.feed(response.text)

    @property
    def text(self) -> str:
        """Return the visible words, spaces made single."""
        return re.sub(r"\s+", " ", " ".join(self._words)).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a start tag, and what a form would send for it."""
        given = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, given))
        if tag == "form":
            self.forms.append(Form(given["action"], given.get("method", "get")))
        elif self.forms and given.get("name"):
            self._note_field(tag, given)

    def handle_data(self, data: str) -> None:
        """Note words."""
        self._words.append(data)

    def form(self, action: str, button: str = "") -> Form:
        """Return the first form that goes to *action*, and has *button* where that is asked."""
        return next(
            f
            for f in self.forms
            if f.action == action and (not button or button in {value for _, value in f.buttons})
        )

    def links(self) -> list[str]:
        """Return every address that the page points to."""
        names = ("href", "src", "action")
        return [e.attributes[n] for e in self.elements for n in names if n in e.attributes]

    def _note_field(self, tag: str, given: dict[str, str]) -> None:
        form = self.forms[-1]
        if tag == "button":
            form.buttons.append((given["name"], given.get("value", "")))
        elif given.get("type") not in {"radio", "checkbox"} or "checked" in given:
            form.fields[given["name"]] = given.get("value", "")


def follow(client: TestClient[Any], response: Response) -> Response:
    """Return the page that a redirect leads to."""
    assert response.status_code == 303, response.text
    return client.get(urljoin(str(response.url), response.headers["location"]))


def send(client: TestClient[Any], form: Form, **changed: str) -> Response:
    """Send *form* with some fields *changed*, and return the page that follows."""
    response = client.request(form.method, form.action, data=form.fields | changed)
    return response if response.status_code == 200 else follow(client, response)

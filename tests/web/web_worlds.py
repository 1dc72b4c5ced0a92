"""A shop behind HTTP, in this process, and calls as clients send them."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tactful.assembly import NewKeys, Opened, init_shop, open_shop
from tactful.web.app import create_app
from tactful.web.front import Front

NOTICE = "privacy@1"
CALIFORNIA = {"region": "US-CA"}
"""Where keeping behaviour is allowed until the subject objects."""


@dataclass(slots=True, kw_only=True)
class World:
    """A served shop, its keys, and a client that speaks to it."""

    opened: Opened
    keys: NewKeys
    app: Front = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.opened)

    def send(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        key: str | None = "public",
    ) -> httpx.Response:
        """Send one request, with the write key (`public`), the secret key, or none."""
        whole = {**self._key(key), **(headers or {})}
        if body is not None:
            content = msgspec.json.encode(body)

        async def ask() -> httpx.Response:
            """Send it straight into the application."""
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
                return await client.request(method, path, content=content, headers=whole)

        return asyncio.run(ask())

    def post(self, path: str, body: object, **more: Any) -> httpx.Response:
        """Post *body* as JSON."""
        return self.send("POST", path, body=body, **more)

    def grant(self, *purposes: str, **who: str) -> None:
        """Record that *who* says yes to *purposes*, in Germany."""
        said = {"statements": dict.fromkeys(purposes, "grant"), "notice": NOTICE, "region": "DE"}
        answer = self.post("/v1/consent", {**said, **who})
        assert answer.status_code == 200, answer.text

    def known_about(self, user_id: str) -> dict[str, Any]:
        """Return the export of *user_id*."""
        answer = self.send("GET", f"/v1/subjects/{user_id}", key="secret")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def kept(self) -> int:
        """Return how many events were kept so far."""
        return self.opened.shop.totals().get(("events", "kept"), 0)

    def _key(self, key: str | None) -> dict[str, str]:
        if key is None:
            return {}
        if key == "secret":
            return {"authorization": f"Bearer {self.keys.secret_key}"}
        return {"authorization": basic(self.keys.write_key)}


@contextmanager
def served(folder: Path, **webhooks: str) -> Iterator[World]:
    """Make a new shop in *folder*, with `[webhooks]` settings, and serve it."""
    keys = init_shop(folder)
    if webhooks:
        lines = "".join(f'{name} = "{value}"\n' for name, value in webhooks.items())
        with (folder / "tactful.toml").open("a", encoding="utf-8") as file:
            file.write(f"\n[webhooks]\n{lines}")
    opened = open_shop(folder)
    world = World(opened=opened, keys=keys)
    try:
        yield world
    finally:
        world.app.serving.close()
        opened.close()


def basic(user: str) -> str:
    """Return an `Authorization` header with *user* and no password."""
    return "Basic " + base64.b64encode(f"{user}:".encode()).decode()


def viewed(item: str = "mug", **more: object) -> dict[str, object]:
    """Return a track call of somebody in California who looked at *item*."""
    return {
        "type": "track",
        "event": "Product Viewed",
        "userId": "u-1",
        "context": CALIFORNIA,
        "properties": {"product_id": item},
        **more,
    }


def is_problem(answer: httpx.Response, status: int) -> bool:
    """Tell whether *answer* is a whole problem document with *status*, and shows no workings."""
    document = answer.json()
    return (
        answer.status_code == status
        and answer.headers["content-type"] == "application/problem+json"
        and set(document) == {"type", "title", "status", "detail"}
        and document["status"] == status
        and bool(document["detail"])
        and "\n" not in document["detail"]
        and "Traceback" not in answer.text
        and ".py" not in answer.text
    )

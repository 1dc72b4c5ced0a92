"""One journey on either store: a server on its file, and two servers that share a PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from server_worlds import Running, serving_of

from postgres_worlds import Server
from tactful.assembly import NewKeys, init_shop, open_shop
from tactful.terms import Item

PURPOSE = "individual_personalization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopfront:
    """The servers of one shop: the `first`, and the `other`, which may be the same."""

    first: Running
    other: Running

    def post(self, server: Running, path: str, body: dict[str, Any]) -> httpx.Response:
        """Post *body* as a page does."""
        whole = {"writeKey": server.keys.write_key, **body}
        return httpx.post(f"{server.address}{path}", json=whole)

    def say(self, server: Running, answer: str) -> None:
        """Record what u-1 answers to recommendations."""
        said = {"userId": "u-1", "statements": {PURPOSE: answer}, "region": "DE"}
        answered = self.post(server, "/v1/consent", {**said, "notice": "privacy@1"})
        assert answered.is_success, answered.text

    def buy(self, server: Running, item: str) -> None:
        """Tell that u-1 bought *item*."""
        bought = {
            "userId": "u-1",
            "event": "Order Completed",
            "messageId": f"order of {item}",
            "properties": {"products": [{"product_id": item}]},
            "context": {"region": "DE"},
        }
        assert self.post(server, "/v1/track", bought).is_success

    def level(self, server: Running) -> str:
        """Return at what level u-1 is answered."""
        ask = {"slot": "buy-again", "userId": "u-1", "context": {"region": "DE"}}
        return str(self.post(server, "/v1/decide", ask).json()["level"])

    def rights(self, server: Running, method: str) -> httpx.Response:
        """Show (GET) or erase (DELETE) u-1."""
        headers = {"authorization": f"Bearer {server.keys.secret_key}"}
        return httpx.request(method, f"{server.address}/v1/subjects/u-1", headers=headers)


@pytest.fixture(params=["sqlite", "postgres"])
def environment(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Yield what names the store: nothing, or a database."""
    if request.param == "sqlite":
        yield {}
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.new_database()
    yield {"TACTFUL_STORE_URL": url}
    server.drop(url)


@pytest.fixture
def shopfront(
    tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shopfront]:
    """Yield the servers of a shop with two goods."""
    folder = tmp_path / "shop"
    keys = init_shop(folder)
    _stock(folder, environment, monkeypatch)
    with ExitStack() as stack:
        yield _served(stack, folder, keys, environment)


def _served(
    stack: ExitStack, folder: Path, keys: NewKeys, environment: dict[str, str]
) -> Shopfront:
    first = stack.enter_context(serving_of(folder, keys, environment))
    if not environment:
        return Shopfront(first=first, other=first)
    return Shopfront(first=first, other=stack.enter_context(serving_of(folder, keys, environment)))


def _stock(folder: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        opened = open_shop(folder)
        opened.shop.put_items([Item(id="mug", title="Mug"), Item(id="cup", title="Cup")])
        opened.close()


def soon(condition: Callable[[], bool]) -> bool:
    """Wait up to ten seconds for *condition*; a second is what is promised."""
    last = time.monotonic() + 10
    while not condition() and time.monotonic() < last:
        time.sleep(0.05)
    return condition()


def test_a_journey(shopfront: Shopfront) -> None:
    """Collect, consent, decide, withdraw, export, erase: whichever server is asked."""
    first, other = shopfront.first, shopfront.other
    shopfront.buy(first, "cup")
    assert shopfront.level(other) == "none"

    shopfront.say(first, "grant")
    assert soon(lambda: shopfront.level(other) == "individual")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda server: shopfront.buy(server, "mug"), (first, other) * 2))
    for server in (first, other):
        assert soon(lambda: shopfront.level(first) == shopfront.level(other) == "individual")
        assert server.events_of("u-1") == ["Order Completed"]

    shopfront.say(other, "withdraw")
    assert soon(lambda: shopfront.level(first) == "none")
    export = shopfront.rights(first, "GET").json()
    assert [said["statement"] for said in export["statements"]] == ["grant", "withdraw"]

    assert shopfront.rights(other, "DELETE").json()["erased"]
    assert soon(lambda: shopfront.rights(first, "GET").status_code == 404)
    assert soon(lambda: shopfront.rights(other, "GET").status_code == 404)


def test_the_database_goes_and_comes_back(
    postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Meanwhile clients are told to come again; what was acknowledged is there afterwards."""
    url = postgres.new_database()
    environment = {"TACTFUL_STORE_URL": url}
    keys = init_shop(tmp_path / "shop")
    _stock(tmp_path / "shop", environment, monkeypatch)
    with serving_of(tmp_path / "shop", keys, environment) as server:
        shop = Shopfront(first=server, other=server)
        shop.say(server, "grant")
        shop.buy(server, "mug")
        postgres.stop()
        try:
            for path in ("/v1/track", "/v1/consent"):
                body = {"event": "Product Viewed", "userId": "new", "statements": {PURPOSE: "deny"}}
                answer = shop.post(server, path, body)
                assert (answer.status_code, answer.headers["retry-after"]) == (503, "1"), path
                assert answer.json()["detail"].startswith("the database cannot be reached")
            assert httpx.get(f"{server.address}/readyz").status_code == 503
            assert httpx.get(f"{server.address}/healthz").is_success
        finally:
            postgres.start()
        assert httpx.get(f"{server.address}/readyz").is_success
        shop.buy(server, "mug")
        assert server.events_of("u-1") == ["Order Completed"]
        assert "Traceback" not in server.stop()
    postgres.drop(url)

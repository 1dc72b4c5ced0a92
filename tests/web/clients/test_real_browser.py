"""Segment's client for browsers, as its makers ship it, in a page of another origin."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from client_worlds import Person, events, grant, known, pointed_at, snippets
from npm_worlds import node_modules
from server_worlds import Running

CHROMIUM = Path("/usr/bin/chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]

LOADED = """([cdnURL, writeKey, sender]) => {
  const settings = sender ? {integrations: {"Segment.io": sender}} : {};
  window.analytics = AnalyticsNext.AnalyticsBrowser.load({writeKey, cdnURL}, settings);
  return window.analytics.ready();
}"""
TOLD = """async (calls) => {
  for (const [kind, ...told] of calls) await window.analytics[kind](...told);
}"""
BATCHING = {"deliveryStrategy": {"strategy": "batching", "config": {"size": 3, "timeout": 200}}}


class _Quiet(SimpleHTTPRequestHandler):
    """Serves a folder and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def page_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a page, and Segment's script beside it."""
    folder = tmp_path_factory.mktemp("page")
    scripts = node_modules() / "node_modules" / "@segment" / "analytics-next" / "dist" / "umd"
    (folder / "scripts").symlink_to(scripts)
    (folder / "favicon.ico").write_bytes(b"")
    script = '<script src="/scripts/index.js"></script>'
    (folder / "index.html").write_text(f"<!doctype html><title>Shop</title>{script}")
    return folder


@pytest.fixture(scope="module")
def shop_page(page_folder: Path) -> Iterator[str]:
    """Serve the page from a port of its own."""
    handler = partial(_Quiet, directory=str(page_folder))
    listening = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_address[1]}"
    listening.shutdown()
    listening.server_close()
    thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Start one browser for all tests of this module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, shop_page: str) -> Iterator[Any]:
    """Open the page, and hold at the end that the browser had nothing to complain about."""
    context = chromium.new_context()
    found = context.new_page()
    complaints: list[str] = []
    found.on("console", lambda message: complaints.append(message.text))
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.on(
        "response", lambda r: complaints.append(f"{r.status} {r.url}") if r.status >= 400 else None
    )
    found.goto(f"{shop_page}/index.html")
    yield found
    context.close()
    assert complaints == []


@pytest.mark.parametrize("sender", [None, BATCHING], ids=["one by one", "in batches"])
def test_the_browsers_client_is_heard_once_there_is_a_yes(
    server: Running, page: Any, sender: dict[str, Any] | None
) -> None:
    """It asks for its settings and sends to where they say; kept is what may be, once."""
    name = f"ada-{uuid.uuid4().hex}"
    calls = [
        ["identify", name, {"language": "fr", "shoe": 43}],
        ["track", "Product Viewed", {"product_id": "teapot"}, {"messageId": f"m-{name}"}],
        ["page", "Shop", {}],
    ]
    page.evaluate(LOADED, [server.address, server.keys.write_key, sender])
    tell(page, calls, sender)
    assert known(server, name) == {}

    grant(server, Person(user_id=name))
    tell(page, calls, sender)
    tell(page, calls[1:2] * 3, sender)

    found = known(server, name)
    assert found["traits"]["language"]["value"] == "fr"
    kept = sorted((event["event"], tuple(event["items"])) for event in found["events"])
    assert kept == [("Product Viewed", ("teapot",)), ("page", ())]


def test_a_browser_without_a_name_is_heard(server: Running, page: Any) -> None:
    """The client's own `anonymousId` is enough; and a no in its call is heard at once."""
    page.evaluate(LOADED, [server.address, server.keys.write_key, None])
    anonymous = page.evaluate("() => window.analytics.instance.user().anonymousId()")
    eve = Person(anonymous_id=anonymous)
    grant(server, eve)

    tell(page, [["track", "Product Viewed", {"product_id": "kettle"}]], None)
    no = {"context": {"consent": {"categoryPreferences": {"Personalization": False}}}}
    assert [event["items"] for event in events(server, eve)] == [["kettle"]]
    tell(page, [["track", "Product Viewed", {"product_id": "mug"}, no]], None)

    assert events(server, eve) == []


def test_the_page_of_the_documentation_sends_what_it_says(
    server: Running, page: Any, shop_page: str, page_folder: Path
) -> None:
    """Copied, with address and key changed, it is heard."""
    (snippet,) = snippets("html").values()
    name = f"u-{uuid.uuid4().hex}"
    grant(server, Person(user_id=name))
    heard: list[str] = []
    page.on("response", lambda r: heard.append(r.url) if r.request.method == "POST" else None)
    whole = pointed_at(server, snippet).replace('"u-1"', f'"{name}"')

    (page_folder / "snippet.html").write_text(f"<!doctype html><title>Shop</title>{whole}")
    page.goto(f"{shop_page}/snippet.html")
    await_answers(page, heard, 2)

    assert [event["items"] for event in known(server, name)["events"]] == [["mug-blue"]]


def tell(page: Any, calls: list[list[Any]], sender: object) -> None:
    """Let the client make *calls*, and wait until the server has answered."""
    answered = len(calls) if sender is None else 1
    heard: list[int] = []
    page.on("response", lambda r: heard.append(r.status) if r.request.method == "POST" else None)
    page.evaluate(TOLD, calls)
    await_answers(page, heard, answered)


def await_answers(page: Any, heard: list[Any], number: int) -> None:
    """Wait until *heard* holds *number* answers."""
    for _ in range(200):
        if len(heard) >= number:
            return
        page.wait_for_timeout(25)
    pytest.fail("the client did not send")

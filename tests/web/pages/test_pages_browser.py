"""The shop in a real browser: what it asks, stores and shows, and what only a browser can see."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import httpx
import pytest
from itsdangerous import TimestampSigner
from page_worlds import ADA, NOTICE, SHAPING
from window_worlds import FOCUSED, barriers, filled, level, open_bar, press, sent, turn, window

from tactful.assembly import open_shop

CHROMIUM = Path("/usr/bin/chromium")
STARTING_SECONDS = 60

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]

OWN_FILES = ("/shop", "/static/", "/sdk/", "/v1/notices/current")
STORED = """() => ({lasting: {...localStorage}, visit: {...sessionStorage},
  cookies: document.cookie})"""
PAGES = (
    "/shop",
    "/shop/goods",
    "/shop/items/kettle",
    "/shop/cart",
    "/shop/checkout",
    "/shop/privacy",
)
OTHER_PAGES = ("/console", "/console/requests", "/me/sign-in", "/outbox")
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, select, summary, input')]
  .filter(e => e.type !== 'hidden' && e.offsetParent !== null && !e.matches('.skip, p a, li > a'))
  .map(e => [e.tagName, e.textContent, e.getBoundingClientRect()])
  .filter(([, , box]) => box.width > 0 && (box.width < 24 || box.height < 24))
  .map(([tag, text, box]) => `${tag} ${text} ${box.width}x${box.height}`)"""


@pytest.fixture(scope="module")
def address(made_shops: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a copy of the demonstration in a process of its own."""
    import shutil

    folder = tmp_path_factory.mktemp("served") / "shop"
    shutil.copytree(made_shops[True].folder, folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("tactful")), "serve", "--shop", str(folder)]
    server = subprocess.Popen(
        [*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield _when_ready(f"http://127.0.0.1:{port}", server)
    finally:
        server.terminate()
        server.wait(timeout=STARTING_SECONDS)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Start one browser for all tests of this module."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


def test_a_first_visit_asks_nothing_and_stores_nothing(chromium: Any, address: str) -> None:
    """Before a choice: the page's own files and the notice; no cookie, no storage, on any page."""
    with window(chromium) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
        for path in ("/shop", "/shop/items/kettle"):
            page.goto(address + path)
            page.locator("tactful-consent section").wait_for()
        page.locator("a.tile-link").first.click()
        page.locator("tactful-consent section").wait_for()

        assert [path for path in asked if not path.startswith(OWN_FILES)] == []
        assert page.evaluate(STORED) == {"lasting": {}, "visit": {}, "cookies": ""}
        assert page.context.cookies() == []


def test_a_yes_shapes_the_shop_and_a_no_ends_it(chromium: Any, address: str) -> None:
    """The banner's yes brings a slot of one's own, with reasons; its no takes it away again."""
    with window(chromium) as page:
        page.goto(f"{address}/shop")
        page.locator("tactful-consent .yes").click()
        sent(page)
        page.goto(f"{address}/shop/items/kettle")
        sent(page)

        filled(page, f"{address}/shop", "individual")
        why = page.locator("[data-slot=for-you] .why").first
        assert not why.locator("p").is_visible()
        why.locator("summary").click()
        assert "because you looked at kettle" in why.text_content().lower()
        assert "/shop/pictures/" in page.locator("[data-slot=for-you] img").first.get_attribute(
            "src"
        )
        page.locator(".demo > details > summary").click()
        assert "on the ground of consent" in page.inner_text("[data-report-of=for-you]")
        page.locator(".demo > details > summary").click()

        page.locator("tactful-consent-link").first.click()
        page.locator("tactful-consent .no").click()
        sent(page)
        filled(page, f"{address}/shop", "none")
        assert "because you looked" not in page.locator("main").inner_text()
        assert "id" not in page.evaluate("JSON.parse(localStorage.tactful)")


def test_the_dial_speaks_for_the_module(chromium: Any, address: str) -> None:
    """Turned in the bar, it says to the module what the banner would have asked, once."""
    with window(chromium) as page:
        page.goto(f"{address}/shop")
        page.locator("tactful-consent section").wait_for()
        open_bar(page)
        page.wait_for_function(
            "() => !document.querySelector('tactful-consent').shadowRoot.children.length"
        )
        turn(page, "This visit")
        page.wait_for_function("() => tactful.consent.now().asked")
        assert page.locator("tactful-consent section").count() == 0
        assert page.inner_text("[data-demo-level]") == "This visit"
        sent(page)
        page.goto(f"{address}/shop/items/kettle")

        filled(page, f"{address}/shop", "session")
        assert page.locator(".stop input:checked").get_attribute("value") == "session"


def test_a_slow_answer_changes_nothing(chromium: Any, address: str) -> None:
    """Where the answer takes too long the page's own goods stay, and nothing moves."""
    with window(chromium) as page:
        page.goto(f"{address}/shop")
        page.locator("tactful-consent .yes").click()
        sent(page)
        held: list[Any] = []
        page.route("**/v1/decide", lambda route, _: held.append(route))
        page.goto(f"{address}/shop")
        slot = page.locator("[data-slot=for-you]")
        own = slot.locator("a.tile-link").first.get_attribute("href")
        height = slot.bounding_box()["height"]
        page.wait_for_function(
            "() => !document.querySelector('[data-slot=for-you]').style.visibility"
        )

        assert slot.locator("a.tile-link").first.get_attribute("href") == own
        assert slot.bounding_box()["height"] == height
        assert slot.get_attribute("data-level") == "none"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_front_to_an_order(chromium: Any, address: str, *, scripts: bool) -> None:
    """Search, look, put in the cart, order: as nobody, having refused everything or not asked."""
    with window(chromium, scripts=scripts, width=390) as page:
        page.goto(f"{address}/shop")
        if scripts:
            page.locator("tactful-consent .no").click()
        page.get_by_label("Search the shop").fill("kettle")
        page.get_by_role("button", name="Search").click()
        page.locator("main a.tile-link", has_text="Kettle").click()
        page.get_by_role("button", name="Add to cart").click()
        page.get_by_role("link", name="To the cart").click()
        assert page.inner_text(".cart-count") == "1"
        page.get_by_role("link", name="To the checkout").click()
        page.get_by_role("button", name="Order").click()

        assert "Nothing was charged" in page.inner_text("main")
        assert "told to nobody" in page.inner_text("main")
        assert page.context.cookies() == []


def test_the_keyboard_is_enough(chromium: Any, address: str) -> None:
    """From the first visit to the order with no hand on a mouse, the banner answered on the way."""
    with window(chromium) as page:
        page.goto(f"{address}/shop")
        page.locator("tactful-consent section").wait_for()
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUSED) == "To the content"
        press(page, "Reject all", backwards=True)
        page.wait_for_function("() => tactful.consent.now().asked")
        page.goto(f"{address}/shop/goods")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        press(page, "Kettle", leads=True)
        press(page, "Add to cart", leads=True)
        press(page, "To the cart", leads=True)
        press(page, "To the checkout", leads=True)
        press(page, "Order, nothing is charged", leads=True)

        assert "Thank you" in page.inner_text("h1")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_presenter_is_somebody(chromium: Any, address: str, *, scripts: bool) -> None:
    """As a known shopper: the dial up, a look, a purchase, "buy again", and all of it back."""
    with window(chromium, scripts=scripts) as page:
        page.goto(f"{address}/shop")
        open_bar(page)
        page.select_option("#as", ADA)
        page.get_by_role("button", name="Be them").click()
        assert level(page) == "none"

        open_bar(page)
        turn(page, "My own history")
        page.locator("main a.tile-link", has_text="Kettle").first.click()
        page.get_by_role("button", name="Add to cart").click()
        page.goto(f"{address}/shop/checkout")
        page.get_by_role("button", name="Order").click()
        assert "kept for: Suggestions from your own history" in page.inner_text("main")
        page.get_by_role("link", name="Back to the shop").click()

        assert level(page) == "individual"
        assert "Kettle" in page.inner_text("[data-slot=buy-again]")
        open_bar(page)
        turn(page, "Nothing about me")
        assert level(page) == "none"
        assert page.locator("[data-slot=buy-again]").count() == 0


def test_from_a_stranger_to_a_stranger(chromium: Any, address: str) -> None:
    """A first visit, a yes, an order, an account, everything seen and erased; then asked anew."""
    with window(chromium) as page:
        page.goto(f"{address}/shop")
        page.locator("tactful-consent .yes").click()
        sent(page)
        page.goto(f"{address}/shop/items/lamp")
        page.get_by_role("button", name="Add to cart").click()
        page.goto(f"{address}/shop/checkout")
        page.get_by_role("button", name="Order").click()
        assert "was kept for" in page.inner_text("main")

        page.get_by_role("link", name="My data").first.click()
        page.get_by_role("button", name="Open an account").click()
        assert "Lamp" in page.locator("main").text_content()
        page.get_by_role("link", name="Erase my data").click()
        page.get_by_role("button", name="Yes, erase everything").click()
        assert "gone" in page.inner_text("h1")

        page.goto(f"{address}/shop")
        assert level(page) == "none"
        page.goto(f"{address}/shop/privacy")
        page.get_by_role("button", name="Sign out").click()
        page.locator("tactful-consent section").wait_for()
        assert page.evaluate(STORED) == {"lasting": {}, "visit": {}, "cookies": ""}
        assert page.context.cookies() == []


def test_a_shopper_signs_in_by_a_letter(chromium: Any, address: str, made_shops: Any) -> None:
    """A letter lets in, with a cookie that no script can read, and signing out ends it."""
    _know(address, made_shops[True].secret_key, "bea")
    with window(chromium) as page:
        page.goto(f"{address}/me")
        page.get_by_label("Your e-mail address").fill("bea@example.org")
        page.get_by_role("button", name="Send me a link").click()
        assert "a letter is on its way" in page.inner_text("[role=status]")
        assert page.context.cookies() == []
        _letter(page, address).get_by_role("link").first.click()
        page.get_by_role("button", name="Sign in").click()

        assert page.url == f"{address}/me"
        assert "bea@example.org" in page.content()
        [cookie] = page.context.cookies()
        said = {name: cookie[name] for name in ("name", "httpOnly", "secure", "sameSite", "path")}
        assert said == {
            "name": "tactful",
            "httpOnly": True,
            "secure": False,
            "sameSite": "Lax",
            "path": "/",
        }
        assert page.evaluate("document.cookie") == ""
        page.get_by_role("button", name="Sign out").click()
        assert page.context.cookies() == []
        page.goto(f"{address}/me")
        assert page.url == f"{address}/me/sign-in"


def test_a_shopper_proves_who_they_are(
    chromium: Any, address: str, made_shops: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old link lets in, but erasing needs a code; a form without its token erases nothing."""
    _know(address, made_shops[True].secret_key, "cleo")
    opened = open_shop(made_shops[True].folder)
    an_hour_ago = int(time.time()) - 3600
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: an_hour_ago)
    token = opened.links.sign("cleo")
    opened.close()
    with window(chromium) as page:
        page.goto(f"{address}/me?token={token}")
        assert page.url == f"{address}/me"
        page.goto(f"{address}/me/erasure")
        page.get_by_role("button", name="Send a code to c…@example.org").click()
        aside = page.context.new_page()
        code = re.findall(r"\b\d{6}\b", _letter(aside, address).inner_text())[0]
        page.get_by_label("The code from the letter").fill(code)
        page.get_by_role("button", name="Go on").click()
        assert "Erase everything about you?" in page.inner_text("h1")

        cookies = page.context.cookies()
    context = chromium.new_context()  # what is refused is complained about in the console
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"{address}/me/erasure")
    page.evaluate("document.querySelectorAll('[name=csrf]').forEach(one => one.remove())")
    page.get_by_role("button", name="Yes, erase everything").click()
    assert "Nothing was changed" in page.inner_text("main")
    page.goto(f"{address}/me")
    assert "cleo@example.org" in page.content()
    context.close()


def _know(address: str, secret_key: str, user: str) -> None:
    """Let the shop's server tell of *user*, who allows everything, and of their address."""
    said = {"statements": dict.fromkeys(SHAPING, "grant"), "notice": NOTICE, "region": "DE"}
    calls = {
        "consent": {"userId": user, **said},
        "identify": {"userId": user, "traits": {"email": f"{user}@example.org"}},
    }
    for path, body in calls.items():
        answer = httpx.post(
            f"{address}/v1/{path}", json=body, headers={"authorization": f"Bearer {secret_key}"}
        )
        assert answer.is_success, answer.text


def _letter(page: Any, address: str) -> Any:
    """Return the newest letter in the outbox."""
    page.goto(f"{address}/outbox")
    page.wait_for_selector("article")
    return page.locator("article").first


@pytest.mark.parametrize("width", [320, 640])
def test_pages_fit_and_can_be_hit(chromium: Any, address: str, width: int) -> None:
    """At 320 pixels, and at 200 % of 1280, nothing scrolls sideways and every target can be hit."""
    with window(chromium, width=width) as page:
        page.goto(f"{address}/shop/items/kettle")
        page.locator("tactful-consent .no").click()
        page.get_by_role("button", name="Add to cart").click()
        for path in (*PAGES, *OTHER_PAGES):
            page.goto(address + path)
            open_bar(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.evaluate(SMALL_TARGETS) == [], path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barriers(chromium: Any, address: str, axe: str, scheme: str) -> None:
    """No barrier is found on any page of the shop, in light or dark, its bar open."""
    with window(chromium, color_scheme=scheme, bypass_csp=True, width=390) as page:
        page.goto(f"{address}/shop/items/kettle")
        page.locator("tactful-consent .yes").click()
        sent(page)
        page.get_by_role("button", name="Add to cart").click()
        for path in PAGES:
            page.goto(address + path)
            assert barriers(page, axe) == [], path
            open_bar(page)
            assert barriers(page, axe) == [], path
        page.goto(f"{address}/shop/checkout")
        page.get_by_role("button", name="Order").click()
        assert barriers(page, axe) == []


def _when_ready(address: str, server: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"{address}/healthz", timeout=5):  # noqa: S310 - loopback
                return address
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"the server did not start (exit {server.poll()})")

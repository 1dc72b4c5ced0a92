"""A whole journey in a real browser, with and without scripts, and what only a browser can see."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import httpx
import pytest
from itsdangerous import TimestampSigner
from page_worlds import ADA, NOTICE, SHAPING

from tactful.assembly import open_shop

CHROMIUM = Path("/usr/bin/chromium")
STARTING_SECONDS = 60

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no Chromium at {CHROMIUM}"),
]

PATHS = (
    "/shop?as=ada",
    "/shop/items/kettle?as=ada",
    "me",
    "/console",
    "/console/requests",
    "/me/sign-in",
    "/outbox",
)
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


@contextmanager
def window(chromium: Any, *, scripts: bool = True, width: int = 1280) -> Iterator[Any]:
    """Open a page, and hold at the end that the browser had nothing to complain about."""
    context = chromium.new_context(
        java_script_enabled=scripts, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.extend(_failure(request)))
    yield page
    heard = list(complaints)  # closing cuts off what is still loading: that is no complaint
    context.close()
    assert heard == []


def _failure(request: Any) -> list[str]:
    """Say which request failed and why; one that leaving the page cut off did not fail."""
    cut_off = request.failure == "net::ERR_ABORTED"
    return [] if cut_off else [f"failed: {request.url}: {request.failure}"]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_shopper_says_yes_and_takes_it_back(
    chromium: Any, address: str, *, scripts: bool
) -> None:
    """Choosing a persona and a level brings reasons; withdrawing takes them away again."""
    with window(chromium, scripts=scripts) as page:
        page.goto(address)
        page.select_option("#as", ADA)
        page.get_by_role("button", name="Look").click()
        assert _level(page) == "none"

        _turn(page, "My own history")
        page.locator("a.tile-link", has_text="Kettle").first.click()
        assert "is kept for: Suggestions from your own history" in page.inner_text("main")
        page.get_by_role("button", name="Buy").click()
        assert "on its way" in page.inner_text("[role=status]")
        page.get_by_role("link", name="Shop", exact=True).click()

        assert _level(page) == "individual"
        page.locator("[data-slot=for-you] .why summary").first.click()
        assert "because you bought" in page.inner_text("[data-slot=for-you] .why")

        _turn(page, "Nothing about me")
        assert _level(page) == "none"
        assert "because you bought" not in page.locator("[data-slot=for-you]").inner_text()


def test_a_shopper_finds_out_and_is_forgotten(chromium: Any, address: str) -> None:
    """From the shop to one's data, to erasing it, in two clicks and one more to be sure."""
    with window(chromium) as page:
        page.goto(f"{address}/shop?as=new")
        _turn(page, "My own history")
        page.locator("a.tile-link", has_text="Lamp").first.click()
        page.get_by_role("link", name="My data").click()
        page.locator("summary", has_text="What you did").click()
        assert "Lamp" in page.inner_text("main")

        page.get_by_role("link", name="Erase my data").click()
        page.get_by_role("button", name="Yes, erase everything").click()

        assert "It is gone" in page.inner_text("h1")


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


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("path", PATHS)
def test_pages_fit_and_can_be_hit(chromium: Any, address: str, path: str, width: int) -> None:
    """No page scrolls sideways (WCAG 1.4.10), and no target is under 24 pixels (WCAG 2.5.8)."""
    with window(chromium, width=width) as page:
        page.goto(address + (path if path.startswith("/") else "/shop?as=ada"))
        if path == "me":
            page.get_by_role("link", name="My data").click()

        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(SMALL_TARGETS) == []


def test_the_keyboard_is_enough(chromium: Any, address: str) -> None:
    """The first stop leads past the header; the dial is turned with arrows and sent with Enter."""
    with window(chromium) as page:
        page.goto(f"{address}/shop?as=new")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "To the content"

        page.locator("input[value=none]").focus()
        page.keyboard.press("ArrowRight")
        with page.expect_navigation():
            page.keyboard.press("Enter")

        assert _level(page) == "session"


def _when_ready(address: str, server: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"{address}/healthz", timeout=5):  # noqa: S310 - loopback
                return address
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"the server did not start (exit {server.poll()})")


def _level(page: Any) -> str:
    return str(page.get_attribute("[data-slot=for-you]", "data-level"))


def _turn(page: Any, level: str) -> None:
    page.get_by_text(level, exact=True).first.click()
    page.get_by_role("button", name="Keep this choice").click()

"""Browser windows on the demonstration's shop, and what is done in them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

LATEST_SECONDS = 60
FOCUSED = """() => { let at = document.activeElement;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at.textContent.trim() || at.name || ""; }"""
MOST_STEPS = 60


@contextmanager
def window(chromium: Any, *, scripts: bool = True, width: int = 1280, **more: Any) -> Iterator[Any]:
    """Open a page, and hold at the end that the browser had nothing to complain about."""
    context = chromium.new_context(
        java_script_enabled=scripts, viewport={"width": width, "height": 900}, **more
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


def barriers(page: Any, axe: str) -> list[Any]:
    """Return what axe finds wrong with the page, by the rules of WCAG 2.2, A and AA."""
    page.evaluate(axe)
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("(tags) => axe.run({runOnly: {type: 'tag', values: tags}})", rules)
    return [(v["id"], [node["html"] for node in v["nodes"]]) for v in found["violations"]]


def level(page: Any) -> str:
    """Return the level at which the slot "for you" was filled."""
    return str(page.get_attribute("[data-slot=for-you]", "data-level"))


def open_bar(page: Any) -> None:
    """Open the demonstration's bar, where the page has one."""
    bar = page.locator(".demo > details > summary")
    if bar.count():
        bar.click(position={"x": 30, "y": 20})


def turn(page: Any, wanted: str) -> None:
    """Turn the dial to what is called *wanted*, and keep it so."""
    page.locator(".stop-name", has_text=wanted).click()
    page.get_by_role("button", name="Keep this choice").click()


def sent(page: Any) -> None:
    """Wait until the module has nothing to send."""
    page.wait_for_function(
        """() => { const kept = JSON.parse(localStorage.tactful || "{}");
        return kept.choice && !kept.unsent?.length && !kept.owed?.length; }"""
    )


def filled(page: Any, address: str, wanted: str) -> None:
    """Look at *address* until its slot was filled at *level*: a busy machine may answer late."""
    until = time.monotonic() + LATEST_SECONDS
    while time.monotonic() < until:
        page.goto(address)
        slot = f"[data-slot=for-you][data-tactful-level={wanted}]"
        page.wait_for_function(
            "() => !document.querySelector('[data-slot=for-you]').style.visibility"
        )
        if page.locator(slot).count():
            return
    raise AssertionError(f"no slot was filled at {wanted}")


def press(page: Any, name: str, *, backwards: bool = False, leads: bool = False) -> None:
    """Step to what is called *name* with the keyboard alone, and press Enter."""
    for _ in range(MOST_STEPS):
        if page.evaluate(FOCUSED).startswith(name):
            break
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    else:
        raise AssertionError(f"{name} is not reached")
    if not leads:
        page.keyboard.press("Enter")
        return
    with page.expect_navigation():
        page.keyboard.press("Enter")

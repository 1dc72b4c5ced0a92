# ruff: noqa: INP001 - a script, not a package
"""
Photograph the pages of a demonstration that is being served, for the README and the docs.

    tactful demo --port 8787 &
    python docs/pictures/make_screenshots.py --url http://127.0.0.1:8787

The docs show the pages wide and in light; `--everything` takes each page whole, also narrow and in
the dark, to be looked at after a change.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
SHOWN = {"shop", "shop-new", "item", "me", "console"}
WIDE, NARROW = (1280, 1100), (400, 860)


def main() -> None:
    """Take the pictures."""
    args = _arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(args.chromium), args=["--no-sandbox"]
        )
        for name, path in _views(browser, args.url):
            if name not in SHOWN and not args.everything:
                continue
            for picture, size, scheme in _kinds(name, everything=args.everything):
                _photograph(
                    browser,
                    url=urljoin(args.url, path),
                    to=args.out / f"{picture}.png",
                    size=size,
                    scheme=scheme,
                    whole=args.everything,
                )
        browser.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8787", help="where the demo is served")
    parser.add_argument("--out", type=Path, default=HERE, help="where the pictures go")
    parser.add_argument("--chromium", type=Path, default=Path("/usr/bin/chromium"))
    parser.add_argument("--everything", action="store_true", help="also narrow, and in the dark")
    return parser.parse_args()


def _views(browser: Browser, url: str) -> Iterator[tuple[str, str]]:
    """Yield name and address of everything worth a look."""
    yield "shop-new", "/shop"
    page = browser.new_page()
    page.goto(urljoin(url, "/shop/goods"))
    item = page.locator("main .tile-link").first.get_attribute("href") or ""
    _look_as_somebody_who_agrees(page, url)
    page.goto(urljoin(url, "/shop/privacy"))
    page.get_by_role("link", name="See my data").click()
    mine = _path(page)
    page.close()
    for name in ("shop", "goods", "cart", "checkout", "privacy"):
        yield name, "/shop" if name == "shop" else f"/shop/{name}"
    yield "item", item
    yield "me", mine
    yield "console", "/console"
    yield "lost", "/me?token=old"


def _look_as_somebody_who_agrees(page: Page, url: str) -> None:
    """Be the first known person, who said yes to everything, with something in the cart."""
    page.goto(urljoin(url, "/shop/goods"))
    page.get_by_role("heading", level=1).wait_for()
    page.locator(".demo > details > summary").click(position={"x": 30, "y": 20})
    known = [o for o in page.locator("#as option").all() if o.get_attribute("value")[:3] != "new"]
    page.select_option("#as", value=known[0].get_attribute("value"))
    page.get_by_role("button", name="Be them").click()
    page.locator("main .tile-link").first.click()
    page.get_by_role("button", name="Add to cart").click()


def _path(page: Page) -> str:
    return "/" + str(page.url).split("/", 3)[3]


def _kinds(name: str, *, everything: bool) -> Iterator[tuple[str, tuple[int, int], str]]:
    yield name, WIDE, "light"
    if everything:
        yield f"{name}-dark", WIDE, "dark"
        yield f"{name}-narrow", NARROW, "light"


def _photograph(
    browser: Browser, *, url: str, to: Path, size: tuple[int, int], scheme: str, whole: bool
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    page = context.new_page()
    if "/shop" in url and not to.stem.startswith("shop-new"):
        _look_as_somebody_who_agrees(page, url)
    page.goto(url, wait_until="networkidle")
    for why in page.locator(".why").all()[:1]:
        why.locator("summary").click()
    for picture in page.locator("main img").all() if whole else ():
        picture.scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, 0)")
    page.screenshot(path=to, full_page=whole)
    context.close()


if __name__ == "__main__":
    main()

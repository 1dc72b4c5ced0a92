"""The consent banner asks honestly, in a browser: no is as easy as yes, and silence is no yes."""

from __future__ import annotations

from typing import Any

import pytest
from sdk_worlds import EVERYTHING, Visit, visit
from server_worlds import Running

pytestmark = pytest.mark.browser

BOX = """(button) => { const { width, height } = button.getBoundingClientRect();
  const { color, backgroundColor, borderColor, fontSize, fontWeight } = getComputedStyle(button);
  return { width: Math.round(width), height: Math.round(height),
    color, backgroundColor, borderColor, fontSize, fontWeight }; }"""
TOO_SMALL = """() => [...document.querySelector("tactful-consent").shadowRoot
  .querySelectorAll("button, input, summary")]
  .map((e) => [e.textContent || e.name, (e.closest("label") || e).getBoundingClientRect()])
  .filter(([, box]) => box.height && (box.height < 24 || box.width < 24)).map(([name]) => name)"""
GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"


def asked(window: Visit, **more: Any) -> Any:
    """Open a page with the banner, and return what finds things in it."""
    window.open(banner=True, **more)
    banner = window.page.locator("tactful-consent section")
    banner.wait_for()
    return banner


def chosen(window: Visit) -> dict[str, bool]:
    """Return what was chosen, once the choice is made."""
    window.page.wait_for_function("() => tactful.consent.now().asked")
    window.wait_until_sent()
    return dict(window.page.evaluate("tactful.consent.now().purposes"))


def test_asked_before_anything(chromium: Any, server: Running) -> None:
    """On a first visit nothing is asked for but the notice, and nothing is stored."""
    with visit(chromium, server) as window:
        asked(window)
        assert {path.partition("?")[0] for path in window.seen.paths()} == {"/v1/notices/current"}
        assert window.stored() == {"lasting": {}, "visit": {}, "cookies": ""}


@pytest.mark.parametrize(("name", "yes"), [(".no", False), (".yes", True)])
def test_one_click(chromium: Any, server: Running, name: str, *, yes: bool) -> None:
    """One click says no to everything, one says yes; the next page asks no more."""
    with visit(chromium, server) as window:
        asked(window).locator(name).click()
        said = chosen(window)
        assert set(said) >= set(EVERYTHING)
        assert set(said.values()) == {yes}
        window.page.reload()
        window.page.wait_for_function("() => window.tactful")
        assert window.page.locator("tactful-consent section").count() == 0


def test_no_and_yes_weigh_the_same(chromium: Any, server: Running) -> None:
    """They stand beside one another, of one size, one colour and one type."""
    for width in (390, 1280):
        with visit(chromium, server, viewport={"width": width, "height": 844}) as window:
            banner = asked(window)
            no, yes = (banner.locator(name).evaluate(BOX) for name in (".no", ".yes"))
            assert no == yes
            top = [banner.locator(name).bounding_box()["y"] for name in (".no", ".yes")]
            assert top[0] == top[1]


def test_one_by_one(chromium: Any, server: Running) -> None:
    """One click deeper each purpose stands alone, unticked; only what is ticked is agreed to."""
    with visit(chromium, server) as window:
        banner = asked(window)
        banner.locator(".wide").click()
        boxes = banner.locator("input:not([disabled])")
        assert boxes.count() >= len(EVERYTHING)
        assert banner.locator("input:not([disabled]):checked").count() == 0
        banner.locator("input[name=measurement]").check()
        banner.locator(".save").click()
        assert {purpose for purpose, yes in chosen(window).items() if yes} == {"measurement"}
        assert window.page.evaluate("tactful.track('Product Viewed', {product_id: 'item-1'})")


@pytest.mark.parametrize("how", ["x", "Escape"])
def test_closing_says_nothing(chromium: Any, server: Running, how: str) -> None:
    """Who closes the banner has chosen nothing, and is asked again."""
    with visit(chromium, server) as window:
        banner = asked(window)
        if how == "x":
            banner.locator(".close").click()
        else:
            banner.locator(".no").focus()
            window.page.keyboard.press("Escape")
        assert banner.count() == 0
        assert window.stored()["lasting"] == {}
        assert window.page.evaluate("tactful.consent.now().asked") is False
        window.page.reload()
        banner.wait_for()


def test_a_change_of_mind(chromium: Any, server: Running) -> None:
    """The small link brings the banner back, as it was answered, and takes the visitor there."""
    with visit(chromium, server) as window:
        asked(window).locator(".yes").click()
        assert all(chosen(window).values())
        window.page.locator("tactful-consent-link button").click()
        banner = window.page.locator("tactful-consent section")
        banner.wait_for()
        assert banner.locator("input[name=measurement]").is_checked()
        banner.locator(".no").click()
        window.page.wait_for_function("() => !tactful.consent.now().purposes.measurement")
        window.wait_until_sent()
        assert set(window.kept()) <= {"choice", "owed", "items"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_link_is_of_the_page_s_colour(chromium: Any, server: Running, scheme: str) -> None:
    """On a page that knows no dark it stays readable for who prefers the dark."""
    colour = "(e) => getComputedStyle(e).color"
    with visit(chromium, server, color_scheme=scheme) as window:
        asked(window)
        link = window.page.locator("tactful-consent-link button")
        assert link.evaluate(colour) == window.page.locator("h1").evaluate(colour)


def test_the_browsers_signal_is_heard(chromium: Any, server: Running) -> None:
    """Where the browser asks not to be tracked the banner says so, and nothing is ticked."""
    with visit(chromium, server) as window:
        window.page.add_init_script(GPC)
        banner = asked(window)
        assert "asks not to be tracked" in banner.locator(".signal").text_content()
        banner.locator(".wide").click()
        assert banner.locator("input:not([disabled]):checked").count() == 0
    with visit(chromium, server) as window:
        assert asked(window).locator(".signal").count() == 0


def test_a_binding_signal_is_not_talked_out_of(chromium: Any, server: Running) -> None:
    """In California it outranks a grant of advertising: none is taken, and the banner says why."""
    with visit(chromium, server) as window:
        window.page.add_init_script(GPC)
        banner = asked(window, region="US-CA")
        banner.locator(".wide").click()
        box = banner.locator("input[name=advertising]")
        assert (box.is_disabled(), box.is_checked()) == (True, False)
        labels = banner.locator("label").all_text_contents()
        assert [text for text in labels if "browser's signal keeps this off" in text]
        assert [text for text in labels if "unless you tick it" in text]
        banner.locator("input[name=model_training]").check()
        banner.locator(".save").click()
        said = chosen(window)
        assert (said["advertising"], said["model_training"]) == (False, True)
    with visit(chromium, server) as window:
        window.page.add_init_script(GPC)
        asked(window, region="US-CA").locator(".yes").click()
        said = chosen(window)
        assert (said["advertising"], said["model_training"]) == (False, True)


def test_without_a_signal_nothing_is_marked(chromium: Any, server: Running) -> None:
    """The marks tell of this browser, not of the law alone."""
    with visit(chromium, server) as window:
        banner = asked(window, region="US-CA")
        banner.locator(".wide").click()
        assert banner.locator("input[name=advertising]").is_enabled()
        assert "browser" not in "".join(banner.locator("label").all_text_contents())


def test_by_keyboard(chromium: Any, server: Running) -> None:
    """Everything is reached and done by keys, and focus is never caught."""
    with visit(chromium, server) as window:
        asked(window)
        inside = "document.querySelector('tactful-consent').shadowRoot.activeElement?.className"
        reached = []
        for _ in range(8):
            window.page.keyboard.press("Tab")
            reached.append(window.page.evaluate(inside))
        assert list(dict.fromkeys(filter(None, reached))) == ["no", "yes", "wide", "close"]
        assert None in reached
        window.page.locator("tactful-consent .wide").focus()
        window.page.keyboard.press("Enter")
        window.page.locator("tactful-consent input[name=measurement]").focus()
        window.page.keyboard.press("Space")
        window.page.locator("tactful-consent .save").focus()
        window.page.keyboard.press("Enter")
        assert chosen(window)["measurement"] is True


@pytest.mark.parametrize(
    ("locale", "speaks"),
    [
        ("en", ("en", "Reject all")),
        ("de-AT", ("de", "Alles ablehnen")),
        ("fr", ("fr", "Tout refuser")),
        ("es-MX", ("es", "Rechazar todo")),
        ("nl", ("nl", "Alles weigeren")),
        ("xx", ("en", "Reject all")),
    ],
)
def test_languages(chromium: Any, server: Running, locale: str, speaks: tuple[str, str]) -> None:
    """It speaks the page's language, or else English, and says which it is."""
    with visit(chromium, server) as window:
        banner = asked(window, locale=locale)
        no = banner.locator(".no").text_content()
        assert (window.page.locator("tactful-consent").get_attribute("lang"), no) == speaks


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_for_everybody(chromium: Any, server: Running, axe: str, scheme: str) -> None:
    """No barrier is found in it, in light or dark, small or magnified; targets can be hit."""
    size = {"width": 195, "height": 422}  # a phone, magnified twice
    with visit(chromium, server, color_scheme=scheme, viewport=size, bypass_csp=True) as window:
        banner = asked(window)
        banner.locator(".wide").click()
        banner.locator("summary").first.click()
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not window.page.evaluate(wide)
        assert window.page.evaluate(TOO_SMALL) == []
        window.page.evaluate(axe)
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        found = window.page.evaluate(
            "(tags) => axe.run({runOnly: {type: 'tag', values: tags}})", rules
        )
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []


def test_nobody_can_be_asked(chromium: Any, server: Running) -> None:
    """Where the notice cannot be had nothing is shown and nothing agreed to; the page goes on."""
    with visit(chromium, server) as window:
        window.page.route("**/v1/notices/**", lambda route: route.abort())
        window.open("<p id=own>The page</p>", banner=True)
        window.page.locator("tactful-consent-link button", has_text="Privacy").wait_for()
        assert window.page.locator("tactful-consent section").count() == 0
        assert window.page.locator("#own").is_visible()
        window.forgive("Failed to load")

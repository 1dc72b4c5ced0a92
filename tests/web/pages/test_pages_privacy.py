"""The privacy officer's page: yes over time, gaps, evidence, reviews, and the register."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient
from page_worlds import ADA, Reader, browser

from tactful.assembly import Opened
from tactful.shop import Who
from tactful.web.pages.charts import HEIGHT, WIDTH, line
from tactful.web.pages.rates import WEEKS, answers_said, rates

TODAY = date(2026, 3, 1)


@pytest.fixture
def guarded(real: Opened) -> Iterator[TestClient[Any]]:
    """Return a browser on the machine of a shop that is no demonstration."""
    with browser(real) as client:
        yield client


def test_only_who_may_see_the_console_sees_it(guarded: TestClient[Any]) -> None:
    """Without the key the way leads to the sign-in, and shows nothing."""
    answer = guarded.get("/console/privacy", follow_redirects=False)

    assert (answer.status_code, answer.headers["location"]) == (303, "/console")


def test_yes_and_no_are_counted_by_purpose_law_and_notice(
    client: TestClient[Any], opened: Opened
) -> None:
    """Each answer stands where it belongs, and a filter narrows law and notice to one purpose."""
    shop, at = opened.shop, Who(user_id="zoe", region="IN")
    shop.consent(at, {"partner_matching": "grant"}, notice="privacy@1")
    shop.consent(Who(user_id="yan", region="IN"), {"partner_matching": "deny"})
    shop.consent(Who(user_id="yan", region="CN"), {"email_measurement": "deny"})

    page = Reader(client.get("/console/privacy?purpose=partner_matching")).text

    assert "Comparing notes with another brand 1 1 50%" in page
    assert "IN 1 1 50%" in page
    assert "privacy@1 1 0 100%" in page
    assert "CN 0 1" not in page


def test_an_answer_stands_in_the_week_in_which_it_was_given(opened: Opened) -> None:
    """Imported history counts where it belongs, not on the day of the import."""
    shop = opened.shop
    weeks_ago = shop.now() - timedelta(weeks=3)
    shop.consent(Who(user_id="old", region="CN"), {"email_measurement": "deny"}, at=weeks_ago)

    days = {
        day for (day, label) in shop.daily("said") if label.startswith("email_measurement|deny|CN")
    }

    assert days == {weeks_ago.date()}


def test_an_unknown_purpose_shows_all(client: TestClient[Any], opened: Opened) -> None:
    """What stands in the address is nobody's way to put words on the page."""
    opened.shop.consent(Who(user_id=ADA, region="CN"), {"advertising": "deny"})

    page = Reader(client.get("/console/privacy?purpose=<b>spoon"))

    assert "CN 0 1 0%" in page.text
    assert "spoon" not in page.text


def test_what_was_shown_is_counted(client: TestClient[Any], opened: Opened) -> None:
    """Notice, language, regime and interface of each showing for a choice."""
    for _ in range(2):
        opened.shop.show_notice(region="IN", locale="de", ui="banner 3")

    assert "privacy@1, de, IN, banner 3 2" in Reader(client.get("/console/privacy")).text


def test_the_register_is_the_running_configuration(client: TestClient[Any], opened: Opened) -> None:
    """Every activity stands there, each ground once with the regimes that share it."""
    page = Reader(client.get("/console/privacy"))

    for activity in opened.shop.policy.activities.values():
        assert activity.title in page.text
        assert activity.name in page.text
    for regime in opened.shop.policy.regimes:
        assert (regime.id in page.text) is not (regime.id == "strictest" or regime.country_alone)
    assert "legitimate interest, opt out" in page.text


def test_a_coming_change_of_the_law_is_announced(client: TestClient[Any], opened: Opened) -> None:
    """Rules are read at opening: whoever runs the shop must know when to open it again."""
    assert opened.shop.policy.changes_on is not None
    assert "other rules of a regime come into force" in Reader(client.get("/console/privacy")).text


def test_a_line_breaks_where_nobody_answered() -> None:
    """Nothing is drawn between what is not known."""
    drawn = line([0.0, 1.0, None, 0.5, None, 0.25, 0.75])

    assert drawn.paths == (f"0.0,{HEIGHT} {WIDTH / 6:.2f},0.0", "83.33,30.0 100.0,10.0")
    assert drawn.dots == ((50.0, 20.0), (100.0, 10.0))


@given(st.lists(st.none() | st.floats(0, 1), max_size=40))
def test_a_line_stays_in_its_frame(shares: list[float | None]) -> None:
    """Every point lies between never and always, then and now."""
    drawn = line(shares)
    points = [tuple(map(float, p.split(","))) for path in drawn.paths for p in path.split()]

    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in [*points, *drawn.dots])


def test_rates_are_of_the_week_they_were_said_in() -> None:
    """The newest week is the last point; what is older than the chart counts in the totals."""
    daily = {
        (TODAY, "news|grant|DE|privacy@1"): 3,
        (TODAY - timedelta(days=6), "news|deny|DE|"): 1,
        (TODAY - timedelta(days=7), "news|object|DE|"): 2,
        (TODAY - timedelta(weeks=WEEKS), "news|withdraw|DE|"): 5,
        (TODAY, "|restrict|DE|"): 9,
    }

    (rate,) = rates(answers_said(daily), lambda one: one.purpose, today=TODAY, names={})

    assert (rate.name, rate.yes, rate.no, rate.share) == ("news", 3, 8, "27%")
    assert rate.line.paths == (f"96.0,{HEIGHT} 100.0,10.0",)


def test_what_is_not_kept_is_shown_by_name_and_type(
    client: TestClient[Any], opened: Opened
) -> None:
    """With what to write to declare it; what was in it is nowhere, what was masked is counted."""
    for number in range(6):
        name = f"friend-{number}"
        opened.shop.consent(
            Who(user_id=name, region="DE"),
            {"individual_personalization": "grant"},
            notice="privacy@1",
        )
        sent = {"query": f"for ann{number}@example.org", "mood": f"very glad {number}"}
        call = {"type": "track", "event": "Products Searched", "userId": name, "properties": sent}
        opened.shop.collect([{**call, "messageId": f"m{number}"}])

    page = Reader(client.get("/console/privacy"))

    assert "property mood string 2 2 [properties.mood]" in page.text
    assert "query: e-mail 6" in page.text
    assert "glad" not in page.text
    assert "example.org" not in page.text

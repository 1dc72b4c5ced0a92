"""A shop's chores bring its events into the lake, and let go of what is past its term."""

from __future__ import annotations

from datetime import timedelta

from shop_worlds import Clock, agree, track

from tactful.assembly import Opened
from tactful.shop.background import Background


def do_chores(opened: Opened) -> None:
    """Do what is due, and let no failure pass."""
    failed: list[object] = []
    Background(
        opened.work,
        opened.chores,
        clock=opened.shop.now,
        tallies=opened.tallies,
        report=lambda name, error: failed.append((name, error)),
    ).do_due()
    assert failed == []


def names(opened: Opened, user: str) -> list[str]:
    """Return the names of the events that *user* sees of themselves."""
    events = opened.shop.subject(user).export()["events"]
    assert isinstance(events, list)
    return [event["event"] for event in events]


def test_nothing_to_do(opened: Opened) -> None:
    """The chores of a new shop all succeed, and make no lake."""
    do_chores(opened)
    assert {name for name, _ in opened.work.last_done().items()} == {
        "compact",
        "features",
        "feed",
        "forget",
        "remind",
        "requests",
        "retain",
        "retire",
        "sign-in",
    }
    assert not opened.lake.folder.exists()


def test_a_year_of_a_shop(opened: Opened, clock: Clock) -> None:
    """Events are seen once all along, lose purpose after purpose, and are gone in the end."""
    agree(opened.shop, "ann", "individual_personalization", "measurement")
    opened.shop.collect([track("ann", "Product Viewed", "kettle")])
    seen: dict[int, int] = {}
    for day in range(0, 1130, 40):
        do_chores(opened)
        clock.go(days=40)
        seen[day + 40] = len(names(opened, "ann"))
        if day == 200:
            assert opened.lake.outflow.held().lake_alone
    kept = max(
        term.retention
        for term in opened.shop.policy.purposes.values()
        if term.retention and term.name in {"individual_personalization", "measurement"}
    )
    assert all(n == (timedelta(days=day) <= kept + timedelta(days=40)) for day, n in seen.items())
    assert opened.shop.totals()["expired", "events"] == 1


def test_erasure_through_the_shop(opened: Opened, clock: Clock) -> None:
    """An erasure takes what is in the lake alone, and training sees it until then."""
    agree(opened.shop, "ann")
    opened.shop.collect([track("ann", "Product Viewed", "kettle")])
    do_chores(opened)
    clock.go(days=100)
    do_chores(opened)
    assert opened.lake.outflow.held().lake_alone
    assert opened.shop.train().visits == 1
    assert opened.shop.subject("ann").erase().removed["lake"] == 1
    assert opened.lake.lake.status().rows == 0


def test_traits_end_with_their_term(opened: Opened, clock: Clock) -> None:
    """A trait goes when no purpose needs it any more, but for whom processing is restricted."""
    for user in ("ann", "bob"):
        agree(opened.shop, user)
        opened.shop.collect([{"type": "identify", "userId": user, "traits": {"country": "DE"}}])
    opened.shop.subject("bob").restrict()
    clock.go(days=3_000)

    do_chores(opened)

    assert opened.shop.subject("ann").export()["traits"] == {}
    assert opened.shop.subject("bob").export()["traits"] != {}

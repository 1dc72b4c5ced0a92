"""The simulated shop: repeatable, consistent with itself, and worth learning from."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tactful.demo import choices as choices_module
from tactful.demo.choices import HABITS, OPTIONAL_PURPOSES, Choice, simulate_choices
from tactful.demo.pictures import picture
from tactful.demo.simulated_shop import SimulatedShop

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
SEED = 7
TOP = 10


def small(seed: int = SEED, now: datetime = NOW) -> SimulatedShop:
    """Return a shop that is made in a blink."""
    return SimulatedShop(seed=seed, now=now, weeks=4, items=120, shoppers=60)


@pytest.fixture(scope="module")
def shop() -> SimulatedShop:
    """Return the shop that the demonstration uses."""
    return SimulatedShop(seed=SEED, now=NOW)


@pytest.fixture(scope="module")
def events(shop: SimulatedShop) -> list[Any]:
    """Return everything that happened in it."""
    return list(shop.events())


def test_the_same_seed_gives_the_same_shop() -> None:
    """Equal seeds and moments give equal items, shoppers, choices and events."""
    one, other = small(), small()
    assert one.items == other.items
    assert one.shoppers == other.shoppers
    assert list(one.choices()) == list(other.choices())
    assert list(one.events()) == list(other.events()) == list(one.events())


def test_another_seed_gives_another_shop() -> None:
    """Seeds are not decoration: nothing is the same under another one."""
    one, other = small(), small(seed=SEED + 1)
    assert one.items != other.items
    assert one.shoppers != other.shoppers
    assert [c.statements for c in one.choices()] != [c.statements for c in other.choices()]
    ids = [{e["messageId"] for e in shop.events()} for shop in (one, other)]
    assert not ids[0] & ids[1]


def test_time_runs_forward_and_stops_at_now(shop: SimulatedShop, events: list[Any]) -> None:
    """Events come in order of time, from the start, and none lies in the future."""
    times = [datetime.fromisoformat(event["timestamp"]) for event in events]
    assert times == sorted(times)
    assert shop.start <= times[0]
    assert NOW - timedelta(hours=1) < times[-1] <= NOW


def test_an_endless_shop_goes_on_where_the_past_ends() -> None:
    """The load generator repeats the past exactly and then continues beyond now."""
    past = list(small().events())
    longer = list(islice(small().events(endless=True), len(past) + 500))
    assert longer[: len(past)] == past
    times = [datetime.fromisoformat(str(event["timestamp"])) for event in longer]
    assert times == sorted(times)
    assert times[-1] > NOW


def test_a_moment_without_time_zone_is_refused() -> None:
    """A naive moment cannot be placed in time, so it is refused at once."""
    with pytest.raises(ValueError, match="time zone"):
        small(now=datetime(2026, 3, 18))  # noqa: DTZ001 - the mistake under test


@pytest.mark.parametrize("items", [0, 11, 100_000])
def test_a_catalogue_of_impossible_size_is_refused(items: int) -> None:
    """A title is never repeated and no department left empty to reach the size asked for."""
    with pytest.raises(ValueError, match="a catalogue has 12 to"):
        SimulatedShop(seed=SEED, now=NOW, items=items, shoppers=1)


@pytest.mark.parametrize("seed", range(8))
def test_the_smallest_shop_works(seed: int) -> None:
    """One shopper among twelve items comes at least once, whatever they use up."""
    shop = SimulatedShop(seed=seed, now=NOW, weeks=2, items=12, shoppers=1)
    assert next(shop.events())["type"] == "identify"


def test_the_catalogue_can_be_imported(shop: SimulatedShop) -> None:
    """Each item is a complete catalogue line with an id, a title and a price of its own."""
    lines = [item.line() for item in shop.items]
    assert len({line["id"] for line in lines}) == len({line["title"] for line in lines}) == 600
    assert len({line["category"] for line in lines}) == 12
    for line in lines:
        assert line["url"] == f"/shop/items/{line['id']}"
        assert line["image"] == f"/shop/pictures/{line['id']}.svg"
        assert isinstance(line["price"], int)
        assert 0 < line["price"] < 20_000
        assert line["currency"] == "EUR"
    assert 0.01 < sum(line["availability"] != "in_stock" for line in lines) / 600 < 0.1


def test_a_picture_is_harmless_and_well_formed(shop: SimulatedShop) -> None:
    """A picture is XML with shapes and presentation attributes: no style, script, text or link."""
    shapes = {"svg", "path", "rect", "circle", "ellipse", "g"}
    for item in shop.items:
        drawn = picture(item)
        assert "$" not in drawn
        assert item.attributes["colour"] in drawn
        for element in ET.fromstring(drawn).iter():  # noqa: S314 - our own text
            assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in shapes
            assert not [a for a in element.attrib if re.match(r"style|class|on|.*href", a)]


def test_each_picture_belongs_to_its_item(shop: SimulatedShop) -> None:
    """Items that differ in kind, collection or colour have different pictures."""
    looks = {
        (i.category, i.attributes["kind"], i.attributes["collection"], i.attributes["colour"])
        for i in shop.items
    }
    assert len({picture(item) for item in shop.items}) == len(looks)


def items_of(event: dict[str, Any]) -> list[str]:
    """Return the ids of the items that *event* names."""
    properties = event.get("properties", {})
    lines = properties.get("products", [properties] if "product_id" in properties else [])
    return [line["product_id"] for line in lines]


def test_events_speak_of_known_items_and_shoppers(shop: SimulatedShop, events: list[Any]) -> None:
    """No event names an item that is not in the catalogue, or a stranger; ids never repeat."""
    items = {item.id for item in shop.items}
    people = {shopper.anonymous_id: shopper.id for shopper in shop.shoppers}
    for event in events:
        assert items.issuperset(items_of(event))
        assert event.get("userId", people[event["anonymousId"]]) == people[event["anonymousId"]]
    assert len({event["messageId"] for event in events}) == len(events)
    assert 40_000 <= len(events) <= 65_000


def test_every_shopper_is_identified_once_and_first(shop: SimulatedShop, events: list[Any]) -> None:
    """The first that is heard of a shopper is one `identify`, with example addresses only."""
    first: dict[str, Any] = {}
    for event in events:
        first.setdefault(event["anonymousId"], event)
    assert Counter(event["type"] for event in first.values()) == {"identify": 2500}
    assert sum(event["type"] == "identify" for event in events) == len(shop.shoppers)
    for event in first.values():
        assert event["traits"].get("email", "@example.com").partition("@")[2].startswith("example.")


def test_the_law_of_a_shopper_can_be_told(shop: SimulatedShop, events: list[Any]) -> None:
    """Traits and context say where a shopper lives, down to the state; nothing where unknown."""
    regions = {shopper.anonymous_id: shopper.region for shopper in shop.shoppers}
    for event in events:
        region = regions[event["anonymousId"]]
        assert event["context"].get("region", "") == region
        if event["type"] == "identify":
            traits = event["traits"]
            assert [traits[t] for t in ("country", "state") if t in traits] == (
                region.split("-") if region else []
            )
    assert {"US-CA", "", "GB", "DE"} <= set(regions.values())


def test_an_order_adds_up(events: list[Any]) -> None:
    """The revenue of an order is the sum of its lines, and its id is used for that order only."""
    orders = [e["properties"] for e in events if e.get("event") == "Order Completed"]
    for order in orders:
        total = sum(line["price"] * line["quantity"] for line in order["products"])
        assert math.isclose(order["revenue"], total)
    assert len({order["order_id"] for order in orders}) == len(orders) > 1000


def test_visits_of_one_shopper_never_overlap(events: list[Any]) -> None:
    """Half an hour of silence separates the visits of one shopper, and never splits one."""
    last: dict[str, tuple[int, datetime]] = {}
    for event in events:
        who, visit = event["anonymousId"], event["context"]["sessionId"]
        at = datetime.fromisoformat(event["timestamp"])
        before, then = last.get(who, (visit, at))
        assert (visit != before) == (at - then > timedelta(minutes=30))
        last[who] = (visit, at)


def views(shop: SimulatedShop, events: list[Any]) -> Iterator[tuple[str, list[int]]]:
    """Yield each visit as its shopper and the places of the items looked at, in order."""
    place = {item.id: i for i, item in enumerate(shop.items)}
    visits: dict[tuple[str, int], list[int]] = {}
    for event in events:
        if event.get("event") == "Product Viewed":
            key = (event["anonymousId"], event["context"]["sessionId"])
            visits.setdefault(key, []).append(place[event["properties"]["product_id"]])
    return ((who, seen) for (who, _), seen in visits.items())


def hit(scores: NDArray[np.float64], seen: list[int], wanted: int) -> bool:
    """Tell whether *wanted* is among the best that were not *seen* yet in this visit."""
    open_scores = scores.copy()
    open_scores[seen] = -1
    return bool(wanted in np.argsort(-open_scores, kind="stable")[:TOP] and open_scores[wanted] > 0)


def test_knowing_more_helps_more(shop: SimulatedShop, events: list[Any]) -> None:
    """Popularity < what goes with this visit < one's own history, each clearly above the last."""
    visits = list(views(shop, events))
    cut, n = int(len(visits) * 0.85), len(shop.items)
    popular, together = np.zeros(n), np.zeros((n, n))
    own = {shopper.anonymous_id: np.zeros(n) for shopper in shop.shoppers}
    for who, seen in visits[:cut]:
        popular[seen] += 1
        own[who][seen] += 1
        together[np.ix_(seen, seen)] += 1
    tries = [
        (
            hit(popular, seen[:i], seen[i]),
            hit(near, seen[:i], seen[i]),
            hit(own[w], seen[:i], seen[i]),
        )
        for w, seen in visits[cut:]
        for i in range(1, len(seen))
        for near in [together[seen[:i]].sum(axis=0)]
    ]
    by_popularity, by_visit, by_history = np.mean(tries, axis=0)
    assert by_popularity < 0.1
    assert by_visit > by_popularity + 0.1
    assert by_history > by_visit + 0.05


def test_households_buy_again(shop: SimulatedShop, events: list[Any]) -> None:
    """What a household uses up is ordered again and again, months apart."""
    staples = {
        (shopper.anonymous_id, shop.items[staple.item].id)
        for shopper in shop.shoppers
        for staple in shopper.staples
    }
    orders = [e for e in events if e.get("event") == "Order Completed"]
    bought = Counter((e["anonymousId"], item) for e in orders for item in items_of(e))
    again = [bought[pair] >= 2 for pair in staples]
    assert np.mean(again) > 0.5


def crowd(region: str, size: int = 20_000) -> list[Choice]:
    """Return the choices of a crowd in *region*."""
    return list(simulate_choices(((f"p{i}", region) for i in range(size)), seed=SEED, at=NOW))


@pytest.mark.parametrize(
    ("region", "table"),
    [("DE", ""), ("", ""), ("JP", ""), ("GB", "GB"), ("GB-SCT", "GB"), ("US-CA", "US")],
)
def test_choices_follow_the_stated_table(region: str, table: str) -> None:
    """Each habit has its share of a region within five standard errors (1 in 10^6 per habit)."""
    choices = crowd(region)
    habits = HABITS[table]
    assert math.isclose(sum(habit.share for habit in habits), 1)
    for habit in habits:
        found = sum((c.statements, c.gpc) == (habit.statements, habit.gpc) for c in choices)
        error = math.sqrt(habit.share * (1 - habit.share) / len(choices))
        assert abs(found / len(choices) - habit.share) < 5 * error


def test_the_documented_shares_are_the_ones_used() -> None:
    """Every share in the table of habits stands in the module's documentation."""
    documentation = str(choices_module.__doc__)
    for habit in (habit for habits in HABITS.values() for habit in habits):
        assert re.search(rf"{habit.name} +{round(100 * habit.share)} %\n", documentation)
    assert "assumed, not measured" in documentation


def test_choices_name_optional_purposes_only() -> None:
    """Nobody is asked about what is necessary, and every answer names a purpose of the policy."""
    for habit in (habit for habits in HABITS.values() for habit in habits):
        assert set(habit.statements) <= set(OPTIONAL_PURPOSES)
        assert set(habit.statements.values()) <= {"grant", "deny", "object"}


@given(st.lists(st.text(), unique=True, min_size=1), st.integers(), st.sampled_from(["DE", "US"]))
def test_a_choice_does_not_hang_on_the_company(ids: list[str], seed: int, region: str) -> None:
    """A person chooses the same alone as in any crowd and any order."""
    together = {
        c.shopper: c for c in simulate_choices(((i, region) for i in ids), seed=seed, at=NOW)
    }
    for i in reversed(ids):
        assert list(simulate_choices([(i, region)], seed=seed, at=NOW)) == [together[i]]

"""Features are folded from events: in any order, in any parts, always to the same result."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from folding_worlds import (
    GOODS,
    NOW,
    PERSONAL,
    folded,
    happened,
    histories,
    permit_for,
)
from hypothesis import given
from hypothesis import strategies as st

from tactful.capabilities.profile import FEATURES, computed
from tactful.capabilities.profile.features import parts_for
from tactful.capabilities.profile.folding import EVERYTHING, READS, Folded, fold, merge
from tactful.capabilities.profile.telling import Told, cart
from tactful.terms import Event, PermitMisuse


def told(*events: Event, purpose: str = PERSONAL) -> dict[str, object]:
    """Return the value of each feature of *events*."""
    permit = permit_for(purpose)
    features = computed(permit, {purpose: folded(*events)}, GOODS.get)
    return {feature.name: feature.value for feature in features}


class Watched(dict[str, object]):
    """Properties that remember which of them were asked for."""

    def __init__(self, asked: set[str]) -> None:
        super().__init__()
        self.asked = asked

    def get(self, name: str, default: object = None) -> object:
        """Remember *name*."""
        self.asked.add(name)
        return super().get(name, default)


@pytest.mark.parametrize("part", sorted(READS))
def test_a_part_reads_what_it_says(part: str) -> None:
    """Nothing else, and all of it; what says which items an event is about was read before."""
    asked: set[str] = set()
    names = ("Product Viewed", "Product Added", "Order Completed", "Order Refunded")
    events = [replace(happened(name), properties=Watched(asked)) for name in names]

    fold(Folded(), events, frozenset({part}))

    assert asked | {"product_id", "sku", "products"} >= READS[part] >= asked


@given(events=histories, data=st.data())
def test_order_makes_no_difference(events: tuple[Event, ...], data: st.DataObject) -> None:
    """Whatever order events come in, they fold to what they fold to when sorted by time."""
    shuffled = data.draw(st.permutations(events))

    assert folded(*shuffled) == folded(*sorted(events, key=lambda e: (e.at, e.message)))


@given(events=histories, data=st.data())
def test_splits_make_no_difference(events: tuple[Event, ...], data: st.DataObject) -> None:
    """One by one, from a snapshot on, or merged from two numbers of one person: all the same."""
    at = data.draw(st.integers(0, len(events)))
    first, second = events[:at], events[at:]
    step_by_step = Folded()
    for event in events:
        step_by_step = fold(step_by_step, [event])

    assert step_by_step == folded(*events)
    assert fold(folded(*first), second) == folded(*events)
    assert merge(folded(*second), folded(*first)) == folded(*events)


@given(events=histories)
def test_what_is_folded_can_be_kept(events: tuple[Event, ...]) -> None:
    """A fold is the same after it was written down and read again."""
    plain = msgspec.msgpack.encode(folded(*events))

    assert msgspec.msgpack.decode(plain, type=Folded) == folded(*events)


@given(events=histories)
def test_only_the_parts_that_are_needed_are_kept(events: tuple[Event, ...]) -> None:
    """For counting no item is kept, and what is told of orders is the same nevertheless."""
    parts = parts_for("measurement")
    small, whole = fold(Folded(), events, parts), folded(*events)
    permit = permit_for("measurement", "measure-results")

    assert parts < EVERYTHING
    assert not small.items
    assert not small.moves
    assert not any(order.words and order.words.items for order in small.orders.values())
    assert computed(permit, {"measurement": small}, GOODS.get) == computed(
        permit, {"measurement": whole}, GOODS.get
    )


@given(events=histories)
def test_the_cart_is_what_was_done_in_the_order_of_time(events: tuple[Event, ...]) -> None:
    """The cart equals that of somebody who watches the events one after another by their time."""
    inside: dict[str, int] = {}
    cleared = max((e.at for e in events if e.name == "Order Completed"), default=None)
    for event in sorted(events, key=lambda e: (e.at, e.message.hex())):
        quantity = event.properties.get("quantity")
        known = quantity if isinstance(quantity, int) and quantity > 0 else None
        for item in sorted(event.items) if cleared is None or event.at > cleared else ():
            if event.name in {"Product Added", "Wishlist Product Added to Cart"}:
                inside[item] = inside.get(item, 0) + (known or 1)
            elif event.name == "Product Removed":
                inside[item] = max(0, inside.get(item, 0) - known) if known else 0
    expected = [{"item": i, "quantity": n} for i, n in sorted(inside.items()) if n]
    said = cart(Told(folded=folded(*events), goods=GOODS.get, at=NOW))

    assert (said[0] if said else []) == expected


def test_recency_frequency_and_amount() -> None:
    """The last order, how many there are and what they came to, each currency by itself."""
    orders = [
        happened("Order Completed", "kettle", ago=40, order_id="a", total=25.5, currency="EUR"),
        happened("Order Completed", "lamp", ago=10, order_id="b", total=1200, currency="JPY"),
        happened("Order Completed", ago=3, products=[{"price": 4, "quantity": 3}], currency="EUR"),
    ]
    said = told(*orders)

    assert said["last_order"] == {"on": "2026-02-26", "days": 3}
    assert said["orders"] == 3
    assert said["spent"] == {"EUR": 3750, "JPY": 1200}


def test_one_order_told_of_twice_is_one_order() -> None:
    """Page and webhook both tell of an order; its last price holds, and its first day."""
    page = happened("Order Completed", ago=9, order_id="a", total=20, currency="EUR", message="1")
    hook = happened("Order Updated", ago=2, order_id="a", total=18, currency="EUR", message="2")
    said = told(hook, page)

    assert said["orders"] == 1
    assert said["spent"] == {"EUR": 1800}
    assert said["last_order"] == {"on": "2026-02-20", "days": 9}


@pytest.mark.parametrize(
    ("event", "left"),
    [
        (happened("Order Refunded", order_id="a", total=5, currency="EUR"), {"EUR": 1500}),
        (happened("Order Refunded", order_id="a", total=500, currency="EUR"), {"EUR": 0}),
        (happened("Order Refunded", order_id="a"), None),
        (happened("Order Cancelled", order_id="a"), None),
        (happened("Order Refunded", order_id="b", total=5, currency="EUR"), {"EUR": 2000}),
        (happened("Order Refunded", order_id="a", total=5, currency="USD"), {"EUR": 2000}),
    ],
    ids=["in part", "more than paid", "wholly", "cancelled", "another order", "another currency"],
)
def test_what_was_given_back_is_not_spent(event: Event, left: object) -> None:
    """Refunds are taken off their order, in their currency; a cancelled order never was one."""
    order = happened("Order Completed", ago=9, order_id="a", total=20, currency="EUR")

    assert told(event, order).get("spent") == left


def test_interests_and_prices() -> None:
    """A look counts 1, the cart 3, an order 5; categories are the catalogue's, or the page's."""
    said = told(
        happened("Product Viewed", "kettle", ago=3),
        happened("Product Clicked", "kettle", ago=3),
        happened("Product Added", "kettle", ago=2),
        happened("Order Completed", "kettle", ago=1, order_id="a"),
        happened("Product Viewed", "rug", category="Textiles", price=99, currency="EUR"),
    )

    assert said["categories"] == [
        {"category": "Kitchen", "percent": 91},
        {"category": "Textiles", "percent": 9},
    ]
    assert said["prices"] == {"EUR": {"low": 2500, "middle": 2500, "high": 2500}}


def test_the_rhythm_needs_three_days_with_orders() -> None:
    """The median number of days between orders, and the day after the last one by as many."""
    days = [happened("Order Completed", ago=ago, order_id=str(ago)) for ago in (60, 59, 30, 1)]

    assert "rhythm" not in told(*days[:2])
    assert told(*days)["rhythm"] == {"days": 29, "next": "2026-03-29"}


def test_nobody_has_no_features() -> None:
    """Of somebody who did nothing there is nothing to say."""
    assert told() == {}


def test_every_feature_says_how_it_comes_about() -> None:
    """Each explanation names the result in words and then how it is computed, without ids."""
    events = [happened("Order Completed", "kettle", ago=a, total=9, order_id="x") for a in (1, 9)]
    more = [happened("Order Completed", ago=33, order_id="y"), happened("Product Added", "lamp")]
    features = computed(permit_for(), {PERSONAL: folded(*events, *more)}, GOODS.get)

    assert {feature.name for feature in features} >= {"last_seen", "orders", "spent", "cart"}
    for feature in features:
        how = next(declared.how for declared in FEATURES if declared.name == feature.name)
        assert feature.explanation.endswith(f". How it is computed: {how}.")
        assert "Feature(" in repr(feature)
        assert "Kitchen" not in repr(feature)


def test_a_permit_reads_the_features_of_its_own_purpose() -> None:
    """Another purpose's features are not told; a purpose that has none is a mistake in code."""
    both = {PERSONAL: folded(happened("Product Added", "lamp")), "measurement": folded()}
    counting = computed(permit_for("measurement", "measure-results"), both, GOODS.get)
    own = computed(permit_for("necessary", "answer-request"), both, GOODS.get)

    assert counting == ()
    assert {feature.purpose for feature in own} == {PERSONAL}
    for purpose, activity in (("model_training", "train-models"), ("necessary", "fulfil-order")):
        with pytest.raises(PermitMisuse, match="no feature"):
            computed(permit_for(purpose, activity), both, GOODS.get)


def test_far_more_than_anybody_does_stays_bounded() -> None:
    """Of thousands of orders, items and moves the newest are kept, in whatever order they come."""
    many = [
        happened("Order Completed", f"i{n}", ago=9_000 - n, order_id=f"o{n}") for n in range(1_100)
    ]
    many += [happened("Product Viewed", f"i{n}", ago=4_000 - n) for n in range(1_100)]
    many += [happened("Product Added", f"i{n}", ago=1_000 - n / 10) for n in range(300)]
    kept = folded(*many)

    assert (len(kept.orders), len(kept.items), len(kept.moves)) == (1_000, 1_000, 200)
    assert "o0" not in kept.orders
    assert folded(*reversed(many)) == kept
    assert repr(kept) == "Folded(2500 events)"

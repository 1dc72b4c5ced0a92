"""Replaying the shop's own history: nothing of a visit is known before it began."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from shop_worlds import Clock, agree, teach, track

from tactful.capabilities.recommend import Known, slate
from tactful.shop import Shop


def browse(shop: Shop, clock: Clock, name: str, items: Sequence[str], *, pause: float = 1) -> None:
    """Let somebody look at *items*, one every *pause* minutes."""
    agree(shop, name)
    for item in items:
        message = f"{name}-{item}-{clock.now.isoformat()}"
        shop.collect([track(name, "Product Viewed", item, message=message)])
        clock.go(minutes=pause)


def test_what_is_foreseen_is_not_known(
    shop: Shop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ann comes back to the kettle within her visit: what lies between is no past of hers."""
    teach(shop)
    clock.go(weeks=4)
    browse(shop, clock, "ann", ["rug"])
    clock.go(hours=2)
    browse(shop, clock, "ann", ["kettle", "mug", "lamp", "kettle"])
    asked: list[Known] = []

    def spied(known: Known, *rest: Any, **more: Any) -> Any:
        asked.append(known)
        return slate(known, *rest, **more)

    monkeypatch.setattr("tactful.shop.evaluating.slate", spied)
    assert shop.evaluate(weeks=1).cases == 1
    assert {known.visited for known in asked} == {(), ("kettle",)}
    assert [[e.items for e in known.past] for known in asked if known.past] == [[("rug",)]]


def test_a_visit_across_the_cut_is_left_out(shop: Shop, clock: Clock) -> None:
    """Its first half was learned from; only the visit that lies after the cut is foreseen."""
    teach(shop)
    clock.go(weeks=4)
    browse(shop, clock, "ann", ["kettle", "mug"], pause=10)
    clock.go(weeks=1, minutes=-15)
    browse(shop, clock, "bob", ["lamp", "rug"], pause=2)

    assert shop.evaluate(weeks=1).cases == 1


def test_no_more_cases_than_asked_for(shop: Shop, clock: Clock) -> None:
    """Of seven visits four are asked about, spread over all of them."""
    teach(shop)
    clock.go(weeks=4)
    for number in range(7):
        browse(shop, clock, f"guest-{number}", ["kettle", "mug"])

    assert shop.evaluate(weeks=1, most_cases=4).cases == 4
    assert shop.evaluate(weeks=1).cases == 7

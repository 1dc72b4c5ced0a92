"""What the shop has removed is never shown, whatever models and people know of it."""

from __future__ import annotations

from shop_worlds import agree, teach, track

from tactful.capabilities.recommend import SLOTS
from tactful.shop import Question, Shop, Who


def test_a_tombstone_is_in_no_slot(shop: Shop) -> None:
    """Neither beside what it was bought with nor to buy again, popular or in the catalogue."""
    teach(shop)
    ann = agree(shop, "ann")
    shop.collect([track("ann", "Order Completed", "kettle", "teapot")])
    before = _everywhere(shop, ann)
    shop.remove_items(["teapot"])

    assert "teapot" in before
    assert "teapot" not in _everywhere(shop, ann)
    assert shop.catalogue["teapot"].title == "Teapot"


def test_models_go_on_with_its_id(shop: Shop) -> None:
    """Who bought it is still answered from that: its id stays what it was."""
    teach(shop)
    ann = agree(shop, "ann")
    shop.collect([track("ann", "Order Completed", "teapot")])
    shop.remove_items(["teapot"])
    shop.train()

    assert _slate(shop, "goes-with", ann)[0] == "kettle"


def test_what_only_orders_know_can_be_removed(shop: Shop) -> None:
    """An id without a line in the catalogue is shown until the shop says that it is gone."""
    ann = agree(shop, "ann")
    shop.collect([track("ann", "Order Completed", "old-lamp")])
    before = _slate(shop, "buy-again", ann)

    assert shop.remove_items(["old-lamp"]) == 1
    assert before[0] == "old-lamp"
    assert _slate(shop, "buy-again", ann) == before[1:]


def _everywhere(shop: Shop, who: Who) -> set[str]:
    return {item for slot in SLOTS for item in _slate(shop, slot, who)}


def _slate(shop: Shop, slot: str, who: Who) -> list[str]:
    question = Question(slot=slot, who=who, page="kettle" if slot == "similar" else None)
    return [candidate.item for candidate in shop.decide(question).items]

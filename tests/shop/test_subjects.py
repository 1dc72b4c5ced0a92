"""Rights: everything is shown, and what is erased is gone everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from shop_worlds import agree, teach, track

from tactful.assembly import Opened
from tactful.mechanisms.models import equal
from tactful.shop import Question, Shop
from tactful.terms import Level, Mistake, NotFound


def test_an_export_shows_what_is_kept_why_and_for_how_long(shop: Shop) -> None:
    """Identifiers, statements, events with source and purposes, uses, retention (Art. 15)."""
    agree(shop, "ada")
    shop.collect([track("ada", "Product Viewed", "kettle")], source="web")
    shop.decide(Question(slot="for-you", who=agree(shop, "ada")))

    export = shop.subject("ada").export()

    assert export["identifiers"] == [{"kind": "userId", "value": "ada"}]
    assert [e["source"] for e in export["events"]] == ["web"]  # type: ignore[attr-defined]
    assert {s["statement"] for s in export["statements"]} == {"grant"}  # type: ignore[attr-defined]
    used = {use["activity"]: use["count"] for use in export["uses"]}  # type: ignore[attr-defined]
    assert used["recommend-individual"] == 1
    assert len(export["purposes"]) == len(shop.policy.purposes)  # type: ignore[arg-type]


def test_a_correction_is_what_is_known_from_then_on(shop: Shop) -> None:
    """Traits can be set and removed; an undeclared one is refused with the list (Art. 16)."""
    agree(shop, "ada")
    trait = next(iter(shop.policy.plan.traits))

    shop.subject("ada").correct({trait: "de"})
    assert known(shop)[trait]["value"] == "de"
    shop.subject("ada").correct({trait: None})
    assert known(shop)[trait]["value"] is None
    with pytest.raises(Mistake, match="unknown trait"):
        shop.subject("ada").correct({"shoe_size": 38})
    agree(shop, "bob", "session_personalization")
    with pytest.raises(Mistake, match="may not be kept"):
        shop.subject("bob").correct({trait: "de"})


def known(shop: Shop) -> Any:
    """Return the traits of Ada, as an export has them."""
    return shop.subject("ada").export()["traits"]


def test_erased_means_unknown(shop: Shop) -> None:
    """After an erasure the id names nobody, and decisions fall back to nobody's data."""
    ada = agree(shop, "ada")
    shop.collect([track("ada", "Product Viewed", "kettle")])

    erasure = shop.subject("ada").erase()

    assert erasure.removed["events"] == 1
    with pytest.raises(NotFound):
        shop.subject("ada")
    assert shop.decide(Question(slot="for-you", who=ada)).level == Level.NONE


def test_erased_bytes_are_not_on_the_disk(opened: Opened) -> None:
    """A search of every byte of the shop folder finds neither the id nor what only they saw."""
    shop, marker = opened.shop, "zyxwvut-only-ada-saw-this"
    agree(shop, "ada-lovelace-unique")
    shop.collect([track("ada-lovelace-unique", "Product Viewed", marker)])
    shop.train()
    assert _found(opened, marker)

    shop.subject("ada-lovelace-unique").erase()

    assert not _found(opened, marker)
    assert not _found(opened, "ada-lovelace-unique")


def test_models_after_erasing_equal_models_never_taught(shop: Shop) -> None:
    """Forgetting is exact: every array equals that of a training without the person."""
    teach(shop)
    without = dict(shop.models.current.arrays())
    agree(shop, "ada")
    shop.collect([track("ada", "Order Completed", "lamp", "rug", "kettle")])
    shop.train()
    with_ada = dict(shop.models.current.arrays())

    erasure = shop.subject("ada").erase()

    assert erasure.models_changed
    assert not equal(with_ada, without)
    assert equal(dict(shop.models.current.arrays()), without)


def test_withdrawing_from_training_makes_the_models_forget(shop: Shop) -> None:
    """My choices may teach the models, until I say they may not (Art. 7(3))."""
    teach(shop)
    without = dict(shop.models.current.arrays())
    ada = agree(shop, "ada")
    shop.collect([track("ada", "Order Completed", "lamp", "rug")])
    shop.train()

    shop.consent(ada, {"model_training": "withdraw"})

    assert equal(dict(shop.models.current.arrays()), without)
    assert [e["purposes"] for e in shop.subject("ada").export()["events"]] == [  # type: ignore[attr-defined]
        ["individual_personalization", "measurement"]
    ]


def _found(opened: Opened, text: str) -> bool:
    files = (path for path in opened.folder.rglob("*") if path.is_file())
    return any(text.encode() in path.read_bytes() for path in files)


def test_who_leaves_during_a_training_is_not_in_what_it_publishes(shop: Shop) -> None:
    """Reading and building take a while: the door is asked again before the models are final."""
    teach(shop)
    without = dict(shop.models.current.arrays())
    agree(shop, "ada")
    shop.collect([track("ada", "Order Completed", "lamp", "rug", "kettle")])
    bob = agree(shop, "bob")
    shop.collect([track("bob", "Order Completed", "mug", "kettle")])
    left: list[str] = []

    def leave(step: str, done: int) -> None:
        if step == "build models" and done and not left:
            left.append(step)
            shop.subject("ada").erase()
            shop.consent(bob, {"model_training": "withdraw"})

    shop.train(leave)

    assert left
    assert equal(dict(shop.models.current.arrays()), without)

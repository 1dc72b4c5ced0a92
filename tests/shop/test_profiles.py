"""Profiles of a shop: where traits come from, what features say, and who can be looked up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from shop_worlds import GOODS, Clock, agree, track

from tactful.shop import Shop
from tactful.terms import Identifier, IdentifierKind, Mistake, NotFound


def identify(message: str, at: str, **traits: object) -> dict[str, object]:
    """Return a client's word on Ada's traits, given at *at*."""
    return {
        "type": "identify",
        "userId": "ada",
        "messageId": message,
        "timestamp": at,
        "traits": traits,
    }


def language(shop: Shop) -> Any:
    """Return what is known of Ada's language."""
    return shop.subject("ada").export()["traits"]["language"]  # type: ignore[index]


def test_a_trait_names_its_source_and_time(shop: Shop) -> None:
    """Live or imported: the newest by its own time stands, and says where it comes from."""
    agree(shop, "ada")
    shop.import_history([identify("1", "2026-02-20T10:00:00Z", language="fr")], source="crm.csv")
    shop.collect([identify("2", "2026-02-25T10:00:00Z", language="de")], source="web")
    shop.collect([identify("3", "2026-02-22T10:00:00Z", language="it")], source="web")

    assert language(shop) == {
        "value": "de",
        "time": "2026-02-25T10:00:00Z",
        "source": "web",
        "origin": "observed",
        "purposes": ["individual_personalization", "measurement", "segment_personalization"],
    }


def test_what_was_corrected_is_not_overwritten(shop: Shop, clock: Clock) -> None:
    """A page that goes on sending the old value is not heard; how often is counted."""
    agree(shop, "ada")
    shop.collect([identify("1", "2026-02-20T10:00:00Z", language="fr")])
    shop.subject("ada").correct({"language": "eo"}, by="officer", source="letter")
    clock.go(days=1)
    shop.collect([identify("2", "2026-03-02T10:00:00Z", language="fr", name="Ada")])

    assert (language(shop)["value"], language(shop)["origin"]) == ("eo", "officer")
    assert shop.totals()["dropped", "corrected before"] == 1
    assert shop.subject("ada").observe_again(["language", "shoe size"]) == 1
    clock.go(hours=1)
    shop.collect([identify("3", "2026-03-02T11:00:00Z", language="fr")])
    assert language(shop)["value"] == "fr"
    with pytest.raises(Mistake, match="`subject` or by `officer`"):
        shop.subject("ada").correct({"language": "eo"}, by="observed")


def test_a_removed_trait_stays_away(shop: Shop, clock: Clock) -> None:
    """Removing is a correction to nothing: what pages tell does not bring it back."""
    agree(shop, "ada")
    shop.subject("ada").correct({"language": None})
    clock.go(days=1)
    shop.collect([identify("1", "2026-03-02T10:00:00Z", language="fr")])

    assert language(shop)["value"] is None
    assert language(shop)["purposes"] == []


def test_features_follow_what_is_done(shop: Shop) -> None:
    """The cart fills and empties, orders add up; with or without snapshots."""
    agree(shop, "ada")
    shop.put_items(GOODS)
    shop.collect([track("ada", "Product Added", "kettle")])
    assert features(shop)["cart"] == [{"item": "kettle", "quantity": 1}]
    assert shop.advance_features(100) == 1
    order = track("ada", "Order Completed", "kettle")
    order["properties"] = {"product_id": "kettle", "total": 25, "currency": "EUR"}
    order["timestamp"] = "2026-03-01T12:00:00Z"
    shop.collect([order])

    said = features(shop)
    assert "cart" not in said
    assert said["spent"] == {"EUR": 2500}
    assert said["categories"] == [{"category": "Kitchen", "percent": 100}]
    export = shop.subject("ada").export()
    assert {f["feature"] for f in export["features"]} == set(said)  # type: ignore[attr-defined]


def features(shop: Shop) -> dict[str, object]:
    """Return the value of each feature of Ada's for their recommendations."""
    found = shop.subject("ada").features()
    return {f.name: f.value for f in found if f.purpose == "individual_personalization"}


def test_what_is_taken_back_is_computed_no_more(shop: Shop) -> None:
    """After a withdrawal nothing of that purpose is told, also not from a snapshot."""
    who = agree(shop, "ada")
    shop.collect([track("ada", "Product Added", "kettle")])
    shop.advance_features(100)
    shop.consent(who, {"individual_personalization": "withdraw"})

    assert features(shop) == {}
    assert {f.purpose for f in shop.subject("ada").features()} == {"measurement"}


def test_the_officer_looks_up_by_exact_identifier(shop: Shop) -> None:
    """A whole identifier of its own kind finds whom it names; the look-up is a counted use."""
    agree(shop, "ada")
    named = Identifier(IdentifierKind.USER_ID, "ada")
    before = shop.subject("ada").uses()
    known = shop.look_up(named)
    after = shop.subject("ada").uses()

    assert known["identifiers"] == [{"kind": "userId", "value": "ada"}]
    (use,) = [use for use in after if use[0] == "answer-request"]
    assert after[use] - before[use] == 2  # the look-up, and asking for the uses again
    for kind, value in (("userId", "ad"), ("userId", "Ada"), ("userId", ""), ("email", "ada")):
        with pytest.raises(NotFound, match="no subject is known by this"):
            shop.look_up(Identifier(IdentifierKind(kind), value))


def test_every_kind_of_identifier_can_be_looked_up(shop: Shop) -> None:
    """Whatever kinds of identifiers there are, each finds the subject that it was linked to."""
    at = shop.now() - timedelta(days=1)
    for kind in IdentifierKind:
        named = Identifier(kind, f"a {kind.value}")
        shop._parts.store.identities.admit([named], at=at)
        assert shop.look_up(named)["identifiers"] == [{"kind": kind.value, "value": named.value}]

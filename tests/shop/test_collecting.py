"""Collection: what is kept is what the gate permits, and nothing else ever reaches the store."""

from __future__ import annotations

import pytest
from shop_worlds import NOTICE, Clock, agree, track

from tactful.shop import Shop, Who
from tactful.terms import NotFound


def events(shop: Shop, user: str) -> list[dict[str, object]]:
    """Return the events in a subject's export."""
    found = shop.subject(user).export()["events"]
    assert isinstance(found, list)
    return found


def test_unknown_means_no_and_leaves_no_subject(shop: Shop) -> None:
    """Whoever was never asked leaves a count behind, and not even an identifier."""
    collected = shop.collect([track("ada", "Product Viewed", "kettle")], region="DE")

    assert (collected.kept, dict(collected.refused)) == (0, {"no purpose is allowed": 1})
    with pytest.raises(NotFound):
        shop.subject("ada")


def test_a_grant_keeps_for_that_purpose_only(shop: Shop) -> None:
    """An event is kept for what was granted, and for nothing that was not."""
    agree(shop, "ada", "individual_personalization")

    assert shop.collect([track("ada", "Product Viewed", "kettle")]).kept == 1
    (event,) = events(shop, "ada")
    assert (event["item"], event["purposes"]) == ("kettle", ["individual_personalization"])


def test_an_opt_out_region_keeps_until_told_otherwise(shop: Shop) -> None:
    """In California silence lets the shop keep; an objection ends it and deletes."""
    shop.collect([track("cal", "Product Viewed", "kettle")], region="US-CA")
    assert len(events(shop, "cal")) == 1

    everything = dict.fromkeys(shop.policy.purposes, "object")
    everything.pop("necessary")
    shop.consent(Who(user_id="cal", region="US-CA"), everything)

    assert events(shop, "cal") == []
    assert shop.collect([track("cal", "Product Viewed", "mug")], region="US-CA").kept == 0


def test_undeclared_events_and_properties_are_dropped_and_counted(shop: Shop) -> None:
    """What the plan does not declare is never stored, whoever allows it."""
    agree(shop, "ada")
    call = track("ada", "Product Viewed", "kettle")
    call["properties"] = {"product_id": "kettle", "mood": "gloomy"}

    shop.collect([call, track("ada", "Diary Written", "kettle")])

    (event,) = events(shop, "ada")
    assert "mood" not in str(event)
    totals = shop.totals()
    assert totals["dropped", "undeclared property"] == 1
    assert totals["dropped", "undeclared event"] == 1


def test_a_negative_price_is_dropped_and_the_event_kept(shop: Shop) -> None:
    """A property out of range goes; the rest of the event stays."""
    agree(shop, "ada")
    call = track("ada", "Product Viewed", "kettle")
    call["properties"] = {"product_id": "kettle", "price": -4}

    assert shop.collect([call]).kept == 1
    assert "price" not in str(events(shop, "ada")[0]["properties"])


def test_the_same_message_twice_is_stored_once(shop: Shop) -> None:
    """Clients retry: a message id counts once, within a batch and between batches."""
    agree(shop, "ada")
    call = track("ada", "Product Viewed", "kettle", message="m-1")

    first = shop.collect([call, call])
    second = shop.collect([call])

    assert (len(first.stored.result()), len(second.stored.result())) == (1, 0)
    assert len(events(shop, "ada")) == 1
    totals = shop.totals()
    assert (totals["events", "kept"], totals["events", "duplicate"]) == (1, 2)
    assert totals["kept", "measurement"] == 1


def test_an_event_from_the_future_is_taken_as_now(shop: Shop, clock: Clock) -> None:
    """No event escapes retention by its date."""
    agree(shop, "ada")
    shop.collect([track("ada", "Product Viewed", "kettle", timestamp="2099-01-01T00:00:00Z")])

    assert events(shop, "ada")[0]["time"] == clock().isoformat().replace("+00:00", "Z")


def test_an_event_older_than_its_retention_is_not_kept(shop: Shop) -> None:
    """What would have to be deleted at once is not stored in the first place (Art. 5(1)(e))."""
    agree(shop, "ada")
    old = track("ada", "Product Viewed", "kettle", timestamp="1970-01-01T00:00:00Z")

    assert shop.collect([old]).kept == 0


def test_the_shops_own_past_keeps_its_times(shop: Shop) -> None:
    """Imported history keeps its original times, however old."""
    agree(shop, "ada")
    old = track("ada", "Order Completed", "kettle", timestamp="2011-05-01T09:30:00Z")

    assert shop.import_history([old], source="orders").kept == 1
    assert events(shop, "ada")[0]["time"] == "2011-05-01T09:30:00Z"


def test_of_a_segment_only_the_group_is_kept(shop: Shop) -> None:
    """Whoever allows a group, and no history, has a group and no history."""
    agree(shop, "ada", "segment_personalization")
    shop.collect([track("ada", "Product Viewed", "kettle")])

    export = shop.subject("ada").export()
    assert (export["group"], export["events"]) == ("Kitchen", [])


def test_signing_in_links_the_browser_to_the_person(shop: Shop) -> None:
    """After a call that names both, the anonymous id alone is the same subject."""
    agree(shop, "ada")
    shop.collect([{"type": "identify", "userId": "ada", "anonymousId": "browser-1"}])
    alone = track("", "Product Viewed", "kettle", message="m-1")
    shop.collect([alone | {"userId": None, "anonymousId": "browser-1"}])

    assert len(events(shop, "ada")) == 1


def test_a_refused_persons_browser_is_refused_too(shop: Shop) -> None:
    """A no given with both ids holds for the browser on its own, also where silence is a yes."""
    who = Who(user_id="cal", anonymous_id="browser-1", region="US-CA")
    said = {p: "deny" for p in shop.policy.purposes if p != "necessary"}
    shop.consent(who, said, notice=NOTICE)
    alone = track("", "Product Viewed", "kettle") | {"userId": None, "anonymousId": "browser-1"}

    assert shop.collect([alone], region="US-CA").kept == 0


def test_a_signal_becomes_a_lasting_objection_of_a_known_subject(shop: Shop) -> None:
    """Global Privacy Control is heeded at once, recorded, and outlives its absence."""
    shop.collect([track("cal", "Product Viewed", "kettle")], region="US-CA")
    shop.collect([track("cal", "Product Viewed", "mug")], region="US-CA", gpc=True)

    said = {
        a.purpose: (a.said, a.source) for a in shop.standing(Who(user_id="cal", region="US-CA"))
    }
    assert said["advertising"] == ("object", "signal:gpc")
    assert said["individual_personalization"] == ("object", "signal:gpc")
    kept = {p for event in events(shop, "cal") for p in event["purposes"]}  # type: ignore[attr-defined]
    assert kept == {"measurement"}


def test_one_unreadable_call_does_not_take_the_others_along(shop: Shop) -> None:
    """A batch with a broken call keeps the rest and names the broken one."""
    agree(shop, "ada")
    collected = shop.collect(
        [{"type": "track", "userId": 3.5}, track("ada", "Product Viewed", "mug")]
    )

    assert collected.kept == 1
    assert [index for index, _ in collected.malformed] == [0]


def test_the_shops_own_past_says_where_people_live(shop: Shop) -> None:
    """An order's country is an account address; its law holds, later words move nothing."""
    order = track("cal", "Order Completed", "kettle") | {"context": {"region": "US-CA"}}
    shop.import_history([order], source="orders")
    shop.collect([{"type": "identify", "userId": "cal", "traits": {"country": "DE"}}])

    assert shop.subject("cal").export()["region"] == "US-CA"
    assert len(events(shop, "cal")) == 1


def test_a_call_counts_one_use_for_each_purpose_it_is_kept_for(shop: Shop) -> None:
    """What subjects read about the use of their data is what happened, however they are named."""
    agree(shop, "ada")
    call = track("ada", "Product Viewed", "kettle") | {"anonymousId": "browser-1"}
    shop.collect([call])
    shop.collect([call | {"messageId": "again"}])

    uses = shop.subject("ada").export()["uses"]
    counts = {use["activity"]: use["count"] for use in uses}  # type: ignore[attr-defined]
    assert (counts["keep-history"], counts["record-statement"]) == (2, 1)

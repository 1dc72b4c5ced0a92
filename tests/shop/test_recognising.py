"""Who a call speaks of, whom it links, and what anybody with the public write key cannot do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from shop_worlds import EVERYTHING, NOTICE, Clock, agree, track

from tactful.capabilities.collect import calls_from
from tactful.shop import Shop, Who
from tactful.terms import Mistake, NotFound

ADA = "ada@example.com"


def identify(name: str, **traits: object) -> dict[str, Any]:
    """Return an `identify` of *name*."""
    return {"type": "identify", "userId": name, "traits": traits}


def send(shop: Shop, *calls: dict[str, Any]) -> None:
    """Send *calls* as a page does: with the public write key."""
    shop.take(calls_from(calls), source="http").stored.result()


def browse(shop: Shop, clock: Clock, name: str, item: str) -> None:
    """Let a browser agree to everything, and look at *item*."""
    who = Who(anonymous_id=name, region="DE")
    shop.consent(who, dict.fromkeys(EVERYTHING, "grant"), notice=NOTICE)
    clock.go(seconds=1)
    call = track("", "Product Viewed", item, message=f"{name} {item}")
    send(shop, {**call, "userId": None, "anonymousId": name})


def items(shop: Shop, name: str) -> list[str]:
    """Return what the person whom the shop calls *name* is known to have looked at."""
    events: Any = shop.subject(name).export()["events"]
    return [event["item"] for event in events]


def identifiers(shop: Shop, name: str) -> set[tuple[str, str]]:
    """Return by what the person is known."""
    found: Any = shop.subject(name).export()["identifiers"]
    return {(each["kind"], each["value"]) for each in found}


def outcomes(shop: Shop) -> dict[str, int]:
    """Return what became of identifiers."""
    return {label: n for (name, label), n in shop.totals().items() if name == "identity"}


@pytest.fixture(autouse=True)
def people(shop: Shop, clock: Clock) -> None:
    """Let Ada and Bob agree to everything."""
    for name in ("ada", "bob"):
        agree(shop, name)
    clock.go(seconds=1)


def test_signing_in_joins_the_browser(shop: Shop, clock: Clock) -> None:
    """What a browser did before its visitor signed in is theirs, to see and to be shown."""
    browse(shop, clock, "b1", "kettle")
    clock.go(seconds=1)
    send(shop, track("ada", "Product Viewed", "lamp", anonymousId="b1"))
    assert items(shop, "ada") == ["kettle", "lamp"]
    assert outcomes(shop) == {"merged": 1}
    exported: Any = shop.subject("ada").export()["merges"]
    assert [(m["evidence"], m["identifier"], m["undoneAt"]) for m in exported] == [
        ("anonymousId", "b1", None)
    ]


def test_a_merge_counts_within_the_request(shop: Shop, clock: Clock) -> None:
    """A browser that turns out to be somebody who refuses is refused from the next call on."""
    browse(shop, clock, "b1", "kettle")
    who = Who(user_id="ada", region="DE")
    shop.consent(who, {"individual_personalization": "withdraw"})
    clock.go(seconds=1)
    alone = {"userId": None, "anonymousId": "b1"}
    send(
        shop,
        {**track("", "Product Viewed", "mug", message="1"), **alone},
        track("ada", "Product Viewed", "rug", message="2", anonymousId="b1"),
        {**track("", "Product Viewed", "lamp", message="3"), **alone},
    )
    events: Any = shop.subject("ada").export()["events"]
    kept = {event["item"]: "individual_personalization" in event["purposes"] for event in events}
    assert kept == {"kettle": True, "mug": True, "rug": False, "lamp": False}


def test_a_device_changes_hands_within_a_request(shop: Shop) -> None:
    """What a device does after somebody else signed in there is none of the first one's."""
    seen = track("", "Product Viewed", "lamp", message="3")
    send(
        shop,
        track("ada", "Product Viewed", "mug", message="1", anonymousId="b1"),
        {**seen, "userId": None, "anonymousId": "b1", "messageId": "2"},
        track("bob", "Product Viewed", "rug", message="4", anonymousId="b1"),
        {**seen, "userId": None, "anonymousId": "b1"},
    )
    assert (items(shop, "ada"), items(shop, "bob")) == (["mug", "lamp"], ["rug"])
    assert outcomes(shop) == {"device of several persons": 1}


def test_a_userid_is_no_browsers_id(shop: Shop) -> None:
    """In one request the same text as a userId and as a browser's id names two."""
    call = track("ada", "Product Viewed", "mug", message="1")
    send(shop, call, {**call, "userId": None, "anonymousId": "ada", "messageId": "2"})
    assert items(shop, "ada") == ["mug"]


def test_undoing_gives_each_their_own(shop: Shop, clock: Clock) -> None:
    """After an undoing the browser has its history back, and the person theirs."""
    browse(shop, clock, "b1", "kettle")
    send(shop, track("ada", "Product Viewed", "lamp", anonymousId="b1"))
    (merge,) = shop.subject("ada").merges()
    shop.unmerge(merge.id)
    assert items(shop, "ada") == ["lamp"]
    assert [m.undone_at for m in shop.subject("ada").merges()] == [clock()]


def test_the_write_key_links_no_address(shop: Shop) -> None:
    """From a page an e-mail, a phone or another system's id links nobody and finds nobody."""
    shop.collect([identify("ada", email=ADA, phone="+4930123456")])
    before = identifiers(shop, "ada")
    assert {("email", ADA), ("phone", "+4930123456")} <= before
    outside = {"externalIds": [{"id": "1", "type": "crm"}], "traits": {"email": ADA}}
    send(shop, {**identify("bob", email=ADA, phone="+4930123456"), "context": outside})
    send(shop, {**track("bob", "Order Completed", "mug"), "properties": {"email": ADA}})
    assert identifiers(shop, "bob") == {("userId", "bob")}
    assert identifiers(shop, "ada") == before
    assert items(shop, "ada") == []


def test_the_write_key_merges_no_accounts(shop: Shop) -> None:
    """An alias from a page never makes one person of two userIds, nor takes one in advance."""
    send(shop, {"type": "alias", "userId": "bob", "previousId": "ada"})
    send(shop, {"type": "alias", "userId": "bob", "previousId": "not seen yet"})
    assert identifiers(shop, "ada") == {("userId", "ada")}
    assert ("userId", "not seen yet") not in identifiers(shop, "bob")
    assert outcomes(shop)["an alias of two userIds without the secret key"] == 1
    agree(shop, "not seen yet")
    assert ("userId", "bob") not in identifiers(shop, "not seen yet")


def test_the_shop_merges_accounts(shop: Shop) -> None:
    """An alias with the secret key makes one person of two userIds, in a circle as well."""
    for name, old in (("ada", "bob"), ("bob", "ada"), ("ada", "ada")):
        shop.collect([{"type": "alias", "userId": name, "previousId": old}])
    assert identifiers(shop, "ada") == identifiers(shop, "bob")
    assert len(shop.subject("bob").merges()) == 1


def test_an_alias_of_a_browser(shop: Shop, clock: Clock) -> None:
    """An alias may name the browser of before, with either key."""
    browse(shop, clock, "b1", "kettle")
    send(shop, {"type": "alias", "userId": "ada", "previousId": "b1"})
    browse(shop, clock, "b2", "mug")
    shop.collect([{"type": "alias", "userId": "ada", "previousId": "b2"}])
    assert items(shop, "ada") == ["kettle", "mug"]


def test_the_shop_links_by_address(shop: Shop) -> None:
    """What the shop says of addresses makes one person, however the address is written."""
    shop.collect([identify("ada", email=" Ada@Example.COM ")])
    shop.collect([identify("bob", email=ADA)])
    assert identifiers(shop, "ada") == {("userId", "ada"), ("userId", "bob"), ("email", ADA)}


def test_an_order_may_name_somebody_else(shop: Shop) -> None:
    """The e-mail of an order is no account's e-mail; two orders of one address are one person's."""
    shop.collect([identify("ada", email=ADA)])
    for name in ("bob", "cid"):
        agree(shop, name)
        order = track(name, "Order Completed", "mug")
        shop.collect([{**order, "properties": {"product_id": "mug", "email": ADA}}])
    assert identifiers(shop, "ada") == {("userId", "ada"), ("email", ADA)}
    assert ("userId", "cid") in identifiers(shop, "bob")


def test_an_address_needs_leave(shop: Shop) -> None:
    """An address is kept only where a purpose that the plan declares for it is allowed."""
    agree(shop, "cid", "measurement")
    shop.collect([identify("cid", email="cid@example.com")])
    assert identifiers(shop, "cid") == {("userId", "cid")}


def test_what_cannot_be_read_is_counted(shop: Shop) -> None:
    """An address that cannot be read is dropped with a reason, and never guessed at."""
    shop.collect([identify("ada", email="ada at example", phone="030 123456")])
    assert identifiers(shop, "ada") == {("userId", "ada")}
    assert outcomes(shop) == {
        "an e-mail address that cannot be read": 1,
        "a phone number without its country": 1,
    }


def test_blocked_values(shop: Shop) -> None:
    """A call by `null` alone is of nobody; beside a browser's id it is the browser's."""
    collected = shop.take(calls_from([track("null", "Product Viewed", "mug")]), source="http")
    assert collected.refused == {"no identifier names anybody": 1}
    with pytest.raises(NotFound):
        shop.subject("null")
    with pytest.raises(Mistake, match="identifier"):
        shop.consent(Who(user_id="undefined"), {"measurement": "deny"})
    assert outcomes(shop) == {"a value that names nobody": 1}


def test_a_no_on_one_side_binds_both(shop: Shop, clock: Clock) -> None:
    """A merge takes the stricter word and deletes nothing; a no after it deletes on both sides."""
    for name in ("ada", "bob"):
        shop.collect([track(name, "Product Viewed", "lamp")])
    shop.consent(Who(user_id="bob", region="DE"), {"individual_personalization": "withdraw"})
    clock.go(seconds=1)
    shop.consent(
        Who(user_id="ada", region="DE"), {"individual_personalization": "grant"}, notice=NOTICE
    )
    clock.go(seconds=1)
    shop.subject("ada").merge("bob")
    for name in ("ada", "bob"):
        on = {answer.purpose: answer.on for answer in shop.standing(Who(user_id=name))}
        assert not on["individual_personalization"]
        assert on["measurement"]
    clock.go(seconds=1)
    shop.consent(Who(user_id="ada", region="DE"), {"advertising": "deny"})
    assert "individual_personalization" in _kept_for(shop, "ada")
    clock.go(seconds=1)
    shop.consent(Who(user_id="bob", region="DE"), {"measurement": "withdraw"})
    assert "measurement" not in _kept_for(shop, "ada")


def test_receipts_are_the_same_after_a_merge(shop: Shop, clock: Clock) -> None:
    """A merged person's receipts are those that were given, to the byte, and none for a repeat."""
    shop.consent(Who(user_id="bob", region="DE"), {"measurement": "withdraw"})
    before = [
        json.dumps(r.as_json()) for name in ("ada", "bob") for r in shop.subject(name).receipts()
    ]
    said = [s for name in ("ada", "bob") for s in shop.subject(name).statements()]
    clock.go(seconds=1)
    shop.consent(Who(user_id="ada", region="DE"), {"measurement": "grant"}, notice=NOTICE)
    clock.go(seconds=1)
    shop.subject("ada").merge("bob")
    after = [json.dumps(r.as_json()) for r in shop.subject("bob").receipts()]
    assert set(before) < set(after)
    assert len(after) == len(before) + 1
    assert set(said) < set(shop.subject("ada").statements())
    assert "merge" not in {s.source for s in shop.subject("ada").statements()}


def test_erasure_takes_every_name(shop: Shop) -> None:
    """After an erasure every name of the person is unknown, and nothing can be taken apart."""
    merge = shop.subject("ada").merge("bob")
    erasure = shop.subject("bob").erase()
    assert erasure.removed["subjects"] == 2
    for name in ("ada", "bob"):
        with pytest.raises(NotFound):
            shop.subject(name)
    with pytest.raises(NotFound, match="erased"):
        shop.unmerge(merge.id)


def test_models_forget_every_number(shop: Shop, clock: Clock) -> None:
    """Models that learned from both sides apart forget both when the person is erased."""
    for number in range(6):
        agree(shop, f"cook {number}")
        shop.collect([track(f"cook {number}", "Order Completed", "kettle", "teapot")])
    for name in ("ada", "bob"):
        shop.collect([track(name, "Order Completed", "lamp", "rug")])
    shop.train()
    learned = shop.models.current
    shop.subject("ada").merge("bob")
    assert shop.subject("ada").erase().models_changed
    assert shop.models.current is not learned
    assert shop.models.current.without(1) is shop.models.current
    assert shop.models.current.without(2) is shop.models.current


def _kept_for(shop: Shop, name: str) -> set[str]:
    events: Any = shop.subject(name).export()["events"]
    return {purpose for event in events for purpose in event["purposes"]}

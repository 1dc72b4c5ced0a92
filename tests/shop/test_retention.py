"""Retention removes what is past its term, in store and lake, and can say so beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from shop_worlds import Clock, agree, track

from tactful.assembly import Opened, init_shop, open_shop
from tactful.shop import Asking
from tactful.shop.background import Background
from tactful.terms import Identifier, IdentifierKind, Proof, RequestKind, RequestState

PLAN = """
[properties.size]
type = "integer"
category = "user.behavior"
purposes = ["measurement", "individual_personalization"]
retention_days = 3

[properties.shade]
type = "string"
category = "user.behavior"
purposes = ["measurement"]

[events."Hat Tried"]
purposes = ["measurement", "individual_personalization"]
properties = ["size", "shade"]

[events."Hat Worn"]
purposes = ["measurement"]
properties = ["shade"]
retention_days = 10

[traits.motto]
type = "string"
category = "user.behavior"
purposes = ["individual_personalization"]
retention_days = 5
"""

WENT = {"events": 1, "properties": 1, "traits": 1, "measurement": 1}
"""What goes of one subject after 11 days: of two events one, and of the other its size."""


@pytest.fixture
def hats(tmp_path: Path, clock: Clock) -> Iterator[Opened]:
    """Open a shop whose plan gives some things a shorter term than their purposes."""
    folder = tmp_path / "hats"
    init_shop(folder)
    (folder / "policy" / "tracking-plan.toml").write_text(PLAN, "utf-8")
    opened = open_shop(folder, clock=clock)
    yield opened
    opened.close()


def _try_and_wear(opened: Opened, user: str) -> None:
    agree(opened.shop, user)
    shade = {"properties": {"shade": "red"}}
    opened.shop.collect(
        [
            track(user, "Hat Tried") | {"properties": {"size": 4, "shade": "red"}},
            track(user, "Hat Worn") | shade,
            {"type": "identify", "userId": user, "traits": {"motto": "hats off"}},
        ]
    )


def _kept(opened: Opened, user: str) -> dict[str, dict[str, object]]:
    """Return the properties of each event that is kept of *user*, by its name."""
    events: Any = opened.shop.subject(user).export()["events"]
    return {event["event"]: dict(event["properties"]) for event in events}


def _leave_to_the_lake(opened: Opened, clock: Clock) -> None:
    """Bring every event into the lake, and let so much time pass that it is there alone."""
    opened.lake.lake.feed()
    clock.go(days=91)
    opened.lake.lake.retire()
    clock.go(minutes=10)
    opened.lake.lake.retire()
    assert opened.lake.outflow.held().lake_alone


def test_a_property_goes_at_the_end_of_its_own_term(hats: Opened, clock: Clock) -> None:
    """The plan's terms count for what is kept already, not only for what arrives late."""
    _try_and_wear(hats, "ann")
    clock.go(days=2)
    assert hats.retaining.expire(clock()).counts == {}
    clock.go(days=2)
    assert hats.retaining.expire(clock()).counts == {"properties": 1}
    assert _kept(hats, "ann") == {"Hat Tried": {"shade": "red"}, "Hat Worn": {"shade": "red"}}
    assert hats.retaining.expire(clock()).counts == {}


def test_an_event_and_a_trait_go_at_the_end_of_their_own_term(hats: Opened, clock: Clock) -> None:
    """Whatever their purposes would still allow."""
    _try_and_wear(hats, "ann")
    clock.go(days=11)
    assert hats.retaining.expire(clock()).counts == WENT
    assert _kept(hats, "ann") == {"Hat Tried": {"shade": "red"}}
    assert hats.shop.subject("ann").export()["traits"] == {}


def test_the_lake_keeps_the_plans_terms_too(hats: Opened, clock: Clock) -> None:
    """What left the store loses the same there, and is counted where it was alone."""
    _try_and_wear(hats, "ann")
    _leave_to_the_lake(hats, clock)
    assert hats.retaining.overdue(clock()).counts == WENT
    assert hats.retaining.expire(clock()).counts == WENT
    assert _kept(hats, "ann") == {"Hat Tried": {"shade": "red"}}
    assert hats.retaining.expire(clock()).counts == {}


@pytest.mark.parametrize("days", [1, 4, 11, 200, 800, 2_000])
@pytest.mark.parametrize("in_lake", [False, True])
def test_what_would_go_is_what_goes(
    hats: Opened, clock: Clock, days: int, *, in_lake: bool
) -> None:
    """A dry run counts what a run then removes, and removes nothing itself."""
    for user in ("ann", "bob", "cid"):
        _try_and_wear(hats, user)
    hats.shop.subject("cid").restrict()
    if in_lake:
        hats.lake.lake.feed()
    clock.go(days=days)
    before = _kept(hats, "ann"), _kept(hats, "cid")
    said = hats.retaining.overdue(clock())
    assert (_kept(hats, "ann"), _kept(hats, "cid")) == before
    assert ("expired", "events") not in hats.shop.totals()
    assert hats.retaining.expire(clock()) == said
    assert said.spared == 1
    assert _kept(hats, "cid") == before[1]
    assert hats.retaining.overdue(clock()).counts == {}


def test_a_date_in_the_future_is_no_way_out(opened: Opened, clock: Clock) -> None:
    """Whatever a client or a history says: an event is as old as the day on which it came."""
    agree(opened.shop, "ann", "measurement")
    ahead = (clock() + timedelta(days=9_000)).isoformat()
    said = track("ann", "Product Viewed", "kettle", timestamp=ahead)
    opened.shop.collect([said, said | {"messageId": "b", "sentAt": ahead}])
    opened.shop.import_history([said | {"messageId": "c"}], source="past")
    term = opened.shop.policy.purposes["measurement"].retention
    assert term is not None
    clock.now += term + timedelta(seconds=1)
    opened.retaining.expire(clock())
    assert opened.shop.subject("ann").export()["events"] == []


def test_restricted_only_while_it_is(hats: Opened, clock: Clock) -> None:
    """What was spared goes once the restriction is lifted."""
    _try_and_wear(hats, "ann")
    hats.shop.subject("ann").restrict()
    clock.go(days=11)
    assert hats.retaining.expire(clock()).counts == {}
    hats.shop.subject("ann").restrict(lift=True)
    clock.go(seconds=1)
    assert hats.retaining.expire(clock()).counts["events"] == 1


def test_the_chore_is_the_same_round(hats: Opened, clock: Clock) -> None:
    """What the server does once a day is what the command does."""
    _try_and_wear(hats, "ann")
    clock.go(days=11)
    chores = [chore for chore in hats.chores if chore.name == "retain"]
    Background(
        hats.work, chores, clock=clock, tallies=hats.tallies, report=lambda _name, _error: None
    ).do_due()
    assert _kept(hats, "ann") == {"Hat Tried": {"shade": "red"}}
    assert hats.shop.totals()["expired", "properties"] == 1


def test_a_stranger_keeps_nobodys_data(hats: Opened, clock: Clock) -> None:
    """Their restriction stops every use, and yet what is past its term goes; a proven one holds."""
    for user in ("ann", "bob"):
        _try_and_wear(hats, user)
    for user, proof in (("ann", None), ("bob", Proof.SIGNED_IN)):
        named = Identifier(IdentifierKind.USER_ID, user)
        kind = RequestKind.RESTRICTION
        asking = Asking(kind=kind, identifier=named, proof=proof, stranger=proof is None)
        assert hats.shop.requests.open(asking).state is RequestState.DONE
        assert hats.shop.subject(user).export()["restricted"] is True
    clock.go(days=11)
    done = hats.retaining.expire(clock())
    assert (done.counts["events"], done.spared) == (1, 1)
    assert set(_kept(hats, "bob")) == {"Hat Tried", "Hat Worn"}

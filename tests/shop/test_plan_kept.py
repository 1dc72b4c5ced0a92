"""What the tracking plan asks for is done to what arrives: masked, required, kept shorter."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from shop_worlds import Clock, agree, track

from tactful.assembly import Opened, init_shop, open_shop
from tactful.shop import Shop

PLAN = """
[properties.size]
type = "integer"
category = "user.behavior"
purposes = ["measurement"]
retention_days = 3

[properties.mail]
type = "string"
category = "user.contact.email"
purposes = ["measurement"]

[properties.note]
type = "string"
category = "user.behavior"
purposes = ["measurement"]
required = true

[events."Hat Tried"]
purposes = ["measurement"]
properties = ["size", "mail", "note"]
retention_days = 10

[traits.motto]
type = "string"
category = "user.behavior"
purposes = ["individual_personalization"]
"""
SENT = {"size": 4, "mail": "ann@example.org", "note": "for ann@example.org"}


@pytest.fixture
def planned(tmp_path: Path, clock: Clock) -> Iterator[Opened]:
    """Open a shop with a plan of its own."""
    folder = tmp_path / "planned"
    init_shop(folder)
    (folder / "policy" / "tracking-plan.toml").write_text(PLAN, "utf-8")
    opened = open_shop(folder, clock=clock)
    yield opened
    opened.close()


def _tried(shop: Shop, ago: timedelta, **properties: object) -> dict[str, object] | None:
    """Return what is kept of a hat that was tried *ago*; None for nothing."""
    agree(shop, "ann")
    at = (shop.now() - ago).isoformat()
    call = track("ann", "Hat Tried", message=f"m{ago}", timestamp=at)
    shop.collect([call | {"properties": properties or SENT}])
    events = shop.subject("ann").export()["events"]
    assert isinstance(events, list)
    return dict(events[0]["properties"]) if events else None


def _counted(shop: Shop, name: str) -> dict[str, int]:
    return {label: n for (counter, label), n in shop.totals().items() if counter == name}


def test_personal_content_is_masked_before_it_is_stored(planned: Opened) -> None:
    """And counted by property and kind; a property that is there to hold it keeps it."""
    kept = _tried(planned.shop, timedelta(0))

    assert kept == {"size": 4, "mail": "ann@example.org", "note": "for [e-mail]"}
    assert _counted(planned.shop, "masked") == {"note: e-mail": 1}


def test_no_file_of_the_store_holds_what_was_masked(planned: Opened) -> None:
    """Neither among events nor in a journal."""
    agree(planned.shop, "ann")
    call = track("ann", "Hat Tried", "for bob.hope@example.org", sessionId="x")
    call["properties"] = {"note": "bob.hope@example.org", "product_id": "bob.hope@example.org"}
    planned.shop.collect([call | {"context": {"sessionId": "bob.hope@example.org"}}])

    files = [f for f in (planned.folder / "data").rglob("*") if f.is_file()]
    assert [f for f in files if b"bob.hope" in f.read_bytes()] == []


def test_traits_are_masked_too(planned: Opened) -> None:
    """What an `identify` says of somebody besides identifiers."""
    agree(planned.shop, "ann")
    planned.shop.collect(
        [{"type": "identify", "userId": "ann", "traits": {"motto": "call +49 170 1234567"}}]
    )

    traits: Any = planned.shop.subject("ann").export()["traits"]
    assert traits["motto"]["value"] == "call [phone]"


def test_what_is_missing_is_counted_and_the_event_kept(planned: Opened) -> None:
    """A required property that is not there, or is null; the rest of the event is worth having."""
    assert _tried(planned.shop, timedelta(0), size=4) == {"size": 4}
    assert _tried(planned.shop, timedelta(1), size=4, note=None) == {"size": 4}
    assert _counted(planned.shop, "missing") == {"Hat Tried: note": 2}


def test_a_property_of_its_own_retention_is_not_kept_longer(planned: Opened) -> None:
    """An event of five days ago comes without what is kept for three."""
    assert _tried(planned.shop, timedelta(days=5), size=4, note="n") == {"note": "n"}


def test_an_event_of_its_own_retention_is_not_kept_longer(planned: Opened) -> None:
    """However long its purposes would keep it."""
    assert _tried(planned.shop, timedelta(days=11)) is None


def test_imported_history_keeps_its_past(planned: Opened) -> None:
    """What ends it is the retention job, as for every other purpose."""
    agree(planned.shop, "ann")
    at = (planned.shop.now() - timedelta(days=20)).isoformat()
    call = track("ann", "Hat Tried", timestamp=at) | {"properties": {"size": 4, "note": "n"}}

    assert planned.shop.import_history([call], source="f").kept == 1


def test_the_types_of_what_is_not_kept_are_counted(planned: Opened) -> None:
    """By name once five senders use it, with the event, and never a value."""
    for number in range(6):
        agree(planned.shop, f"s{number}")
        call = track(f"s{number}", "Hat Tried")
        planned.shop.collect([call | {"properties": {"note": "n", "brim": f"wide {number}"}}])

    assert _counted(planned.shop, "seen") == {"property|brim|string|Hat Tried": 2}
    assert _counted(planned.shop, "received") == {
        "event": 6,
        "property": 6,
        "property outside of the plan": 6,
    }

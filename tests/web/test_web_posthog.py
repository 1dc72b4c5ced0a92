"""PostHog's shape, as its clients write it: who, what, when, and what is left out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from web_worlds import World

from tactful.capabilities.collect import identifiers_of, read_posthog, region_of
from tactful.capabilities.collect.calls import Call
from tactful.terms import Identifier, IdentifierKind

LIB = {"$lib": "posthog-python", "$lib_version": "7.0.0", "$geoip_disable": True}
SOMEWHERE = {"$geoip_country_code": "US", "$geoip_subdivision_1_code": "CA"}


def captured(event: str, properties: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return an event as PostHog's clients for servers capture it."""
    return {
        "event": event,
        "distinct_id": "u-1",
        "uuid": "018f-1",
        "timestamp": "2026-03-01T12:00:00Z",
        "properties": {**LIB, **(properties or {})},
        **more,
    }


def read(*events: object) -> list[Call]:
    """Return the calls that a batch of *events* stands for."""
    import msgspec

    incoming = read_posthog(msgspec.json.encode({"api_key": "k", "batch": events}))
    assert incoming.malformed == ()
    return list(incoming.calls)


def test_an_event_is_a_track() -> None:
    """With the shop's properties; those that begin with `$` are about PostHog's own client."""
    (call,) = read(captured("Product Viewed", {"product_id": "mug", "$session_id": "s-1"}))

    assert (call.type, call.event, call.message_id) == ("track", "Product Viewed", "018f-1")
    assert call.properties == {"product_id": "mug"}
    assert call.timestamp == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert call.context == {"sessionId": "s-1"}


def test_what_is_said_of_a_place_is_read() -> None:
    """The country and state that PostHog's properties name, if the shop sets them."""
    (call,) = read(captured("Product Viewed", SOMEWHERE))

    assert region_of(call) == "US-CA"


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("$pageview", "page"),
        ("$screen", "screen"),
        ("$groupidentify", "group"),
        ("$set", "identify"),
    ],
)
def test_names_of_its_own_say_what_segment_says(event: str, kind: str) -> None:
    """A page is a page."""
    (call,) = read(captured(event))

    assert call.type == kind


@pytest.mark.parametrize("inside", [True, False], ids=["in properties", "beside them"])
def test_traits_are_found_wherever_they_stand(*, inside: bool) -> None:
    """The clients for Node and Python differ; what is set outranks what is set once."""
    said = {"$set": {"language": "fr"}, "$set_once": {"language": "de", "name": "Ada"}}
    event = captured("$identify", said) if inside else captured("$identify", **said)

    (call,) = read(event)

    assert call.traits == {"language": "fr", "name": "Ada"}


def test_an_event_can_set_traits_by_the_way() -> None:
    """It is an identify and a track."""
    calls = read(captured("Product Viewed", {"product_id": "mug", "$set": {"language": "fr"}}))

    assert [call.type for call in calls] == ["identify", "track"]
    assert calls[0].traits == {"language": "fr"}


@pytest.mark.parametrize(
    ("properties", "kind"),
    [
        ({}, IdentifierKind.USER_ID),
        ({"$process_person_profile": False}, IdentifierKind.ANONYMOUS_ID),
        ({"$device_id": "u-1"}, IdentifierKind.ANONYMOUS_ID),
        ({"$device_id": "d-1"}, IdentifierKind.USER_ID),
    ],
    ids=["a shop's id", "without a profile", "the device itself", "on a device"],
)
def test_a_distinct_id_is_of_a_person_or_a_browser(
    properties: dict[str, object], kind: IdentifierKind
) -> None:
    """As the client says; a device is linked to nobody by being used."""
    (call,) = read(captured("Product Viewed", properties))

    assert identifiers_of(call) == (Identifier(kind, "u-1"),)


def test_identify_and_alias_link() -> None:
    """The browser's id before, or another of the shop's."""
    known, other = read(
        captured("$identify", {"$anon_distinct_id": "a-1"}),
        captured("$create_alias", {"alias": "u-0"}),
    )

    assert [i.value for i in identifiers_of(known)] == ["u-1", "a-1"]
    assert [i.value for i in identifiers_of(other)] == ["u-1", "u-0"]


def test_one_bad_event_does_not_take_the_others_with_it(world: World) -> None:
    """It is named by its place in the batch, however many calls its neighbours stand for."""
    both = captured("Product Viewed", {**SOMEWHERE, "product_id": "mug", "$set": {"name": "A"}})
    bad = captured("Product Viewed", distinct_id=None)
    body = {"api_key": world.keys.write_key, "batch": [both, bad, 7]}

    answer = world.post("/batch/", body, key=None)

    assert answer.status_code == 200
    assert [one["index"] for one in answer.json()["rejected"]] == [1, 2]
    assert world.kept() == 1


def test_time_is_corrected_by_the_senders_clock(world: World) -> None:
    """`sent_at` tells how wrong it goes."""
    wrong = datetime.now(UTC) - timedelta(hours=5)
    event = captured("Product Viewed", {**SOMEWHERE, "product_id": "mug"})
    body = {"api_key": world.keys.write_key, "sent_at": wrong.isoformat()}

    world.post("/batch/", {**body, "batch": [{**event, "timestamp": wrong.isoformat()}]}, key=None)

    (kept,) = world.known_about("u-1")["events"]
    assert datetime.now(UTC) - datetime.fromisoformat(kept["time"]) < timedelta(minutes=1)


@pytest.mark.parametrize("path", ["/flags/?v=2", "/decide/?v=3"])
def test_questions_about_flags_are_answered(quiet: World, path: str) -> None:
    """There are none, which is no error: the clients ask by themselves."""
    answer = quiet.post(path, {"api_key": "any", "distinct_id": "u-1"}, key=None)

    assert answer.status_code == 200
    assert answer.json()["featureFlags"] == {}
    assert answer.json()["errorsWhileComputingFlags"] is False


def test_segments_shape_is_taken_on_its_route(world: World) -> None:
    """As it always was."""
    call = {"type": "track", "event": "Product Viewed", "userId": "u-1", "properties": {}}
    body = {"writeKey": world.keys.write_key, "batch": [{**call, "context": {"region": "US-CA"}}]}

    assert world.post("/batch", body, key=None).json() == {"success": True}
    assert world.kept() == 1

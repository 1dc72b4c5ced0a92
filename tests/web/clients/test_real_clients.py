"""Every client of `docs/reference/clients.md`, as its makers ship it, against a running server."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from client_worlds import Person, events, grant, known, tallied
from network_worlds import network
from senders_worlds import CLIENTS, Client
from server_worlds import Running

DUPLICATES = 'tactful_calls_total{outcome="duplicate"}'
THEN = (datetime.now(UTC) - timedelta(hours=3)).replace(microsecond=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """
    What a client sent, and what was found afterwards.

    Of `ada`, whom the shop knows, of `eve`, who is only a browser, and of `bob`, who says no in the
    very call: once before they said yes, and once after, when the first answer is lost.
    """

    client: Client
    before: list[dict[str, Any]]
    ada: dict[str, Any]
    eve: list[dict[str, Any]]
    bob: dict[str, Any]
    lost: int
    duplicates: int


@pytest.fixture(scope="module", params=CLIENTS.values(), ids=list(CLIENTS))
def story(request: pytest.FixtureRequest, server: Running) -> Story:
    """Run the client twice; what becomes of what it sends is all that the tests look at."""
    client, key, name = request.param, server.keys.write_key, uuid.uuid4().hex
    ada, eve = Person(user_id=f"ada-{name}"), Person(anonymous_id=f"eve-{name}")
    bob = Person(user_id=f"bob-{name}")
    client.send(server.address, key, [*said_by(ada, "mug"), *said_by(eve, "mug")])
    before = [known(server, ada.user_id or ""), *events(server, eve)]
    for person in (ada, eve, bob):
        grant(server, person)
    counted = tallied(server, DUPLICATES)
    losing, copies = (1, 1) if client.tries_again else (0, 2)
    with network(server.address, losing=losing, copies=copies) as between:
        told = [*said_by(ada, "teapot", client), *said_by(eve, "kettle", client)]
        no = {"consent": {"Personalization": False}} if client.says_consent else {}
        client.send(between.address, key, [*told, looked_at(bob, "mug", **no)])
    return Story(
        client=client,
        before=[one for one in before if one],
        ada=known(server, ada.user_id or ""),
        eve=events(server, eve),
        bob=known(server, bob.user_id or ""),
        lost=between.lost,
        duplicates=int(tallied(server, DUPLICATES) - counted),
    )


def said_by(person: Person, item: str, client: Client | None = None) -> list[dict[str, Any]]:
    """Return all that a client can say of *person*, at another time than now if it can say that."""
    when = {"timestamp": THEN.isoformat()} if client and client.says_when else {}
    page = {"kind": "page", **person.names, "properties": {}}
    traits = {"kind": "identify", **person.names, "traits": {"language": "fr", "shoe": 43}}
    calls = [looked_at(person, item, **when), page]
    return [*calls, traits] if person.user_id else calls


def looked_at(person: Person, item: str, **more: Any) -> dict[str, Any]:
    """Return the call of *person* who looked at *item*."""
    properties = {"product_id": item, "price": 12.5, "currency": "EUR"}
    event = {"kind": "track", "event": "Product Viewed", "properties": properties}
    return {**event, **person.names, **more}


def test_nothing_is_kept_of_anybody_before_a_yes(story: Story) -> None:
    """The client is answered as always, and nobody is known afterwards."""
    assert story.before == []


@pytest.mark.parametrize(("who", "item"), [("ada", "teapot"), ("eve", "kettle")])
def test_name_item_and_time_are_kept_after_a_yes(story: Story, who: str, item: str) -> None:
    """By the shop's id or by the browser's alone; each once, although it came twice."""
    kept = story.ada["events"] if who == "ada" else story.eve
    found = sorted((event["event"], event["items"]) for event in kept)
    assert found == [("Product Viewed", [item]), ("page", [])]
    viewed = next(event for event in kept if event["items"])
    expected = THEN if story.client.says_when else datetime.now(UTC)
    assert abs(datetime.fromisoformat(viewed["time"]) - expected) < timedelta(minutes=2)


def test_declared_traits_are_kept_after_a_yes(story: Story) -> None:
    """Wherever the client puts them; what the plan does not declare is not."""
    assert story.ada["traits"] == {"language": "fr"}


def test_a_no_in_the_call_is_heard(story: Story) -> None:
    """A category that was refused ends what was allowed, from that very call on."""
    if not story.client.says_consent:
        pytest.skip("this client carries no consent")
    assert story.bob["events"] == []
    assert "signal:categories" in {said["source"] for said in story.bob["statements"]}


def test_what_is_sent_again_is_counted_as_a_duplicate(story: Story) -> None:
    """The client has really sent it again, and every event is there once."""
    assert story.lost == (1 if story.client.tries_again else 0)
    assert story.duplicates > 0

"""History through HTTP: original times stay with the secret key, and only with it."""

from __future__ import annotations

from datetime import UTC, datetime

from web_worlds import World, viewed

LONG_AGO = "2015-03-01T12:00:00+00:00"


def imported(world: World, key: str) -> list[dict[str, object]]:
    """Import a view of long ago with *key*; return what is kept."""
    call = viewed(timestamp=LONG_AGO, messageId=f"m-{key}")
    body = {"batch": [call], "sentAt": datetime.now(UTC).isoformat()}
    assert world.post("/v1/import", body, key=key).status_code == 200
    answer = world.send("GET", "/v1/subjects/u-1", key="secret")
    events: list[dict[str, object]] = answer.json().get("events", [])
    return events


def test_the_shop_imports_its_past_with_its_times(world: World) -> None:
    """However long ago: the date is kept, and the source says that it was imported."""
    (event,) = imported(world, "secret")

    assert datetime.fromisoformat(str(event["time"])) == datetime.fromisoformat(LONG_AGO)
    assert event["source"] == "import:api"


def test_a_page_cannot_import_a_past(world: World) -> None:
    """With the write key it is a batch like any other: what is past its term is not kept."""
    assert imported(world, "public") == []


def test_an_import_is_stored_once(world: World) -> None:
    """Sent again after a failure, nothing is there twice."""
    imported(world, "secret")

    assert len(imported(world, "secret")) == 1

"""Journeys through a real server: a process of its own, on a port of loopback."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from segment.analytics.client import Client
from server_worlds import Running, free_port, running
from web_worlds import CALIFORNIA, basic, viewed

from tactful.assembly import init_shop, open_shop
from tactful.terms import Busy
from tactful.web.server import serve


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return a running server, shared by the tests of this module."""
    with running(tmp_path_factory.mktemp("served") / "shop") as found:
        yield found


@pytest.mark.parametrize("zipped", [True, False])
def test_a_real_client_is_heard_if_its_subject_allows_it(
    server: Running,
    zipped: bool,  # noqa: FBT001
) -> None:
    """Events of segment-analytics-python arrive with consent, and only with it."""
    yes, no = f"yes-{zipped}", f"no-{zipped}"
    said = {
        "userId": yes,
        "statements": {"individual_personalization": "grant"},
        "notice": "privacy@1",
        "region": "DE",
        "writeKey": server.keys.write_key,
    }
    assert httpx.post(f"{server.address}/v1/consent", json=said).is_success

    errors: list[Exception] = []
    client = Client(
        server.keys.write_key,
        host=server.address,
        gzip=zipped,
        max_retries=0,
        on_error=lambda error, _: errors.append(error),
    )
    for user_id in (yes, no):
        client.track(user_id, "Product Viewed", {"product_id": "mug"}, context={"region": "DE"})
    client.shutdown()

    assert errors == []
    assert server.events_of(yes) == ["Product Viewed"]
    assert server.events_of(no) == []


def test_a_body_of_10_mb_is_turned_away_unread(server: Running) -> None:
    """The sender gets to read the 413, and the connection is not held for the rest."""
    answer = httpx.post(f"{server.address}/v1/batch", content=b" " * 10_000_000)

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_stopping_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Told to stop while calls come in, the server keeps every one that it answered with 200."""
    with running(tmp_path / "shop") as server:
        answered: list[str] = []
        sender = threading.Thread(target=send_until_gone, args=(server, answered))
        sender.start()
        while len(answered) < 50:
            time.sleep(0.01)
        logged = server.stop()
        sender.join()

        assert server.process.returncode == 0
        assert '"stopped"' in logged
        assert "Traceback" not in logged
        with open_shop(server.folder).shop as shop:
            events = shop.subject("u-1").export()["events"]
        assert isinstance(events, list)
        kept = {event["items"][0] for event in events}
        assert set(answered) - kept == set()


def send_until_gone(server: Running, answered: list[str]) -> None:
    """Post one call after the other until nobody listens; note those that were acknowledged."""
    headers = {"authorization": basic(server.keys.write_key)}
    with httpx.Client(headers=headers) as client:
        for number in range(100_000):
            try:
                answer = client.post(
                    f"{server.address}/v1/track",
                    json=viewed(f"item-{number}", messageId=f"m-{number}", context=CALIFORNIA),
                )
            except httpx.TransportError:
                return
            if answer.is_success:
                answered.append(f"item-{number}")


def test_a_second_server_on_the_folder_is_told_so(server: Running) -> None:
    """One folder is served by one process; the second is told which one, in one line."""
    with pytest.raises(Busy, match=r"another server runs on this folder \(process \d+\)"):
        serve(server.folder, port=free_port())


def test_a_port_in_use_is_told_before_anything_starts(server: Running, tmp_path: Path) -> None:
    """The message names the port and what to do, and the shop is let go of again."""
    init_shop(tmp_path / "other")
    port = int(server.address.rpartition(":")[2])

    for _ in range(2):
        with pytest.raises(Busy, match=f"port {port} of 127.0.0.1 is in use"):
            serve(tmp_path / "other", port=port)

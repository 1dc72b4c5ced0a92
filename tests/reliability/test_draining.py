"""A server that is told to stop: what it has begun it finishes, or says that it did not."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
from plug_worlds import Plug, until
from sender_worlds import held_up, view

from tactful.assembly import open_shop

BATCHES = 8
ANSWER_SECONDS = 0.5


@contextmanager
def under_way(plug: Plug) -> Iterator[list[Future[httpx.Response]]]:
    """Have batches sent to *plug*, whose store is held up, and yield the answers to come."""
    with ThreadPoolExecutor(BATCHES) as pool:
        sent = [pool.submit(_send, plug, f"s-{n}") for n in range(BATCHES)]
        until(lambda: _waiting(plug) == BATCHES)
        yield sent


def test_what_was_begun_is_answered_and_kept(plug: Plug) -> None:
    """
    Told to stop while batches wait for the disk, a server answers each of them, and then ends.

    It takes no new connection meanwhile, ends with status 0, and all that it answered is kept.
    """
    plug.serve()
    with held_up(plug.folder) as let_go, under_way(plug) as sent:
        os.kill(plug.pid, signal.SIGTERM)
        until(lambda: not _connects(plug))
        time.sleep(ANSWER_SECONDS)
        assert plug.running.process.is_alive()
        let_go()
        answers = [answer.result() for answer in sent]
    assert [answer.status_code for answer in answers] == [200] * BATCHES
    assert plug.running.ended() == 0
    with open_shop(plug.folder).shop as shop:
        kept = [shop.subject(f"s-{n}").export()["events"] for n in range(BATCHES)]
        assert [len(events) for events in kept if isinstance(events, list)] == [3] * BATCHES
        assert shop.totals()["events", "kept"] == 3 * BATCHES


def test_balancers_hear_of_it_first(plug: Plug) -> None:
    """With `drain_seconds`, a server says at `/readyz` that it drains, and answers meanwhile."""
    plug.serve(drain_seconds=2)
    os.kill(plug.pid, signal.SIGTERM)
    until(lambda: plug.get("/readyz").status_code == 503)
    assert plug.get("/readyz").json()["reasons"] == ["draining: the server is stopping"]
    assert _send(plug, "late").status_code == 200
    assert plug.running.ended() == 0
    lines = [json.loads(line) for line in plug.running.logged.splitlines()]
    assert [line["event"] for line in lines][-1] == "stopped"


@pytest.mark.parametrize("why", ["told to stop twice", "not done in time"])
def test_it_ends_in_any_case(plug: Plug, why: str) -> None:
    """Told twice, or past `stop_seconds`, a server ends at once and says so by its status."""
    plug.serve(stop_seconds=0.5 if why == "not done in time" else 60)
    assert _send(plug, "before").status_code == 200
    with held_up(plug.folder), under_way(plug) as sent:
        os.kill(plug.pid, signal.SIGTERM)
        until(lambda: "draining" in plug.running.logged)
        if why == "told to stop twice":
            os.kill(plug.pid, signal.SIGTERM)
        assert plug.running.ended() == 1
        assert {type(answer.exception()) for answer in sent} <= {
            httpx.RemoteProtocolError,
            httpx.ReadError,
        }
    assert f'"why": "{why}"' in plug.running.logged
    plug.restart()
    assert len(plug.get("/v1/subjects/before", secret=True).json()["events"]) == 3


def _send(plug: Plug, sender: str) -> httpx.Response:
    return plug.post("/v1/batch", {"batch": [view(sender, f"{n}") for n in range(3)]})


def _waiting(plug: Plug) -> int:
    text = plug.get("/metrics").text
    lines = [line for line in text.splitlines() if line.startswith("tactful_calls_waiting ")]
    return int(float(lines[0].split()[-1])) // 3


def _connects(plug: Plug) -> bool:
    try:
        plug.get("/healthz")
    except httpx.TransportError:
        return False
    return True

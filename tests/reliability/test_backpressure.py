"""A server whose disk is held up: it turns senders away before its memory grows."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from plug_worlds import Plug, until
from sender_worlds import held_up, view

SENDERS = 40
CALLS = 30
PADDING = "x" * 40_000
BODY_BYTES = CALLS * len(PADDING)
HELD_SECONDS = 1.0
MEGABYTE = 1_000_000

ROOM: dict[str, dict[str, Any]] = {
    "bytes": {"queue_megabytes": 8, "queue_calls": 1_000_000},
    "calls": {"queue_megabytes": 8_000, "queue_calls": 4 * CALLS},
}


@pytest.mark.parametrize("full", ROOM)
def test_senders_are_turned_away_before_memory_grows(plug: Plug, full: str) -> None:
    """
    A flood of which nothing can be written is answered 429, but for what the queue holds.

    The server holds less than half of what was sent; once the disk goes on it answers what
    waited, takes what is sent again, and has everything that it acknowledged.
    """
    plug.serve(**ROOM[full])
    assert _send(plug, "warm", 0).status_code == 200
    before = plug.memory()
    with ThreadPoolExecutor(SENDERS) as pool:
        with held_up(plug.folder):
            sent = [pool.submit(_send, plug, f"s-{n}", n) for n in range(SENDERS)]
            until(lambda: _figure(plug, f'turned_away_total{{full="{full}"}}') > SENDERS // 2)
            time.sleep(HELD_SECONDS)
            peak = plug.memory()
            assert _figure(plug, "oldest_request_seconds") >= HELD_SECONDS
            assert _figure(plug, "requests_waiting") > 0
            if full == "bytes":
                assert 0 < _figure(plug, "bytes_waiting") <= 8 * MEGABYTE
        answers = {n: answer.result() for n, answer in enumerate(sent)}
    away = [n for n, answer in answers.items() if answer.status_code == 429]
    assert {answer.status_code for answer in answers.values()} == {200, 429}
    assert {answers[n].headers["retry-after"] for n in away} == {"1"}
    assert peak - before < SENDERS * BODY_BYTES / 2
    assert [_send(plug, f"s-{n}", n).status_code for n in away] == [200] * len(away)
    for n in range(SENDERS):
        found = plug.get(f"/v1/subjects/s-{n}", secret=True).json()["events"]
        assert len(found) == CALLS
    assert _figure(plug, "bytes_waiting") == 0


def _send(plug: Plug, sender: str, number: int) -> httpx.Response:
    calls = [view(sender, f"{number}-{place}") | {"junk": PADDING} for place in range(CALLS)]
    return plug.post("/v1/batch", {"batch": calls})


def _figure(plug: Plug, name: str) -> float:
    """Return a figure of `/metrics`; 0 where it was never counted."""
    lines = plug.get("/metrics").text.splitlines()
    found = [line for line in lines if line.startswith(f"tactful_{name} ")]
    return float(found[0].split()[-1]) if found else 0.0

"""Where the disk is full or read-only: nothing is lost, nothing is claimed, and it passes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from disk_worlds import Disk, LimitedFiles, SmallDisk, mounted
from plug_worlds import Plug, free_port, until
from sender_worlds import BATCH, choice, last_word, view

from tactful.terms import Trouble
from tactful.web.server import serve

FAILURES = 200
DISKS = {"a limit on files": LimitedFiles, "a small disk": SmallDisk}


@pytest.fixture(params=DISKS)
def disk(request: pytest.FixtureRequest, plug: Plug) -> Iterator[Disk]:
    """Return a disk on which a shop is served."""
    kind = DISKS[request.param]
    with ExitStack() as stack:
        if kind is SmallDisk:
            stack.enter_context(mounted(plug.folder / "data"))
        with plug.serve():
            yield kind(plug)


def test_a_full_disk_costs_nothing_acknowledged(disk: Disk) -> None:
    """
    Full, a server turns away what it cannot write with 503, and goes on with what it can do.

    What was said stands as it was: a withdrawal that was not written down is not claimed, and no
    answer is given by it. With space again all is well, without a restart and after one.
    """
    plug = disk.plug
    assert _say(plug, "ann", "grant").status_code == 200
    assert _say(plug, "carl", "grant").status_code == 200
    kept = _views(plug, "carl", 0)
    before = _decided(plug, "ann")
    disk.fill()
    number, kept = _until_full(plug, kept)
    disk.fill(spare=0)

    _is_away(_say(plug, "ann", "withdraw"))
    _is_away(_say(plug, "bob", "grant"))
    _is_away(plug.delete("/v1/subjects/carl"))
    assert (_stands(plug, "ann"), _stands(plug, "bob")) == ("grant", None)
    assert _decided(plug, "ann") == before
    assert _items(plug, "carl") == kept
    assert plug.get("/healthz").status_code == 200
    assert plug.get("/readyz").status_code == 503
    assert "tactful_commits_failed_total" in plug.get("/metrics").text

    disk.free()
    until(lambda: plug.get("/readyz").status_code == 200)
    kept += _views(plug, "carl", number)
    assert _say(plug, "ann", "withdraw").status_code == 200
    assert (_stands(plug, "ann"), _items(plug, "carl")) == ("withdraw", kept)
    plug.kill()
    plug.restart()
    assert (_stands(plug, "ann"), _items(plug, "carl")) == ("withdraw", kept)


def test_a_storm_of_failures_is_a_line_a_second(plug: Plug) -> None:
    """Hundreds of requests that fail in a second leave a line a second, which counts the rest."""
    plug.serve()
    for number in range(10):
        _views(plug, "jane", number)
    LimitedFiles(plug).fill(spare=0)
    begun = time.monotonic()
    with plug.client() as client:
        for number in range(FAILURES):
            body = {"batch": [view(f"jane-{number}", "x" * 100)]}
            assert client.post(f"{plug.address}/v1/batch", json=body).status_code == 503
    plug.limit_files()
    plug.stop()
    seconds = time.monotonic() - begun
    lines = [json.loads(line) for line in plug.running.logged.splitlines()]
    failures = [
        line for line in lines if line.get("level") != "info" or line.get("status", 0) > 399
    ]
    assert len(failures) <= seconds + 4  # the last are said at the end, one of a kind
    requests = [line for line in failures if line.get("status") == 503]
    assert sum(1 + line.get("more", 0) for line in requests) == FAILURES
    assert "jane" not in plug.running.logged


def test_a_folder_that_cannot_be_written_is_refused(plug: Plug) -> None:
    """A server does not start on what it could not write to, and says where and what to do."""
    plug.serve().stop()
    for folder in (plug.folder / "data", plug.folder):
        with _read_only(folder), pytest.raises(Trouble, match="read-only") as refused:
            serve(plug.folder, port=free_port())
        assert str(folder) in str(refused.value)


def _read_only(folder: Path) -> ExitStack:
    """Let nobody write in *folder*, whoever they are."""
    stack = ExitStack()
    stack.enter_context(mounted(folder, read_only=True))
    return stack


def _until_full(plug: Plug, kept: list[str]) -> tuple[int, list[str]]:
    """Send batches until one is turned away; return its number, and what was taken."""
    for number in range(1, 10_000):
        answer = _send(plug, "carl", number)
        if answer.status_code != 200:
            _is_away(answer)
            return number, kept
        kept = kept + _names(number)
    raise AssertionError("it never filled up")


def _views(plug: Plug, sender: str, number: int) -> list[str]:
    answer = _send(plug, sender, number)
    assert answer.status_code == 200, answer.text
    return _names(number)


def _send(plug: Plug, sender: str, number: int) -> httpx.Response:
    return plug.post("/v1/batch", {"batch": [view(sender, item) for item in _names(number)]})


def _names(number: int) -> list[str]:
    return [f"{number}-{place}-{'x' * 90}" for place in range(BATCH)]


def _is_away(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert answer.headers["retry-after"] == "30"
    assert answer.headers["content-type"] == "application/problem+json"


def _say(plug: Plug, name: str, kind: str) -> httpx.Response:
    return plug.post("/v1/consent", choice(name, kind))


def _stands(plug: Plug, name: str) -> str | None:
    answer = plug.get(f"/v1/consent?userId={name}&region=DE", secret=True)
    assert answer.status_code == 200, answer.text
    return last_word(answer.json())


def _decided(plug: Plug, name: str) -> tuple[object, object]:
    ask = {"slot": "for-you", "userId": name, "context": {"region": "DE"}}
    answer = plug.post("/v1/decide", ask)
    assert answer.status_code == 200, answer.text
    return answer.json()["level"], answer.json()["refused"]


def _items(plug: Plug, name: str) -> list[str]:
    answer = plug.get(f"/v1/subjects/{name}", secret=True)
    return [event["items"][0] for event in answer.json()["events"]]

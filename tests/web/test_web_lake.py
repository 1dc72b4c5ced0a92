"""A server does its chores beside the serving, says so in its figures, and stops when told."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from server_worlds import Running, running
from structlog.testing import capture_logs
from web_worlds import basic, viewed

from tactful.assembly import init_shop, open_shop
from tactful.shop import Who
from tactful.shop.background import Chore
from tactful.web.chores import background_of

CHORES = ("compact", "feed", "forget", "retain", "retire")


def figures(server: Running) -> dict[str, float]:
    """Return the figures of the server, by name and label."""
    headers = {"authorization": f"Bearer {server.keys.secret_key}"}
    lines = httpx.get(f"{server.address}/metrics", headers=headers).text.splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def see(server: Running) -> None:
    """Let somebody agree, and look at something."""
    said = {
        "userId": "ann",
        "statements": {"individual_personalization": "grant"},
        "notice": "privacy@1",
        "region": "DE",
        "writeKey": server.keys.write_key,
    }
    assert httpx.post(f"{server.address}/v1/consent", json=said).is_success
    body = {"batch": [viewed(userId="ann")]}
    key = {"authorization": basic(server.keys.write_key)}
    assert httpx.post(f"{server.address}/v1/batch", json=body, headers=key).is_success


def test_chores_are_done_and_counted(tmp_path: Path) -> None:
    """Soon after its start a server has done every chore, and its figures say so."""
    with running(tmp_path / "shop") as server:
        see(server)
        wanted = {f'tactful_chores_total{{chore="{name} done"}}' for name in CHORES}
        last = time.monotonic() + 60
        while not wanted <= figures(server).keys():
            assert time.monotonic() < last, figures(server)
            time.sleep(0.1)
        found = figures(server)
        assert found["tactful_lake_damaged"] == 0
        assert found["tactful_lake_rows"] + found["tactful_lake_waiting_rows"] == 1
        logged = [json.loads(line) for line in server.stop().splitlines()]
        assert {line["event"] for line in logged} == {"serving", "request", "draining", "stopped"}
        assert server.process.returncode == 0


def test_a_chore_that_fails_is_said_once(tmp_path: Path) -> None:
    """A lake that cannot be written is logged when that begins, and when it is over."""
    init_shop(tmp_path / "shop")
    clock = Clock()
    opened = open_shop(tmp_path / "shop", clock=clock)
    opened.shop.consent(Who(user_id="ann"), {"measurement": "grant"}, notice="privacy@1")
    call = {"type": "track", "event": "Product Viewed", "userId": "ann", "messageId": "1"}
    opened.shop.collect([call])
    in_the_way = tmp_path / "shop" / "data" / "lake"
    in_the_way.write_text("no folder", encoding="utf-8")
    doing = background_of(opened)
    with capture_logs() as logged:
        for _ in range(3):
            doing.do_due()
            clock.now += timedelta(hours=1)
        in_the_way.unlink()
        doing.do_due()
    opened.close()
    assert [(line["event"], line["chore"]) for line in logged] == [
        ("chore failed", "feed"),
        ("chore works again", "feed"),
    ]
    assert "cannot lock" in logged[0]["says"]
    assert "userId" not in str(logged)


def test_what_is_unexpected_is_logged_without_its_message(tmp_path: Path) -> None:
    """Of an error that nobody foresaw, only the kind and the place are logged: it may quote."""
    init_shop(tmp_path / "shop")
    opened = open_shop(tmp_path / "shop")

    def fail(_: object) -> None:
        raise ValueError("ann@example.com is not a number")

    chores = (Chore(name="odd", every=timedelta(hours=1), do=fail),)
    with capture_logs() as logged:
        background_of(replace(opened, chores=chores)).do_due()
    opened.close()
    assert [line["event"] for line in logged] == ["chore failed", "unexpected error"]
    assert logged[1]["kind"] == "ValueError"
    assert "ann@" not in str(logged)


class Clock:
    """A clock that the test moves."""

    now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

"""`tactful doctor` looks over disk, store and time, and says what to do."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import NamedTuple

import pytest
from cli_worlds import Run

from tactful.adapters.sqlite.days import to_ms
from tactful.adapters.sqlite.migrate import HEAD

GIGABYTE = 1_000_000_000


class Usage(NamedTuple):
    """What a disk says of itself."""

    total: int
    used: int
    free: int


def found(run: Run, check: str) -> list[tuple[str, str]]:
    """Return state and words of what *check* found."""
    checks = run("doctor", "--json").json["checks"]
    return [(each["state"], each["says"]) for each in checks if each["check"] == check]


def change(run: Run, statement: str, *values: object) -> None:
    """Change something in the store of *run*, past the shop."""
    with closing(sqlite3.connect(run.folder / "data" / "store.db")) as db, db:
        db.execute(statement, values)


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        ((100, 50), ("ok", "50.0 GB free (50%)")),
        ((1_000, 40), ("note", "40.0 GB free (4%): free some space")),
        ((2, 0.5), ("note", "0.5 GB free (25%): free some space")),
        ((2, 0.04), ("unsafe", "0.0 GB free (2%): free some space")),
    ],
    ids=["plenty", "a small share", "little", "next to none"],
)
def test_space_on_the_disk(
    usage: tuple[float, float],
    expected: tuple[str, str],
    empty: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """How much is free and which share of all: little is a note, next to nothing unsafe."""
    told = Usage(int(usage[0] * GIGABYTE), 0, int(usage[1] * GIGABYTE))
    monkeypatch.setattr("tactful.cli.surroundings.shutil.disk_usage", lambda _: told)

    ((state, says),) = found(empty, "disk")

    assert state == expected[0]
    assert says.startswith(expected[1])


def test_for_how_many_days_the_disk_lasts(taught: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rate is that of the last week, by the space that an event takes here."""
    usage = Usage(100 * GIGABYTE, 0, 50 * GIGABYTE)
    monkeypatch.setattr("tactful.cli.surroundings.shutil.disk_usage", lambda _: usage)
    ((state, says),) = found(taught, "disk")
    assert state == "ok"
    assert "days at the rate of the last week" in says

    pages = "2000000000"  # what this store would grow by in a day is made to look large
    monkeypatch.setattr(
        "tactful.adapters.sqlite.condition._pragma",
        lambda _, name: {"page_count": pages, "page_size": 4}.get(name, {"journal_mode": "wal"}),
    )
    ((state, says),) = found(taught, "disk")
    assert state == "note"
    assert ", for 6 days at the rate of the last week: free some space" in says


def test_a_store_that_does_not_keep_its_promises(
    empty: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Commits that are not synced, or deletions that leave bytes, are unsafe."""
    ((state, says),) = found(empty, "store")
    assert state == "ok"
    assert says.startswith(f"opens, version {HEAD};")
    assert says.endswith("each commit is synced")
    monkeypatch.setattr(
        "tactful.adapters.sqlite.condition._pragma",
        lambda _, name: {"journal_mode": "delete", "synchronous": 1, "secure_delete": 0}[name],
    )
    ((state, says),) = found(empty, "store")
    assert state == "unsafe"
    for word in ("write-ahead log", "not synced", "not wiped", "move it to a local disk"):
        assert word in says
    assert empty("doctor").code == 1


def test_statements_that_are_still_to_come(taught: Run) -> None:
    """A clock that was ahead dates consents wrongly: what is said now would not count."""
    assert found(taught, "time") == []
    soon = datetime.now(UTC) + timedelta(days=2)
    change(taught, "UPDATE statements SET at = ?", to_ms(soon) * 1000)

    ((state, says),) = found(taught, "time")

    assert state == "unsafe"
    assert f"{soon:%Y-%m-%d}" in says
    assert "set the system's clock" in says


def test_events_that_are_still_to_come(taught: Run) -> None:
    """They are a note: nothing is lost, but what is recent is wrong."""
    soon = datetime.now(UTC) + timedelta(days=2)
    change(taught, "UPDATE days SET newest = ?", to_ms(soon))

    ((state, says),) = found(taught, "time")

    assert state == "note"
    assert "set by a time server" in says


def test_clocks_that_are_apart(empty: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk's clock and the running server's are held against ours."""
    monkeypatch.setattr("tactful.cli.surroundings._apart_from_disk", lambda _: -3600.0)
    with dated_server("Mon, 01 Jan 2024 00:00:00 GMT") as port:
        monkeypatch.setenv("TACTFUL_SERVER_PORT", str(port))
        told = found(empty, "time")

    assert [state for state, _ in told] == ["note", "note"]
    assert told[0][1].startswith("the disk's clock is -3600 s from ours")
    assert told[1][1].startswith("the server's clock is -")


def test_a_server_whose_time_cannot_be_read(empty: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else answers there is no reason to fail."""
    with dated_server("half past nine") as port:
        monkeypatch.setenv("TACTFUL_SERVER_PORT", str(port))
        assert found(empty, "time") == []


@contextmanager
def dated_server(date: str) -> Iterator[int]:
    """Answer everything with *date* in the header, and yield the port."""

    class Dated(BaseHTTPRequestHandler):
        """Knows one date."""

        def do_GET(self) -> None:
            """Answer."""
            self.send_response_only(200)
            self.send_header("date", date)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Dated) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()

"""`tactful lake` says how the history of events is kept; doctor and metrics say so too."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_worlds import run

from tactful.assembly import init_shop, open_shop
from tactful.shop import Who


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Make a shop with two events of somebody who allows it."""
    folder = tmp_path / "shop"
    init_shop(folder)
    opened = open_shop(folder)
    opened.shop.consent(Who(user_id="ann"), {"measurement": "grant"}, notice="privacy@1")
    calls = [
        {"type": "track", "event": "Product Viewed", "userId": "ann", "messageId": str(n)}
        for n in range(2)
    ]
    opened.shop.collect(calls)
    opened.close()
    return folder


def feed(folder: Path) -> None:
    """Bring everything into the lake."""
    opened = open_shop(folder)
    opened.lake.lake.feed()
    opened.close()


def answer(*words: str) -> dict[str, object]:
    """Return what a command prints as JSON."""
    found: dict[str, object] = run(*words, "--json").json
    return found


def test_status(shop: Path) -> None:
    """The status says what waits, and what is there once it was fed."""
    before = answer("lake", "status", "--shop", str(shop))
    assert (before["rows"], before["waiting"], before["fedAt"]) == (0, 2, None)
    feed(shop)
    after = answer("lake", "status", "--shop", str(shop))
    assert (after["rows"], after["waiting"], after["watermark"]) == (2, 0, 1)
    assert "2 rows in 1 files" in run("lake", "status", "--shop", str(shop)).out


def test_compact(shop: Path) -> None:
    """Compacting says what is left."""
    assert "0 buckets" in run("lake", "compact", "--shop", str(shop)).out
    feed(shop)
    assert answer("lake", "compact", "--shop", str(shop))["files"] == 1
    assert "2 rows take" in run("lake", "compact", "--shop", str(shop)).out


def test_verify(shop: Path) -> None:
    """A day that both hold is the same; a lake that lacks a file is refused, in one line."""
    feed(shop)
    found = answer("lake", "verify", "--shop", str(shop))
    assert found["ok"] is True
    assert "same" in run("lake", "verify", "--shop", str(shop)).out
    for path in (shop / "data" / "lake").rglob("bucket=*/*.parquet"):
        path.unlink()
    failed = run("lake", "verify", "--shop", str(shop))
    assert failed.code == 1
    assert "the store goes on without it" in failed.err


def test_doctor_looks_at_the_lake(shop: Path) -> None:
    """Doctor says what waits, when data was last let go, and that a damaged lake is unsafe."""

    def says() -> dict[str, tuple[str, str]]:
        result = run("doctor", "--shop", str(shop), "--json")
        checks = result.json["checks"]
        return {one["check"]: (one["state"], one["says"]) for one in checks}

    assert says()["lake"] == ("ok", "empty; 2 events wait")
    assert says()["retention"][0] == "note"
    feed(shop)
    assert says()["lake"][1].startswith("2 events in 1 files, fed ")
    for path in (shop / "data" / "lake").rglob("bucket=*/*.parquet"):
        path.unlink()
    assert says()["lake"][0] == "unsafe"

"""`tactful retention` says what is past its term, and lets go of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from cli_worlds import run

from tactful.assembly import init_shop, open_shop
from tactful.shop import Who


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Make a shop with an event that is older than what it was kept for needs."""
    folder = tmp_path / "shop"
    init_shop(folder)
    opened = open_shop(folder)
    opened.shop.consent(Who(user_id="ann"), {"measurement": "grant"}, notice="privacy@1")
    long_ago = (opened.shop.now() - timedelta(days=4_000)).isoformat()
    call = {"type": "track", "event": "Product Viewed", "userId": "ann", "messageId": "1"}
    opened.shop.import_history([call | {"timestamp": long_ago}], source="past")
    opened.close()
    return folder


def test_a_dry_run_tells_and_a_run_removes(shop: Path) -> None:
    """Both say the same; only one of them changes anything."""
    words = ("retention", "run", "--shop", str(shop))
    told = run(*words, "--dry-run")
    assert "1 events went whole" in told.out
    assert "Nothing was removed" in told.out
    planned = run(*words, "--dry-run", "--json").json
    assert (planned["dryRun"], planned["events"]) == (True, 1)
    counts = {one["purpose"]: one["events"] for one in planned["purposes"]}
    assert {name for name, events in counts.items() if events} == {"measurement"}
    done = run(*words, "--json").json
    assert (done["dryRun"], done["events"]) == (False, 1)
    assert run(*words, "--json").json["events"] == 0


def test_no_shop(tmp_path: Path) -> None:
    """A folder that is no shop is named, in one line."""
    run("retention", "run", "--shop", str(tmp_path)).failed(str(tmp_path))

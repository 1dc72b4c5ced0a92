"""`tactful demo`: what it hands on to the demonstration."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_worlds import run


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Return what the demonstration was asked for, in place of doing it."""
    calls: list[dict[str, object]] = []
    monkeypatch.setattr("tactful.demo.run.run", lambda **options: calls.append(options))
    return calls


def test_demo_ends_after_the_summary(asked: list[dict[str, object]]) -> None:
    """Without a terminal nothing is served, whatever the port says."""
    assert run("demo").code == 0
    assert asked == [{"folder": Path("demo-shop"), "data": None, "port": 8787}]


def test_demo_takes_a_log(asked: list[dict[str, object]]) -> None:
    """The log, the folder and the port are handed on as they were given."""
    assert run("demo", "--data", "log.csv", "--shop", "x", "--port", "99", "--no-serve").code == 0
    assert asked == [{"folder": Path("x"), "data": Path("log.csv"), "port": 99}]


def test_demo_with_a_log_that_is_not_there(tmp_path: Path) -> None:
    """A missing log is one line, and no shop is begun."""
    shop = tmp_path / "demo"

    run("demo", "--data", "nowhere.csv", "--shop", str(shop)).failed("nowhere.csv")

    assert not shop.exists()

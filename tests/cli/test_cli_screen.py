"""What the commands show of long work, and that they show nothing of short work."""

from __future__ import annotations

import pytest

from tactful.cli import screen
from tactful.cli.screen import long_work


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let stderr pass for a terminal."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.usefixtures("terminal")
def test_long_work_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while a bar tells how far it is; it ends with the work, not with what follows."""
    monkeypatch.setattr(screen, "PATIENCE_SECONDS", 0.0)
    with long_work("looking") as told:
        told(0, 40)
        told(40, 40)
        shown = capsys.readouterr()
        assert "looking" in shown.err
        assert "40/40" in shown.err
        assert shown.out == ""
        told(40, 40)
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("terminal")
def test_short_work_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    """Within a second nothing is shown, whether the work tells of itself or not."""
    with long_work("looking") as told:
        told(0, 40)
        told(40, 40)
    with long_work("looking"):
        pass
    assert capsys.readouterr() == ("", "")


def test_nothing_in_a_pipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody watches, nothing is drawn."""
    monkeypatch.setattr(screen, "PATIENCE_SECONDS", 0.0)
    with long_work("looking") as told:
        told(0, 40)
        told(40, 40)
    assert capsys.readouterr() == ("", "")

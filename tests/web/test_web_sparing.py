"""Of failures the log tells once a second, and forgets none."""

from __future__ import annotations

import io

import pytest
import structlog

from tactful.web.logs import unfailing
from tactful.web.sparing import Line, Sparing


class Log:
    """A log with a clock of its own, as structlog drives it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.sparing = Sparing(clock=lambda: self.now)
        self.said: list[Line] = []

    def say(self, level: str, **line: object) -> None:
        """Say a line, unless it is held back."""
        try:
            self.said.append(self.sparing(None, level, dict(line)))
        except structlog.DropEvent:
            return

    def tick(self) -> None:
        """Let a second pass, and what is due be said."""
        self.now += 1.0
        if line := self.sparing.due():
            self.say(**line)


def test_a_storm_is_summed_up() -> None:
    """The first line is said at once, the others a second later as one, with how many more."""
    log = Log()
    for _ in range(1_000):
        log.say("warning", event="cannot serve", kind="StoreFull")
    assert [line.get("more") for line in log.said] == [None]
    log.tick()
    log.tick()
    assert [line.get("more") for line in log.said] == [None, 998]


def test_no_storm_hides_another_kind() -> None:
    """Kinds take turns, the one that was held back longest first."""
    log = Log()
    for _ in range(3):
        for _ in range(50):
            log.say("info", event="request", route="/v1/batch", status=503)
        log.say("error", event="unexpected error", kind="KeyError")
        log.tick()
    kinds = [line["event"] for line in log.said]
    assert kinds == ["request", "request", "unexpected error", "request"]


def test_what_does_not_fail_is_always_said() -> None:
    """Successes are not held back, and neither is a line that asks not to be."""
    log = Log()
    for _ in range(5):
        log.say("info", event="request", status=200)
        log.say("error", event="stopped at once", at_once=True)
    assert len(log.said) == 10


def test_at_the_end_everything_is_said() -> None:
    """What was held back is said when the server stops, one line of a kind."""
    log = Log()
    for status in (503, 503, 400, 503):
        log.say("info", event="request", status=status)
    found = []
    while line := log.sparing.due(at_the_end=True):
        found.append((line["status"], line["more"]))
    assert found == [(503, 1), (400, 0)]


def test_a_log_that_cannot_be_written_fails_nothing() -> None:
    """A disk that is full of logs costs the line, and not the request."""

    class Full(io.StringIO):
        """Where nothing can be written."""

        def write(self, _: str) -> int:
            """Fail."""
            raise OSError(28, "No space left on device")

        flush = write  # type: ignore[assignment]

    stream = unfailing(Full())
    stream.write("a line")
    with pytest.raises(OSError, match="No space"):
        Full().write("a line")

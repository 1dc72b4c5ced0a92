# ruff: noqa: S101, S603 - a suite asserts with figures, and kills a child of its own
"""What every durable store promises when its process is killed while it writes."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Sequence

import pytest

from tactful.testing.conformance.shelf import Shelf

BATCH = 7


class DurabilitySuite:
    """
    Loses nothing that was acknowledged.

    The adapter provides `appender`: a command that opens the shelf's store, appends `BATCH` views
    at a time by the subject `ann`, of items `0`, `1`, `2`, ..., from the number that it is given
    on, and after each acknowledgement prints how many views there are now.
    """

    @pytest.fixture
    def appender(self) -> Sequence[str]:
        """Return the command."""
        raise NotImplementedError

    def test_killed_while_writing(self, shelf: Shelf, appender: Sequence[str]) -> None:
        """Killed at any moment, the store opens with all that was acknowledged, in whole calls."""
        ann = shelf.subject("ann")
        stored = 0
        for delay in (0.0, 0.03, 0.1):
            shelf.store.close()
            acknowledged = _killed_after(delay, [*appender, str(stored)])
            shelf.reopen()
            items = shelf.items(ann)
            assert items == [str(n) for n in range(len(items))]
            assert len(items) >= acknowledged > stored
            assert len(items) % BATCH == 0
            stored = len(items)


def _killed_after(seconds: float, command: Sequence[str]) -> int:
    """Kill *command* that long after its first word, and return its last number."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert child.stdout is not None
    try:
        ready, _, _ = select.select([child.stdout], [], [], 60)
        assert ready, "the appender said nothing"
        time.sleep(seconds)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    said = os.read(child.stdout.fileno(), 1 << 20).decode()
    child.stdout.close()
    whole = said[: said.rindex("\n")]
    return int(whole.split("\n")[-1])

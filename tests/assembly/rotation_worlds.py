"""A shop with subjects who can be told apart, and what must be true of them whatever happens."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tactful.assembly import Opened, init_shop, open_shop
from tactful.shop import Who

NAMES = tuple(f"subject-{number}" for number in range(12))
SAID = {"measurement": "grant"}


def new_shop(folder: Path) -> Path:
    """Make a shop in *folder*, with everybody in it, and return the folder."""
    init_shop(folder)
    opened = open_shop(folder)
    for name in NAMES:
        admit(opened, name)
    opened.close()
    return folder


def admit(opened: Opened, name: str) -> None:
    """Let somebody say yes, and so be known."""
    opened.shop.consent(Who(user_id=name), SAID, notice="privacy@1", locale="en", source="tests")


def numbers(opened: Opened) -> dict[str, int]:
    """Return the number of each subject, by name."""
    return {name: int(opened.shop.subject(name).number) for name in NAMES}


def names_unsealed(opened: Opened) -> dict[str, object]:
    """Return what each subject's own identifiers say, unsealed."""
    return {name: opened.shop.subject(name).export()["identifiers"] for name in NAMES}


def require_whole(folder: Path, expected: dict[str, object]) -> None:
    """Open the shop in *folder* and check that everybody is found and readable."""
    opened = open_shop(folder)
    try:
        assert names_unsealed(opened) == expected
    finally:
        opened.close()


def killed(work: Callable[[], None], *, after: float) -> None:
    """Run *work* in a process of its own and kill that *after* seconds."""
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

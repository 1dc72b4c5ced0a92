"""A shop with subjects who can be told apart, and what must be true of them whatever happens."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from tactful.assembly import Opened, init_shop, open_shop
from tactful.shop import Who
from tactful.terms import Identifier, IdentifierKind

NAMES = tuple(f"subject-{number}" for number in range(12))
SAID = {"measurement": "grant"}
SPEAKER = NAMES[0]
"""Who said something, and has receipts of it."""


def new_shop(folder: Path) -> Path:
    """Make a shop in *folder*, with everybody in it, and return the folder."""
    init_shop(folder)
    opened = open_shop(folder)
    for name in NAMES:
        admit(opened, name)
    who = Who(user_id=SPEAKER)
    opened.shop.consent(who, SAID, notice="privacy@1", locale="en", source="tests")
    opened.close()
    return folder


def admit(opened: Opened, name: str) -> None:
    """Make somebody known."""
    opened.shop._parts.store.identities.admit([named(name)], at=opened.shop.now())


def named(name: str) -> Identifier:
    """Return *name* as the shop's own id of a subject."""
    return Identifier(IdentifierKind.USER_ID, name)


def numbers(opened: Opened) -> dict[str, int]:
    """Return the number of each subject, by name, as the disk has it."""
    opened.shop._parts.store.identities._memory.clear()  # type: ignore[attr-defined]
    return {name: int(opened.shop.subject(name).number) for name in NAMES}


def names_unsealed(opened: Opened) -> dict[str, object]:
    """Return what each subject's own identifiers say, unsealed."""
    numbers(opened)
    read = opened.shop._parts.store.profiles.identifiers
    return {name: read(opened.shop.subject(name)._permit()) for name in NAMES}


def require_whole(folder: Path, expected: dict[str, object]) -> None:
    """Open the shop in *folder* and check that everybody is found and readable."""
    opened = open_shop(folder)
    try:
        assert names_unsealed(opened) == expected
    finally:
        opened.close()


def killed(work: Callable[[Callable[[], object]], None], *, after: float) -> None:
    """Run *work* in a process of its own; kill that *after* seconds, once it said it had begun."""
    hear, tell = os.pipe()
    child = os.fork()
    if not child:
        try:
            work(lambda: os.write(tell, b"!"))
        finally:
            os._exit(0)
    os.close(tell)
    try:
        begun = os.read(hear, 1)
        time.sleep(after)
    finally:
        os.close(hear)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    assert begun, "the child did not begin"

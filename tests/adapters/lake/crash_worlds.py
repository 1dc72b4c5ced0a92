"""A process that works on a store and its lake until it is killed, and what must hold after."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from lake_worlds import KEEP_DAYS, LakeShelf

from tactful.testing.conformance.shelf import START, message, user

ROUNDS = int(os.environ.get("TACTFUL_ROUNDS", "2"))
PEOPLE = 6

_CHILD = """
import sys, itertools
sys.path[:0] = {path!r}
from pathlib import Path
from lake_worlds import LakeShelf
import crash_worlds
crash_worlds.{work}(LakeShelf(Path({folder!r})))
"""


@contextmanager
def child(work: str, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the function *work* of this module on *folder* in a process of its own; kill -9 it."""
    code = _CHILD.format(path=sys.path, work=work, folder=str(folder))
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=30)
        assert process.stdout is not None
        process.stdout.close()


def cut(work: str, folder: Path, *, after_seconds: float) -> None:
    """Let *work* go on for a while, then kill it where it stands."""
    with child(work, folder):
        time.sleep(after_seconds)


def feed_on(shelf: LakeShelf) -> None:
    """See events and feed them, for ever; say which were acknowledged."""
    people = [shelf.subject(f"p{n}") for n in range(PEOPLE)]
    number = _seen(shelf)
    _warm_up(shelf)
    _ready()
    with (shelf.folder.parent / "acknowledged").open("a", encoding="utf-8") as said:
        while True:
            for subject in people:
                shelf.see(subject, f"i{number}", message=message(f"{subject} {number}"))
                said.write(f"{subject} i{number}\n")
                said.flush()
                number += 1
            shelf.lake.feed()


def compact_on(shelf: LakeShelf) -> None:
    """Compact a lake of many files, feed it again, for ever."""
    people = [shelf.subject(f"p{n}") for n in range(PEOPLE)]
    number = _seen(shelf)
    _ready()
    while True:
        shelf.lake.compact(most_files=0)
        shelf.see(people[number % PEOPLE], f"extra{number}", message=message(f"x {number}"))
        shelf.lake.feed()
        number += 1


def erase_on(shelf: LakeShelf) -> None:
    """Admit people, feed what they did, erase them, for ever."""
    number = time.time_ns()
    _warm_up(shelf)
    _ready()
    with (shelf.folder.parent / "erasing").open("a", encoding="utf-8") as said:
        while True:
            subject = shelf.subject(f"gone {number}")
            shelf.see(subject, f"unmistakable-{number}")
            shelf.lake.feed()
            said.write(f"{number}\n")
            said.flush()
            shelf.store.records.erase(shelf.permit(subject))
            number += 1


def everything(shelf: LakeShelf) -> list[str]:
    """Return who saw what, by person and in order, each as often as it is found."""
    found = []
    for number in range(PEOPLE):
        subject = shelf.store.identities.find(user(f"p{number}"))
        if subject is not None:
            events = shelf.store.events.history(shelf.permit(subject))
            found += [f"{subject} {event.items[0]}" for event in events]
    return found


def finish(shelf: LakeShelf) -> None:
    """Do what a server does when it starts again, and leave all to the lake."""
    shelf.lake.forget()
    shelf.lake.feed()
    shelf.lake.compact(most_files=0)
    shelf.clock.now = START + timedelta(days=KEEP_DAYS + 1)
    shelf.lake.retire()
    shelf.clock.move(timedelta(minutes=6))
    shelf.lake.retire()


def _warm_up(shelf: LakeShelf) -> None:
    """Load all there is to load, and leave nothing: the first batch takes longer than the rest."""
    subject = shelf.subject("warm")
    shelf.see(subject, f"warm {time.time_ns()}")
    shelf.lake.feed()
    shelf.store.records.erase(shelf.permit(subject))


def _ready() -> None:
    print("ready", flush=True)  # noqa: T201 - the parent waits for it


def _seen(shelf: LakeShelf) -> int:
    return len(everything(shelf)) * 1000

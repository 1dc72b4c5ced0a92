"""A process that works on a store and its lake until it is killed, and what must hold after."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from lake_worlds import KEEP_DAYS, LakeShelf

from child_worlds import PULLED, begin, until
from tactful.testing.conformance.shelf import START, message, user

PEOPLE = 6
READY = "ready"


def rounds(usual: int) -> int:
    """Return how many rounds to play: TACTFUL_ROUNDS, or as many as are *usual* in the suite."""
    return int(os.environ.get("TACTFUL_ROUNDS", usual))


def cut(work: Callable[[Path], None], folder: Path, *, after_seconds: float) -> None:
    """Let *work* go on for a while once it is ready, then kill it where it stands."""
    ready = folder.parent / READY
    ready.unlink(missing_ok=True)
    child = begin(work, folder, log=folder.parent / "log")
    try:
        until(lambda: ready.exists() or not child.process.is_alive())
        time.sleep(after_seconds)
    finally:
        child.kill()
    assert child.process.exitcode == PULLED, child.logged


def feed_on(folder: Path) -> None:
    """See events and feed them, for ever; say which were acknowledged."""
    shelf = LakeShelf(folder)
    people = [shelf.subject(f"p{n}") for n in range(PEOPLE)]
    number = _seen(shelf)
    _warm_up(shelf)
    _ready(folder)
    with (shelf.folder.parent / "acknowledged").open("a", encoding="utf-8") as said:
        while True:
            for subject in people:
                shelf.see(subject, f"i{number}", message=message(f"{subject} {number}"))
                said.write(f"{subject} i{number}\n")
                said.flush()
                number += 1
            shelf.lake.feed()


def compact_on(folder: Path) -> None:
    """Compact a lake of many files, feed it again, for ever."""
    shelf = LakeShelf(folder)
    people = [shelf.subject(f"p{n}") for n in range(PEOPLE)]
    number = _seen(shelf)
    _ready(folder)
    while True:
        shelf.lake.compact(most_files=0)
        shelf.see(people[number % PEOPLE], f"extra{number}", message=message(f"x {number}"))
        shelf.lake.feed()
        number += 1


def erase_on(folder: Path) -> None:
    """Admit people, feed what they did, erase them, for ever."""
    shelf = LakeShelf(folder)
    number = time.time_ns()
    _warm_up(shelf)
    _ready(folder)
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


def _ready(folder: Path) -> None:
    (folder.parent / READY).touch()


def _seen(shelf: LakeShelf) -> int:
    return len(everything(shelf)) * 1000

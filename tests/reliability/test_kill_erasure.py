"""The plug is pulled while people are erased: an erasure is whole, and leaves nothing behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

import httpx
from plug_worlds import Moments, Plug, remains, rounds, until
from sender_worlds import PURPOSE, choice, read, view

ROUNDS = 20
PEOPLE = 5
VIEWS = 4
LONGEST = 0.12


@dataclass(slots=True, kw_only=True, eq=False)
class Eraser:
    """Erases one after the other of *names* until nobody listens; notes who was answered for."""

    plug: Plug
    names: Sequence[str]
    erased: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)

    def work(self) -> None:
        """Erase."""
        for name in self.names:
            self.begun.append(name)
            try:
                answer = self.plug.delete(f"/v1/subjects/{name}")
            except httpx.TransportError:
                return
            assert answer.status_code == 200, answer.text
            self.erased.append(name)


def test_an_erasure_is_whole_and_leaves_nothing(plug: Plug) -> None:
    """
    Killed at any moment of erasing, a server has erased a person wholly or not at all.

    Every other time somebody reads, so that the log cannot be emptied before the plug is pulled.

    Of whoever was answered for, and of whoever is gone after the restart, no byte is left in any
    file of the shop; whoever is still there is there with everything, and can be erased then.
    """
    moments = Moments()
    plug.serve()
    for number in range(rounds(ROUNDS)):
        names = [f"erase-{number}-{n}-of-us" for n in range(PEOPLE)]
        _fill(plug, names)
        eraser = Eraser(plug=plug, names=names)
        _pull(plug, eraser, after=moments.within(LONGEST), reading=number % 2 == 1)
        plug.restart()
        gone = [name for name in names if _is_gone(plug, name)]
        assert set(eraser.erased) <= set(gone) <= set(eraser.begun)
        assert {name: _left_of(plug, name) for name in gone} == {name: [] for name in gone}
        Eraser(plug=plug, names=[name for name in names if name not in gone]).work()
        assert {name: _left_of(plug, name) for name in names} == {name: [] for name in names}


def _fill(plug: Plug, names: Sequence[str]) -> None:
    for name in names:
        said = {**choice(name, "grant"), "source": f"from {name}"}
        assert plug.post("/v1/consent", said).status_code == 200
        calls = [view(name, f"{name}-{n}") for n in range(VIEWS)]
        assert plug.post("/v1/batch", {"batch": calls}).status_code == 200
        assert _left_of(plug, name) != [], "nothing was ever there"


def _pull(plug: Plug, eraser: Eraser, *, after: float, reading: bool) -> None:
    thread = threading.Thread(target=eraser.work, daemon=True)
    with read(plug.folder) if reading else nullcontext():
        thread.start()
        until(lambda: bool(eraser.begun))
        time.sleep(after)
        plug.kill()
    thread.join(60)
    assert not thread.is_alive()


def _is_gone(plug: Plug, name: str) -> bool:
    """Tell whether *name* is erased; whoever is not must be there with everything."""
    answer = plug.get(f"/v1/subjects/{name}", secret=True)
    if answer.status_code == 404:
        return True
    found = answer.json()
    assert len(found["events"]) == VIEWS
    assert [statement["purpose"] for statement in found["statements"]] == [PURPOSE]
    return False


def _left_of(plug: Plug, name: str) -> list[str]:
    return remains(plug.folder, name.encode())

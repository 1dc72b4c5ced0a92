"""The master key is rotated while the shop goes on, and killed at any moment nothing is lost."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree

import pytest
from rotation_worlds import (
    NAMES,
    SPEAKER,
    admit,
    killed,
    names_unsealed,
    new_shop,
    numbers,
    require_whole,
)

from tactful.adapters.key_folder import KeyFolder
from tactful.adapters.sqlite import rekeying
from tactful.assembly import Opened, Rotated, open_shop
from tactful.terms import Mistake, Trouble

ROUNDS = int(os.environ.get("TACTFUL_ROUNDS", "20"))


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_shop(tmp_path_factory.mktemp("made") / "shop")


@pytest.fixture
def folder(_made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a shop, whose work is cut into many batches."""
    monkeypatch.setattr(rekeying, "BATCH", 3)
    return Path(copytree(_made, tmp_path / "shop"))


@pytest.fixture
def one(folder: Path) -> Iterator[Opened]:
    """Yield the shop, as the one who rotates has it."""
    opened = open_shop(folder)
    yield opened
    opened.close()


@pytest.fixture
def other(folder: Path) -> Iterator[Opened]:
    """Yield the same shop, as a server has it meanwhile."""
    opened = open_shop(folder)
    yield opened
    opened.close()


def rotate(opened: Opened, *, index: bool = False) -> Rotated:
    """Rotate, telling nobody of the progress."""
    return opened.master_keys.rotate(
        index=index, wrapping=lambda *_: None, indexing=lambda *_: None
    )


def files(folder: Path) -> set[str]:
    """Return the names of the key files."""
    return {path.name for path in (folder / "keys").glob("master*.key")}


def test_everything_is_wrapped_anew(one: Opened, folder: Path) -> None:
    """After a rotation the newest key wraps everything, and the old one opens nothing needed."""
    expected = names_unsealed(one)

    assert rotate(one) == Rotated(generation=2, rewrapped=len(NAMES), reindexed=0)
    assert one.master_keys.retire() == (1,)
    assert files(folder) == {"master-2.key"}
    assert names_unsealed(one) == expected
    one.close()
    require_whole(folder, expected)


def test_shown(one: Opened, folder: Path) -> None:
    """Each generation is shown with what it wraps; nothing shown is the key."""
    rotate(one)
    shown = one.master_keys.show()

    assert [(key.generation, key.subjects, key.in_use) for key in shown.keys] == [
        (1, 0, True),
        (2, len(NAMES), True),
    ]
    assert not shown.unfinished
    for key in KeyFolder(folder / "keys").masters().values():
        assert key.hex() not in repr(shown)


def test_others_go_on(one: Opened, other: Opened) -> None:
    """Between any two batches, everybody else finds, reads and admits as before."""
    expected, known = names_unsealed(other), numbers(other)
    steps = []

    def look(done: int, total: int) -> None:
        steps.append((done, total))
        assert names_unsealed(other) == expected
        assert numbers(other) == known
        visitor = f"visitor-{len(steps)}"
        admit(other, visitor)
        assert one.shop.subject(visitor).number == other.shop.subject(visitor).number

    one.master_keys.rotate(index=True, wrapping=look, indexing=look)

    assert len(steps) >= 2 * len(NAMES) / 3
    assert all(done <= total for done, total in steps)
    assert one.master_keys.retire() == (1,)
    assert names_unsealed(other) == expected
    assert numbers(other) == known


def test_a_newcomer_is_wrapped_under_the_newest(one: Opened, other: Opened) -> None:
    """Who is admitted by a process that has not heard yet is wrapped under the new key."""
    rotate(one)
    admit(other, "new")

    assert one.master_keys.retire() == (1,)
    for opened in (one, other):
        assert opened.shop.subject("new").export()["identifiers"]


def test_an_unfinished_rotation(one: Opened, folder: Path) -> None:
    """Cut short, a rotation keeps the old key and cannot retire it; the next one finishes it."""
    expected = names_unsealed(one)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        one.master_keys.rotate(index=False, wrapping=stop, indexing=stop)

    assert one.master_keys.show().unfinished
    with pytest.raises(Mistake, match="finish `tactful keys rotate` first"):
        one.master_keys.retire()
    assert files(folder) == {"master.key", "master-2.key"}
    assert rotate(one).generation == 2
    assert names_unsealed(one) == expected


def test_an_unfinished_index(one: Opened) -> None:
    """Cut short while indexing, the next rotation goes on with that, asked for or not."""
    known = numbers(one)

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        one.master_keys.rotate(index=True, wrapping=lambda *_: None, indexing=stop)

    assert one.master_keys.show().unfinished
    assert rotate(one).generation == 2
    assert not one.master_keys.show().unfinished
    assert numbers(one) == known


def test_an_index_of_its_own(one: Opened) -> None:
    """Indexing anew changes every index, and nothing that is found by it."""
    query = "SELECT blind_index FROM identifiers"
    read = one.master_keys.rekeying._engine.read  # type: ignore[attr-defined]
    before, known = set(read().execute(query)), numbers(one)

    rotate(one, index=True)

    assert before.isdisjoint(read().execute(query))
    assert numbers(one) == known


def test_a_key_that_was_made_and_not_begun(one: Opened, folder: Path) -> None:
    """A key that was made just before the end is used by the next rotation."""
    KeyFolder(folder / "keys").make(2)
    made = KeyFolder(folder / "keys").masters()[2]

    rotate(one)

    assert KeyFolder(folder / "keys").masters()[2] == made
    assert files(folder) == {"master.key", "master-2.key"}


def test_a_key_that_was_retired_and_not_destroyed(one: Opened, folder: Path) -> None:
    """A key that outlived its retirement is destroyed by the next one."""
    old = KeyFolder(folder / "keys").masters()[1]
    rotate(one)
    one.master_keys.retire()
    KeyFolder(folder / "keys").keep(1, old)

    assert not one.master_keys.show().keys[0].in_use
    assert one.master_keys.retire() == (1,)
    assert files(folder) == {"master-2.key"}
    assert one.master_keys.retire() == ()


def test_the_old_key_is_missing_too_soon(one: Opened, folder: Path) -> None:
    """While anything is wrapped under a key that is missing, the shop refuses to start."""
    rekey = one.master_keys.rekeying
    KeyFolder(folder / "keys").make(2)
    rekey.begin(2)
    one.close()
    KeyFolder(folder / "keys").destroy(1)

    with pytest.raises(Trouble, match="generation 1 of the master key is missing"):
        open_shop(folder)


def test_the_old_key_is_missing_and_not_needed(one: Opened, folder: Path) -> None:
    """A key that nothing is wrapped under may be missing."""
    expected = names_unsealed(one)
    rotate(one)
    one.close()
    KeyFolder(folder / "keys").destroy(1)

    require_whole(folder, expected)


def test_links_outlive_a_rotation_and_end_with_the_key(one: Opened, other: Opened) -> None:
    """A link of before holds until its key is retired; a new one is believed everywhere soon."""
    before = one.links.sign("ann")
    rotate(one)
    after = one.links.sign("ann")

    assert one.links.read(before) == one.links.read(after) == "ann"
    until(lambda: other.links.read(after) == "ann")
    one.master_keys.retire()
    assert (one.links.read(before), one.links.read(after)) == (None, "ann")
    until(lambda: other.links.read(before) is None)


def test_receipts_stay_the_same(one: Opened) -> None:
    """Receipts handed out again after a rotation are those of before, to the byte."""
    before = one.shop.subject(SPEAKER).receipts()

    rotate(one, index=True)
    one.master_keys.retire()

    assert one.shop.subject(SPEAKER).receipts() == before != ()


def test_killed_at_any_moment(folder: Path) -> None:
    """Killed during rotation, indexing or retirement, everybody is there and readable."""
    opened = open_shop(folder)
    expected = names_unsealed(opened)
    opened.close()

    def work(begun: Callable[[], object]) -> None:
        shop = open_shop(folder)
        begun()
        while True:
            rotate(shop, index=True)
            shop.master_keys.retire()

    chance = random.Random(4)  # noqa: S311 - only for when to kill
    for _ in range(ROUNDS):
        killed(work, after=chance.uniform(0.0, 0.25))
        require_whole(folder, expected)
    opened = open_shop(folder)
    generation = rotate(opened, index=True).generation
    opened.master_keys.retire()
    opened.close()
    assert generation > 2, "the child never got anywhere"
    assert len(files(folder)) == 1
    require_whole(folder, expected)


def until(holds: Callable[[], bool], *, seconds: float = 20) -> None:
    """Wait until *holds* says so."""
    last = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < last
        time.sleep(0.02)

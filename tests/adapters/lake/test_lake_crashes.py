"""Whenever the process is killed, nothing acknowledged is lost, doubled, or comes back erased."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from crash_worlds import compact_on, cut, erase_on, everything, feed_on, finish, rounds
from lake_worlds import LakeShelf

from tactful.adapters.lake.verifying import verify
from tactful.testing.conformance.shelf import user


def waits(seed: int, usual: int) -> list[float]:
    """Return how long to let each of so many rounds go on, as many as take seconds only."""
    lengths = random.Random(seed)  # noqa: S311 - any lengths will do
    return [lengths.uniform(0.0, 0.3) for _ in range(rounds(usual))]


def test_killed_while_feeding(folder: Path) -> None:
    """Every acknowledged event is there once, before and after the lake has taken all over."""
    for wait in waits(1, 10):
        cut(feed_on, folder, after_seconds=wait)
        said = (folder.parent / "acknowledged").read_text(encoding="utf-8").splitlines()
        shelf = LakeShelf(folder)
        found = everything(shelf)
        assert set(said) <= set(found)
        assert len(found) == len(set(found))
        shelf.lake.feed()
        assert all(day.same for day in verify(shelf.lake.table, shelf.lake.outflow))
        assert shelf.lake_rows() == len(found)
        assert everything(shelf) == found
        shelf.store.close()
    shelf = LakeShelf(folder)
    finish(shelf)
    assert shelf.tables() == []
    assert sorted(everything(shelf)) == sorted(found)
    shelf.store.close()


def test_killed_while_compacting(folder: Path) -> None:
    """Whatever compaction was doing, the rows are the same, each once."""
    shelf = LakeShelf(folder)
    for number in range(4):
        for name in range(6):
            shelf.see(shelf.subject(f"p{name}"), f"i{number}")
        shelf.lake.feed()
    before = everything(shelf)
    shelf.store.close()
    for wait in waits(2, 20):
        cut(compact_on, folder, after_seconds=wait)
        shelf = LakeShelf(folder)
        found = everything(shelf)
        assert [one for one in found if "extra" not in one] == before
        assert len(found) == len(set(found))
        shelf.lake.feed()
        assert shelf.lake_rows() == len(found)
        assert all(day.same for day in verify(shelf.lake.table, shelf.lake.outflow))
        shelf.store.close()
    shelf = LakeShelf(folder)
    finish(shelf)
    assert sorted(everything(shelf)) == sorted(found)
    shelf.store.close()


def test_killed_while_erasing(folder: Path) -> None:
    """Who was erased stays erased, and after the next start no file holds a byte of them."""
    kept = LakeShelf(folder)
    kept.see(kept.subject("p0"), "kept")
    kept.lake.feed()
    kept.store.close()
    erased = 0
    for wait in waits(3, 6):
        cut(erase_on, folder, after_seconds=wait)
        shelf = LakeShelf(folder)
        begun = (folder.parent / "erasing").read_text(encoding="utf-8").splitlines()
        gone = [n for n in begun if shelf.store.identities.find(user(f"gone {n}")) is None]
        shelf.lake.forget()
        shelf.lake.feed()
        shelf.lake.compact(most_files=0)
        assert not shelf.behind.owes()
        assert len(begun) - len(gone) <= 1
        finish(shelf)
        assert everything(shelf) == ["1 kept"]
        for name in set(begun) - set(gone):
            subject = shelf.store.identities.find(user(f"gone {name}"))
            assert subject is not None
            shelf.store.records.erase(shelf.permit(subject))
        shelf.store.close()
        disk = shelf.bytes_on_disk()
        assert not [n for n in begun if f"unmistakable-{n}".encode() in disk]
        erased += len(gone)
        (folder.parent / "erasing").unlink()
    assert erased


@pytest.fixture(autouse=True)
def _nothing_left(folder: Path) -> None:
    """Begin with an empty store."""
    assert not (folder / "lake").exists()

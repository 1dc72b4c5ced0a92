"""What was shown is kept once, and kept after all where it could not be at first."""

from __future__ import annotations

import pytest

from tactful.adapters.sqlite import writer
from tactful.terms import Busy
from tactful.testing.conformance.shelf import Shelf


def test_kept_at_the_next_showing(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notice that could not be written down when it was shown is, when it is shown again."""
    notice = shelf.policy.notices[0]
    with monkeypatch.context() as full:
        full.setattr(writer, "CAPACITY", 0)
        with pytest.raises(Busy):
            shelf.store.showings.keep(notice, shelf.clock())
    assert shelf.store.showings.words(notice.hash) is None
    shelf.store.showings.keep(notice, shelf.clock())
    assert shelf.store.showings.words(notice.hash) == notice


def test_known_words_wait_for_nothing(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once kept, showing a notice asks nothing of the writer."""
    notice = shelf.policy.notices[0]
    shelf.store.showings.keep(notice, shelf.clock())
    assert shelf.store.showings.words(notice.hash) == notice
    monkeypatch.setattr(writer, "CAPACITY", 0)
    shelf.store.showings.keep(notice, shelf.clock())
    assert shelf.store.showings.words(notice.hash) == notice

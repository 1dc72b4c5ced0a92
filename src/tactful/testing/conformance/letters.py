# ruff: noqa: S101, PLR2004 - a suite asserts, and counts
"""What every outbox promises: a letter is sent once, and goes with whoever it is to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tactful.terms import Letter, NotFound
from tactful.testing.conformance.letter_box import LetterShelf
from tactful.testing.conformance.shelf import Shelf

HOUR = timedelta(hours=1)
LEASE = timedelta(minutes=5)


def letter(kind: str = "answer", to: str = "ann@example.org") -> Letter:
    """Return a letter whose every part can be told apart."""
    return Letter(kind=kind, to=to, title="About your request", text="We did what you asked.\n")


class LettersSuite:
    """Letters on their way."""

    @pytest.fixture
    def box(self, shelf: Shelf) -> LetterShelf:
        """Return the outbox, with words to set a scene."""
        return LetterShelf(shelf)

    def test_a_letter_is_taken_once(self, box: LetterShelf) -> None:
        """Whoever takes a letter has it alone, until the lease is over; settled, it is done."""
        box.put(letter())
        assert box.letters.due(box.clock())

        taken = box.letters.claim(box.clock(), lease=LEASE)
        assert taken is not None
        assert (taken.letter, taken.tries) == (letter(), 1)
        assert box.letters.claim(box.clock(), lease=LEASE) is None
        assert not box.letters.due(box.clock())

        again = box.letters.claim(box.clock.move(LEASE), lease=LEASE)
        assert again is not None
        assert (again.id, again.tries) == (taken.id, 2)
        box.letters.settle(again.id, "sent", box.clock())
        assert box.letters.claim(box.clock.move(LEASE), lease=LEASE) is None
        assert box.letters.outcomes() == {"sent": 1}

    def test_the_oldest_goes_first_and_waits_when_put_off(self, box: LetterShelf) -> None:
        """Letters go in their order; one that is put off lets the others pass."""
        for kind in ("one", "two"):
            box.put(letter(kind))
            box.clock.move(timedelta(seconds=1))

        first = box.take()
        assert first.letter.kind == "one"
        box.letters.put_off(first.id, box.clock() + HOUR)
        assert box.take().letter.kind == "two"
        assert box.letters.claim(box.clock(), lease=LEASE) is None
        box.clock.move(HOUR)
        assert box.take().tries == 2

    def test_what_is_of_no_use_any_more_is_not_sent(self, box: LetterShelf) -> None:
        """After its time a letter is given up, and shown to nobody."""
        box.put(letter(), lasts=HOUR)
        assert len(box.letters.waiting(box.clock(), 10)) == 1
        box.clock.move(HOUR)

        assert box.letters.waiting(box.clock(), 10) == ()
        assert box.letters.expire(box.clock()) == 1
        assert box.letters.outcomes() == {"expired": 1}
        assert box.letters.forget(box.clock() + HOUR) == 1
        assert box.letters.outcomes() == {}

    def test_a_subject_sees_what_was_sent(self, box: LetterShelf) -> None:
        """Of a letter that is done kind, times and outcome are left, for its reader to see."""
        ann, bob = box.shelf.subject("ann"), box.shelf.subject("bob")
        box.put(letter(), subject=ann)
        sent_at = box.clock.move(HOUR)
        box.letters.settle(box.take().id, "sent", sent_at)

        [posted] = box.letters.of(box.shelf.permit(ann))
        assert (posted.kind, posted.done_at, posted.outcome) == ("answer", sent_at, "sent")
        assert posted.queued_at == sent_at - HOUR
        assert box.letters.of(box.shelf.permit(bob)) == ()

    def test_an_erasure_takes_the_letters_along(self, box: LetterShelf) -> None:
        """What waits for somebody who is erased is never sent; what waits for others is."""
        ann, bob = box.shelf.subject("ann"), box.shelf.subject("bob")
        box.put(letter("for-ann"), subject=ann)
        box.put(letter("for-bob"), subject=bob)
        box.put(letter("for-nobody"))

        removed = box.shelf.store.records.erase(box.shelf.permit(ann))

        assert removed["letters"] == 1
        kinds = {queued.letter.kind for queued in box.letters.waiting(box.clock(), 10)}
        assert kinds == {"for-bob", "for-nobody"}
        with pytest.raises(NotFound):
            box.put(letter(), subject=ann)

    def test_letters_stay_over_a_restart(self, box: LetterShelf) -> None:
        """A store that is opened again has the letters that wait, and can read them."""
        ann = box.shelf.subject("ann")
        box.put(letter("for-ann"), subject=ann)
        box.put(letter("for-nobody"))

        box.shelf.reopen()

        assert {box.take().letter.kind, box.take().letter.kind} == {"for-ann", "for-nobody"}

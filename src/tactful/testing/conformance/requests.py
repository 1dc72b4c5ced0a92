# ruff: noqa: S101 - a suite asserts; its tests are methods so that a store inherits them
"""What every store owes to requests: nothing changed, nothing lost, nobody named after erasure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tactful.capabilities.rights import CodeSent, first_step, next_step
from tactful.terms import Mistake, Request, RequestKind, RequestState, StepKind, SubjectId
from tactful.testing.conformance.shelf import Shelf

ABOUT = "ab" * 16
WORDS = '{"note": "Xanthippe lives elsewhere now"}'
RIGHT, WRONG = b"right code", b"wrong code"


class RequestsSuite:
    """Requests, their steps, codes and words."""

    def test_a_request_comes_back_as_it_was_filed(self, shelf: Shelf) -> None:
        """Every field, also after the store was closed and opened again."""
        filed = shelf.store.requests.file(_request(shelf, shelf.subject()))
        assert shelf.store.requests.find(filed.id) == filed
        assert shelf.reopen().requests.find(filed.id) == filed
        assert shelf.store.requests.find("nothing") is None

    def test_the_same_reference_is_the_same_request(self, shelf: Shelf) -> None:
        """A platform that sends a webhook twice has asked once."""
        first = shelf.store.requests.file(_request(shelf, None, number="1", reference="x-1"))
        again = shelf.store.requests.file(_request(shelf, None, number="2", reference="x-1"))
        assert again.id == first.id == "1"
        assert shelf.store.requests.referred("tests", "x-1") == first
        assert shelf.store.requests.referred("elsewhere", "x-1") is None

    def test_steps_are_added_in_order(self, shelf: Shelf) -> None:
        """Of two that act on what they both saw, one is told to look again."""
        store = shelf.store.requests
        seen = store.file(_request(shelf, shelf.subject()))
        step = next_step(seen, StepKind.VERIFIED, shelf.clock(), by="officer", reason="document")
        grown = store.append(seen, step)
        assert grown.state is RequestState.VERIFIED
        with pytest.raises(Mistake, match="look again"):
            store.append(seen, step)
        assert store.find(seen.id) == grown

    def test_words_open_for_the_subject_alone(self, shelf: Shelf) -> None:
        """What was written is sealed, and belongs to whom the request is about."""
        ann, ben = shelf.subject("ann"), shelf.subject("ben")
        store = shelf.store.requests
        filed = store.file(_request(shelf, ann), words=WORDS)
        step = next_step(filed, StepKind.REFUSED, shelf.clock(), by="officer", reason="excessive")
        told = store.append(filed, step, words="we asked her thrice")
        assert store.words(shelf.permit(ann), told) == {1: WORDS, 2: "we asked her thrice"}
        assert store.words(shelf.permit(ben), told) == {}
        assert store.of(shelf.permit(ann)) == (told,)
        assert store.of(shelf.permit(ben)) == ()

    def test_an_erasure_leaves_evidence_that_names_nobody(self, shelf: Shelf) -> None:
        """Case number, steps and keyed hash stay; the subject and every word go."""
        ann = shelf.subject("ann")
        filed = shelf.store.requests.file(_request(shelf, ann), words=WORDS)
        removed = shelf.store.records.erase(shelf.permit(ann))
        assert removed["requests"] == 1
        (left,) = shelf.reopen().requests.about(ABOUT)
        assert left == replace(filed, subject=None)
        again = shelf.subject("ann")
        assert shelf.store.requests.words(shelf.permit(again), filed) == {}
        assert shelf.store.requests.of(shelf.permit(again)) == ()

    def test_requests_go_with_the_person(self, shelf: Shelf) -> None:
        """Whoever is known by two numbers has the requests of both."""
        ann, ben = shelf.subject("ann"), shelf.subject("ben")
        one = shelf.store.requests.file(_request(shelf, ann, number="1"))
        shelf.clock.move(timedelta(hours=1))
        two = shelf.store.requests.file(_request(shelf, ben, number="2"), words=WORDS)
        shelf.store.identities.merge(shelf.permit(ann), shelf.permit(ben), by="shop")
        assert shelf.store.requests.of(shelf.permit(ann)) == (two, one)
        assert shelf.store.requests.words(shelf.permit(ann), two) == {1: WORDS}

    def test_open_and_closed_are_told_apart(self, shelf: Shelf) -> None:
        """What is owed an answer comes oldest first, what was answered newest first."""
        store = shelf.store.requests
        old = store.file(_request(shelf, None, number="old"))
        shelf.clock.move(timedelta(days=1))
        new = store.file(_request(shelf, None, number="new"))
        assert store.waiting() == (old, new)
        step = next_step(old, StepKind.REFUSED, shelf.clock(), by="officer", reason="excessive")
        refused = store.append(old, step)
        assert store.waiting() == (new,)
        assert store.closed(most=5) == (refused,)
        later = shelf.clock() + timedelta(milliseconds=1)
        assert store.ended(StepKind.REFUSED, later) == (refused,)
        assert store.ended(StepKind.REFUSED, shelf.clock()) == ()
        assert store.ended(StepKind.LAPSED, later) == ()
        appeal = next_step(refused, StepKind.APPEALED, shelf.clock(), by="subject")
        appealed = store.append(refused, appeal)
        assert store.waiting() == (appealed, new)

    def test_a_code_counts_once_in_time_and_for_five_tries(self, shelf: Shelf) -> None:
        """A wrong one is counted; after the fifth even the right one is wrong."""
        store, now = shelf.store.requests, shelf.clock()
        until = now + timedelta(minutes=30)
        for number in "abc":
            code = CodeSent(digest=RIGHT, until=until)
            store.file(_request(shelf, None, number=number), code=code)
        assert not store.confirm("a", WRONG, now)
        assert store.confirm("a", RIGHT, now)
        assert not store.confirm("a", RIGHT, now)
        assert not any(store.confirm("b", WRONG, now) for _ in range(5))
        assert not store.confirm("b", RIGHT, now)
        assert not store.confirm("c", RIGHT, until)
        assert not store.confirm("nothing", RIGHT, now)
        assert [request.id for request in store.unconfirmed(until)] == ["b", "c"]
        assert store.unconfirmed(now) == ()

    def test_codes_are_counted_by_address_and_in_all(self, shelf: Shelf) -> None:
        """Requests that needed none do not count."""
        store, before = shelf.store.requests, shelf.clock()
        shelf.clock.move(timedelta(minutes=1))
        code = CodeSent(digest=RIGHT, until=shelf.clock())
        store.file(_request(shelf, None, number="a"), code=code)
        store.file(_request(shelf, None, number="b", about="cd" * 16), code=code)
        store.file(_request(shelf, None, number="c"))
        assert store.codes_sent(ABOUT, before) == 1
        assert store.codes_sent("", before) == len("ab")
        assert store.codes_sent("", shelf.clock()) == 0

    def test_only_answered_requests_are_dropped(self, shelf: Shelf) -> None:
        """What is owed an answer stays, whoever says what."""
        store = shelf.store.requests
        owed = store.file(_request(shelf, None, number="owed"))
        filed = store.file(_request(shelf, None, number="done"))
        step = next_step(filed, StepKind.REFUSED, shelf.clock(), by="officer", reason="excessive")
        store.drop([store.append(filed, step), owed])
        assert store.find("done") is None
        assert store.find("owed") == owed


def _request(
    shelf: Shelf,
    subject: SubjectId | None,
    *,
    number: str = "r-1",
    reference: str = "",
    about: str = ABOUT,
) -> Request:
    return Request(
        id=number,
        kind=RequestKind.ACCESS,
        regime="asking",
        channel="tests",
        subject=subject,
        about=about,
        reference=reference,
        steps=(first_step(shelf.clock(), by="subject", channel="tests"),),
    )

# ruff: noqa: S101, PLR2004 - a suite asserts, and counts
"""What every store of sessions promises: they end, links work once, and counts hold."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tactful.terms import Identifier, IdentifierKind, Letter, NotFound
from tactful.testing.conformance.letter_box import LetterShelf
from tactful.testing.conformance.shelf import Shelf, user

MINUTE = timedelta(minutes=1)
MARK, OTHER = b"m" * 32, b"o" * 32


def link_letter() -> Letter:
    """Return a letter with a link."""
    return Letter(kind="sign-in", to="ann@example.org", title="Your link", text="http://x/?key=k")


class SessionsSuite:
    """Who is signed in, and the links that let in."""

    @pytest.fixture
    def box(self, shelf: Shelf) -> LetterShelf:
        """Return sessions and links, with words to set a scene."""
        return LetterShelf(shelf)

    def test_a_session_is_found_by_its_mark_while_it_lasts(self, box: LetterShelf) -> None:
        """It is found until it is idle or old; seeing it keeps it from idling."""
        ann = box.shelf.subject("ann")
        begun = box.begin(MARK, "ann", subject=ann)
        assert box.find(MARK) == begun
        assert box.find(OTHER) is None

        later = box.clock.move(20 * MINUTE)
        before = later - 20 * MINUTE
        assert box.sessions.find(MARK, seen_after=before, began_after=before - MINUTE) is None
        assert box.sessions.find(MARK, seen_after=before - MINUTE, began_after=before) is None
        box.sessions.see(MARK, later)
        box.shelf.store.tallies.totals()  # whatever was to be written is
        box.sessions.end(OTHER)
        found = box.sessions.find(MARK, seen_after=before, began_after=before - MINUTE)
        assert found is not None
        assert found.seen_at == later

    def test_a_sign_in_ends_the_session_before(self, box: LetterShelf) -> None:
        """With a new session the one that the browser held is over; signing out ends it as well."""
        ann = box.shelf.subject("ann")
        box.begin(MARK, "ann", subject=ann)
        box.begin(OTHER, "ann", subject=ann, ending=MARK)
        assert box.find(MARK) is None
        assert [one.user_id for one in box.sessions.of(box.shelf.permit(ann))] == ["ann"]

        box.sessions.end(OTHER)
        assert box.find(OTHER) is None

    def test_an_erasure_ends_sessions_and_links(self, box: LetterShelf) -> None:
        """Who is erased is signed out everywhere, and their links open nothing; others stay in."""
        ann, bob = box.shelf.subject("ann"), box.shelf.subject("bob")
        box.begin(MARK, "ann", subject=ann)
        box.begin(OTHER, "bob", subject=bob)
        until = box.clock() + 15 * MINUTE
        box.links.mail(MARK, "ann", link_letter(), subject=ann, at=box.clock(), until=until)

        removed = box.shelf.store.records.erase(box.shelf.permit(ann))

        assert (removed["sessions"], removed["sign_in_links"], removed["letters"]) == (1, 1, 1)
        assert box.find(MARK) is None
        assert box.find(OTHER) is not None
        assert box.links.use(MARK, box.clock()) is None
        with pytest.raises(NotFound):
            box.begin(MARK, "ann", subject=ann)

    def test_who_becomes_known_is_bound(self, box: LetterShelf) -> None:
        """The session of a stranger goes with them once they are known; an unbound one with any."""
        box.begin(MARK, "ann")
        ann = box.shelf.subject("ann")
        found = box.find(MARK)
        assert found is not None
        box.sessions.bind(MARK, found, ann)
        bound = box.find(MARK)
        assert bound is not None
        assert bound.subject == ann
        box.begin(OTHER, "stranger")

        box.shelf.store.records.erase(box.shelf.permit(ann))

        assert (box.find(MARK), box.find(OTHER)) == (None, None)

    def test_a_link_works_once(self, box: LetterShelf) -> None:
        """Looking at a link uses nothing up; of many who use it at once, one is let in."""
        ann = box.shelf.subject("ann")
        until = box.clock() + 15 * MINUTE
        box.links.mail(MARK, "ann", link_letter(), subject=ann, at=box.clock(), until=until)
        assert box.links.is_open(MARK, box.clock())
        assert box.links.is_open(MARK, box.clock())
        assert box.take().letter == link_letter()

        box.shelf.reopen()
        with ThreadPoolExecutor(8) as threads:
            used = [*threads.map(lambda _: box.links.use(MARK, box.clock()), range(8))]

        assert (used.count("ann"), used.count(None)) == (1, 7)
        assert not box.links.is_open(MARK, box.clock())

    def test_a_link_ends(self, box: LetterShelf) -> None:
        """After its time a link opens nothing, and is let go of."""
        ann = box.shelf.subject("ann")
        until = box.clock() + 15 * MINUTE
        box.links.mail(MARK, "ann", link_letter(), subject=ann, at=box.clock(), until=until)
        box.clock.move(15 * MINUTE)

        assert not box.links.is_open(MARK, box.clock())
        assert box.links.forget(box.clock()) == 1
        assert box.links.use(MARK, box.clock()) is None

    def test_a_code_counts_its_tries(self, box: LetterShelf) -> None:
        """The right code proves once; after too many wrong ones it does not any more."""
        ann = box.shelf.subject("ann")
        box.begin(MARK, "ann", subject=ann)
        later = box.clock.move(20 * MINUTE)
        box.sessions.await_code(MARK, "123456", until=later + MINUTE)
        assert not box.sessions.prove(MARK, "654321", at=later, most=2)
        assert box.sessions.prove(MARK, "123456", at=later, most=2)
        proved = box.find(MARK)
        assert proved is not None
        assert proved.proved_at == later
        assert not box.sessions.prove(MARK, "123456", at=later, most=2)

        box.sessions.await_code(MARK, "111111", until=later + MINUTE)
        for _ in range(2):
            assert not box.sessions.prove(MARK, "222222", at=later, most=2)
        assert not box.sessions.prove(MARK, "111111", at=later, most=2)
        box.sessions.await_code(MARK, "333333", until=later + MINUTE)
        assert not box.sessions.prove(MARK, "333333", at=later + MINUTE, most=2)

    def test_who_asks_too_often_waits_for_the_next_hour(self, box: LetterShelf) -> None:
        """Of a thousand questions about one address, by many at once, a handful counts."""
        who = [("address:ann@example.org", 5), ("all", 2_000)]
        with ThreadPoolExecutor(4) as threads:
            allowed = [*threads.map(lambda _: box.links.may_ask(who, box.clock()), range(1_000))]

        assert sum(allowed) == 5
        assert box.links.may_ask([("address:bob@example.org", 5)], box.clock())
        assert not box.links.may_ask([("address:bob@example.org", 5), who[0]], box.clock())
        assert box.links.may_ask(who, box.clock.move(60 * MINUTE))
        assert box.links.forget(box.clock()) >= 1

    def test_only_the_address_of_one_person_names_anybody(self, box: LetterShelf) -> None:
        """An address that a second person claims lets in nobody, whoever had it first."""
        identities = box.shelf.store.identities
        address = Identifier(IdentifierKind.EMAIL, "home@example.org")
        now = box.clock()
        ann = identities.link([user("ann"), address], at=now, by_shop=True).subject
        assert identities.sole(address) == ann  # type: ignore[attr-defined]
        assert identities.sole(Identifier(IdentifierKind.EMAIL, "no@example.org")) is None  # type: ignore[attr-defined]

        bob = identities.link([user("bob"), address], at=now, by_shop=True)
        if bob.merged:
            merge = identities.merges(box.shelf.permit(ann))[-1]
            identities.unmerge(box.shelf.permit(ann), merge.id)
        assert identities.sole(address) is None  # type: ignore[attr-defined]

    def test_what_is_over_is_let_go_of(self, box: LetterShelf) -> None:
        """Sessions that idled or are old are deleted, others are not."""
        box.begin(MARK, "ann")
        box.clock.move(30 * MINUTE)
        box.begin(OTHER, "bob")
        idle, old = box.clock() - 30 * MINUTE, box.clock() - 480 * MINUTE

        assert box.sessions.forget(seen_before=idle, began_before=old) == 1
        assert (box.find(MARK) is None, box.find(OTHER) is None) == (True, False)

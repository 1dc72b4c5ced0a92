"""A store opened under another policy, while somebody still runs it under the old one."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlite_shelf import SqliteShelf

from tactful.adapters.key_file import KeyFile
from tactful.adapters.sqlite import open_store
from tactful.adapters.sqlite.connections import FILE
from tactful.gate import Permit, Refusal, Visit, digest
from tactful.terms import Policy, Standing, StatementKind, SubjectId
from tactful.testing.conformance.policy import PURPOSES, shelf_policy
from tactful.testing.conformance.shelf import Shelf
from tactful.testing.conformance.statements import same_columns
from tactful.testing.standings import columns_of

WHOLE = shelf_policy()
OTHERS = {
    "fewer purposes": replace(
        WHOLE, purposes={name: WHOLE.purposes[name] for name in reversed(PURPOSES[:4])}
    ),
    "regimes in another order": replace(
        WHOLE, regimes=(WHOLE.regimes[0], *reversed(WHOLE.regimes[1:]))
    ),
}


@pytest.fixture(params=OTHERS)
def newer(request: pytest.FixtureRequest) -> Policy:
    """Return a policy under which every digest looks different."""
    return OTHERS[request.param]


@pytest.fixture
def people(shelf: SqliteShelf) -> list[SubjectId]:
    """Return three subjects: one granted, one is a minor in the US, one said nothing."""
    ann, bob, cid = map(shelf.subject, ("ann", "bob", "cid"))
    shelf.say(ann)
    shelf.store.profiles.settle(shelf.permit(bob), residence="US")
    shelf.store.profiles.set_born(shelf.permit(bob), date(2015, 6, 1))
    return [ann, bob, cid]


@pytest.fixture
def other(shelf: SqliteShelf, people: list[SubjectId], newer: Policy) -> Iterator[SqliteShelf]:
    """Yield the store under the newer policy, opened when everything had been said."""
    assert right(shelf, people)
    other = SqliteShelf(shelf.folder)
    other.reopen(newer)
    yield other
    other.store.close()


def soon(condition: Callable[[], bool]) -> bool:
    """Wait up to five seconds for *condition*; half a second is what is promised."""
    last = time.monotonic() + 5
    while not condition() and time.monotonic() < last:
        time.sleep(0.01)
    return condition()


def right(shelf: Shelf, people: list[SubjectId]) -> bool:
    """Tell whether *shelf* sees each of *people* as the gate does under its policy."""
    expected = {
        subject: digest(
            shelf.store.statements.standing(shelf.permit(subject)), shelf.policy, shelf.clock()
        )
        for subject in people
    }
    silent = digest(Standing(), shelf.policy, shelf.clock())
    same_columns(shelf.store.standings.columns(), columns_of(expected, shelf.policy))
    found = {subject: shelf.store.standings.digest(subject) or silent for subject in people}
    return found == expected


def digests_on_the_disk(shelf: SqliteShelf) -> str:
    """Return the hash of the policy that they were taken under."""
    db = sqlite3.connect(shelf.folder / FILE)
    noted: bytes = db.execute("SELECT value FROM meta WHERE name = 'policy_hash'").fetchone()[0]
    db.close()
    return noted.decode()


def asked(shelf: Shelf, subject: SubjectId) -> object:
    """Return the answer on recommendations to *subject*, who visits from Germany."""
    visit = Visit(subject=subject, region="DE")
    return shelf.door.ask("recommend-individual", visit, shelf.clock())


def test_each_reads_by_its_own_policy(
    shelf: SqliteShelf, other: SqliteShelf, people: list[SubjectId]
) -> None:
    """Digests that were taken under the other policy are not read, one by one or together."""
    people = [*people, shelf.subject("dan")]  # which makes both forget the columns
    assert soon(lambda: len(other.store.standings.columns().subjects) == len(people))
    for each in (shelf, other):
        assert right(each, people)


@pytest.mark.parametrize("by_the_newer", [True, False])
def test_what_one_hears_the_other_knows(
    shelf: SqliteShelf, other: SqliteShelf, people: list[SubjectId], *, by_the_newer: bool
) -> None:
    """A withdrawal counts under both policies, whichever of them it was said to."""
    ann, *_ = people
    hears, learns = (other, shelf) if by_the_newer else (shelf, other)
    assert isinstance(asked(learns, ann), Permit)
    hears.say(ann, StatementKind.OBJECT)
    assert isinstance(asked(hears, ann), Refusal)
    assert soon(lambda: isinstance(asked(learns, ann), Refusal))
    for each in (hears, learns):
        assert right(each, people)


def test_the_erased_are_gone_from_both(
    shelf: SqliteShelf, other: SqliteShelf, people: list[SubjectId]
) -> None:
    """Who is erased under the old policy leaves nothing to whom runs the new one."""
    ann, *left = people
    shelf.store.records.erase(shelf.permit(ann))
    assert soon(lambda: other.store.standings.digest(ann) is None)
    for each in (shelf, other):
        assert right(each, left)


def test_opening_again_makes_good(
    shelf: SqliteShelf, other: SqliteShelf, people: list[SubjectId]
) -> None:
    """After a statement under the old policy the next opening takes every digest anew."""
    shelf.say(people[0], StatementKind.OBJECT)
    other.reopen()
    assert digests_on_the_disk(other) == repr(other.policy)
    assert right(other, people)
    assert isinstance(asked(other, people[0]), Refusal)


def test_beside_a_server_its_digests_are_left_alone(
    shelf: SqliteShelf, people: list[SubjectId], newer: Policy
) -> None:
    """A process that does not take over reads by its own policy, and changes no digest."""
    with open_store(
        shelf.folder,
        newer,
        KeyFile(shelf.folder.parent / "master.key"),
        clock=shelf.clock,
        policy_hash="newer",
        take_over=False,
    ) as beside:
        for subject in people:
            standing = shelf.store.statements.standing(shelf.permit(subject))
            expected = None if standing == Standing() else digest(standing, newer, shelf.clock())
            assert beside.standings.digest(subject) == expected
        assert beside.standings.columns().codes.shape == (len(newer.purposes), len(people))
        assert digests_on_the_disk(shelf) == repr(shelf.policy)
    assert right(shelf, people)

"""Every digest anew: fast, because most people say the same, and no less right for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_shelf import SqliteShelf

from tactful.adapters.key_file import KeyFile
from tactful.adapters.sqlite import open_store, patterns
from tactful.adapters.sqlite.digests import from_slot
from tactful.adapters.sqlite.histories import microseconds
from tactful.adapters.sqlite.patterns import Patterns, Row
from tactful.gate import digest
from tactful.terms import Policy, Relationship, RelationshipKind, Standing, Statement, StatementKind
from tactful.testing.conformance.lives import Life, lives
from tactful.testing.conformance.policy import INDIVIDUAL, LIFETIME, NOTICE, PURPOSES, shelf_policy
from tactful.testing.conformance.shelf import Shelf

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
POLICY = shelf_policy()


def rows_of(life: Life, subject: int = 1) -> tuple[Row, list[Row]]:
    """Return the row on the subject of *life*, and those of what they said, as SQL gives them."""
    known: Row = (
        subject,
        life.residence,
        life.address,
        life.born.toordinal() if life.born else None,
    )
    said: list[Row] = [
        (subject, microseconds(s.at), s.purpose, s.kind.value, s.notice, s.regime, s.by.value)
        for s in life.statements
    ]
    return known, said


def dealings_of(life: Life, subject: int = 1) -> list[Row]:
    """Return the rows of the dealings of *life*."""
    return [(subject, d.kind.value, d.opt_out_offered, microseconds(d.at)) for d in life.dealings]


def lived(*statements: Statement) -> Life:
    """Return the life of somebody who said that, and of whom nothing else is known."""
    return Life(statements=list(statements), residence=None, address=None, dealings=[], born=None)


def granted(*, days_ago: float) -> Statement:
    """Return a grant."""
    at = NOW - timedelta(days=days_ago)
    kind = StatementKind.GRANT
    return Statement(purpose=INDIVIDUAL, kind=kind, at=at, notice=NOTICE, regime="asking")


def agrees(policy: Policy, found: Patterns, life: Life) -> bool:
    """Tell whether the digest of *life* that *found* has is the gate's own."""
    slot, young = found.take(*rows_of(life), dealings_of(life))
    standing = Standing(
        statements=tuple(life.statements),
        residence=life.residence,
        address=life.address,
        relationships=tuple(life.dealings),
        born=life.born,
    )
    return from_slot(slot, young, len(PURPOSES)) == digest(standing, policy, NOW)


@given(st.lists(lives(NOW), max_size=20))
def test_what_is_shared_is_the_gates(many: list[Life]) -> None:
    """Whatever else was looked at before, a digest is what the gate takes of that history."""
    found = Patterns(POLICY, NOW)
    assert all(agrees(POLICY, found, life) for life in many)


@given(lives(NOW), st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_moving_a_whole_history_shares_its_digest(life: Life, by: timedelta) -> None:
    """A history that lies elsewhere in time shares the pattern, and has its own ends."""
    found = Patterns(POLICY, NOW)
    moved = replace(
        life,
        statements=[replace(s, at=s.at - by) for s in life.statements],
        dealings=[replace(d, at=d.at - by) for d in life.dealings],
    )
    assert agrees(POLICY, found, life)
    assert agrees(POLICY, found, moved)
    assert len(found) <= 1


DEALT = Relationship(kind=RelationshipKind.PURCHASE, at=NOW - timedelta(days=3))
TWICE = [granted(days_ago=2), replace(granted(days_ago=1), kind=StatementKind.DENY)]
SWAPPED = [replace(TWICE[0], at=TWICE[1].at), replace(TWICE[1], at=TWICE[0].at)]


@pytest.mark.parametrize(
    ("one", "another"),
    [
        (replace(lived(), residence="US"), replace(lived(), residence="DE")),
        (replace(lived(), address="US"), replace(lived(), address="DE")),
        (
            replace(lived(), residence="US", dealings=[DEALT]),
            replace(
                lived(),
                residence="US",
                dealings=[replace(DEALT, kind=RelationshipKind.INQUIRY)],
            ),
        ),
        (lived(*TWICE), lived(*SWAPPED)),
        (lived(*TWICE), lived(*(replace(s, at=NOW) for s in TWICE))),
        (lived(granted(days_ago=1)), lived(replace(granted(days_ago=1), notice="shop@0"))),
        (lived(granted(days_ago=1)), lived(replace(granted(days_ago=1), purpose=PURPOSES[1]))),
    ],
)
def test_who_differs_in_anything_shares_nothing(one: Life, another: Life) -> None:
    """Two histories that the law tells apart each have their own digest, whoever came first."""
    for first, second in ((one, another), (another, one)):
        found = Patterns(POLICY, NOW)
        assert agrees(POLICY, found, first)
        assert agrees(POLICY, found, second)
        assert len(found) > 1


def test_a_thousand_people_of_few_words() -> None:
    """A thousand people who said one of three things make three patterns."""
    found = Patterns(POLICY, NOW)
    for number in range(1000):
        said = granted(days_ago=number / 7)
        kinds = (StatementKind.GRANT, StatementKind.DENY, StatementKind.OBJECT)
        assert agrees(POLICY, found, lived(replace(said, kind=kinds[number % 3])))
    assert len(found) == len({0, 1, 2})


def test_many_different_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory stays bounded, and digests right, where hardly two said the same."""
    monkeypatch.setattr(patterns, "MOST_PATTERNS", 4)
    found = Patterns(POLICY, NOW)
    for number in range(20):
        said = replace(granted(days_ago=1), regime=f"unheard of {number}")
        assert agrees(POLICY, found, lived(said))
        assert len(found) <= 4


def test_a_talkative_person() -> None:
    """Who said more than fits side by side is digested alone."""
    found = Patterns(POLICY, NOW)
    assert agrees(POLICY, found, lived(*(granted(days_ago=day) for day in range(60, 0, -1))))
    assert len(found) == 0


def test_before_the_epoch() -> None:
    """Who said something before 1970 is digested alone: seconds are cut the other way there."""
    found = Patterns(POLICY, NOW)
    assert agrees(POLICY, found, lived(granted(days_ago=365 * 60 + 0.7)))
    assert len(found) == 0


@pytest.mark.parametrize("lifetime", [timedelta(microseconds=1), timedelta(days=80_000)])
def test_a_law_that_cannot_be_counted_from_afar(lifetime: timedelta) -> None:
    """Where a consent lasts for parts of a second, or for centuries, everybody is alone."""
    strictest, asking, *rest = POLICY.regimes
    rule = replace(asking.rules[INDIVIDUAL], consent_lifetime=lifetime)
    asking = replace(asking, rules={**asking.rules, INDIVIDUAL: rule})
    policy = replace(POLICY, regimes=(strictest, asking, *rest))
    found = Patterns(policy, NOW)
    assert agrees(policy, found, lived(replace(granted(days_ago=1), regime=asking.id)))
    assert len(found) == 0


def test_two_dealings_of_different_weight() -> None:
    """The dealing that implies consent for longest counts, which their order does not tell."""
    strictest, *rest = POLICY.regimes
    kinds = {RelationshipKind.PURCHASE: LIFETIME, RelationshipKind.INQUIRY: LIFETIME / 4}
    regimes = [
        replace(r, rules={name: replace(rule, implied_by=kinds) for name, rule in r.rules.items()})
        for r in rest
    ]
    policy = replace(POLICY, regimes=(strictest, *regimes))
    found = Patterns(policy, NOW)
    for ago in (1, 100):
        dealings = [
            Relationship(kind=RelationshipKind.INQUIRY, at=NOW),
            Relationship(kind=RelationshipKind.PURCHASE, at=NOW - timedelta(days=ago)),
        ]
        life = replace(lived(), residence="US", dealings=dealings)
        assert agrees(policy, found, life)


def test_progress_is_told(shelf: SqliteShelf) -> None:
    """Opening under another policy tells how far it is, up to the end; otherwise nothing."""
    for name in ("ann", "bob", "cid"):
        shelf.say(shelf.subject(name))
    shelf.store.close()
    told: list[tuple[int, int]] = []
    for policy_hash in ("new", "new"):
        open_store(
            shelf.folder,
            shelf.policy,
            KeyFile(shelf.folder.parent / "master.key"),
            clock=shelf.clock,
            policy_hash=policy_hash,
            progress=lambda done, total: told.append((done, total)),
        ).close()
    assert told == [(0, 3), (3, 3)]


def test_fewer_purposes_and_more_again(shelf: Shelf) -> None:
    """Digests of another width replace the old ones, also those of whom nobody is left."""
    subjects = [shelf.stranger() for _ in range(70)]
    for subject in subjects:
        shelf.say(subject)
    for subject in subjects[:40]:
        shelf.store.records.erase(shelf.permit(subject))
    whole = shelf.policy
    fewer = {name: whole.purposes[name] for name in PURPOSES[:4]}
    for policy in (replace(whole, purposes=fewer), whole):
        shelf.reopen(policy)
        columns = shelf.store.standings.columns()
        assert columns.codes.shape == (len(policy.purposes), 30)
        for subject in subjects[40:]:
            standing = shelf.store.statements.standing(shelf.permit(subject))
            expected = digest(standing, policy, shelf.clock())
            assert shelf.store.standings.digest(subject) == expected


def test_everybody_gone(shelf: Shelf) -> None:
    """Where all have been erased no column holds anybody."""
    for subject in [shelf.stranger() for _ in range(3)]:
        shelf.say(subject)
        shelf.store.records.erase(shelf.permit(subject))
    shelf.reopen()
    columns = shelf.store.standings.columns()
    assert columns.codes.shape == (len(shelf.policy.purposes), 0)
    assert shelf.store.standings.digest(subject) is None

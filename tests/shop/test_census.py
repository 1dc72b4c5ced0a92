"""A census says how many subjects the rules see alike, and nothing about any of them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tactful.capabilities.policy import Group
from tactful.gate import Digest, strictest_of
from tactful.gate.decide import facts_at
from tactful.gate.facts import Signal
from tactful.shop.census import census
from tactful.terms import (
    AgeRule,
    Minor,
    Mode,
    Policy,
    Relationship,
    RelationshipKind,
    Said,
    Speaker,
    Standing,
    Statement,
    StatementKind,
    SubjectId,
)
from tactful.testing.policies import CURRENT_NOTICE, small_policy
from tactful.testing.standings import StandingsInMemory

THEN = datetime(2026, 3, 1, tzinfo=UTC)
LATER = THEN + timedelta(days=400)
GRANT, DENY = StatementKind.GRANT, StatementKind.DENY


def _policy() -> Policy:
    """Return the small policy where purchases imply a yes to ads, and minors are asked for more."""
    small = small_policy()
    asking, telling, closed = small.regimes[1:]
    rule = replace(
        telling.rules["advertising"],
        mode=Mode.IMPLIED,
        implied_by={RelationshipKind.PURCHASE: timedelta(days=365)},
    )
    ages = tuple(
        AgeRule(purpose="advertising", below=below, needs=needs, citation="none")
        for below, needs in ((13, Minor.PARENTAL_CONSENT), (18, Minor.OWN_CONSENT))
    )
    told = replace(telling, rules={**telling.rules, "advertising": rule}, ages=ages)
    laws = (asking, told, closed)
    return replace(small, regimes=(strictest_of(laws), *laws))


def _anybody(chance: random.Random) -> Standing:
    said = [
        Statement(
            purpose=chance.choice(["advertising", "measurement"]),
            kind=chance.choice([GRANT, DENY]),
            at=THEN,
            notice=CURRENT_NOTICE,
            by=chance.choice(list(Speaker)),
        )
        for _ in range(chance.randrange(3))
    ]
    held = [Statement(purpose="", kind=StatementKind.RESTRICT, at=THEN)] * chance.randrange(2)
    bought = Relationship(kind=RelationshipKind.PURCHASE, at=THEN)
    return Standing(
        statements=(*said, *held),
        residence=chance.choice([None, "DE", "US", "XA"]),
        relationships=(bought,) * chance.randrange(2),
        born=chance.choice([None, date(2009, 1, 1), date(2014, 1, 1), date(1990, 1, 1)]),
    )


def test_groups_are_what_the_rules_see() -> None:
    """Counting all at once gives what asking one by one gives, then and after terms have run."""
    policy, chance = _policy(), random.Random(7)  # noqa: S311 - nothing to guess
    standings = StandingsInMemory(policy)
    digests: list[Digest] = []
    for number in range(1, 501):
        standings.put(SubjectId(number), _anybody(chance), THEN)
        digests.append(standings.digest(SubjectId(number)) or _missing())

    seen: set[Group] = set()
    for at in (THEN, LATER):
        counted = census(standings, policy=policy, at=at)
        one_by_one = Counter(_group(known, p, policy, at) for known in digests for p in _purposes())
        assert {g: n for g, n in counted.items() if g.purpose in _purposes()} == one_by_one
        seen |= counted.keys()

    words = {Said.GRANTED, Said.EXPIRED, Said.NOTHING, Said.IMPLIED, Said.DENIED}
    assert words <= {group.said for group in seen}
    assert {group.minor for group in seen} == {
        Minor.NO,
        Minor.OWN_CONSENT,
        Minor.PARENTAL_CONSENT,
    }


def _purposes() -> tuple[str, ...]:
    return ("advertising", "measurement")


def _missing() -> Digest:
    raise AssertionError("what was put in is there")


def _group(known: Digest, purpose: str, policy: Policy, at: datetime) -> Group:
    facts = facts_at(known, purpose, policy, at, region=None, signal=Signal.NONE)
    regime = policy.regimes[facts.regime].id
    return Group(purpose, regime, facts.said, facts.restricted, facts.minor)


def test_a_consent_that_is_implied_is_counted_until_it_ends() -> None:
    """A purchase counts for a year; then nothing was said."""
    policy = _policy()
    standings = StandingsInMemory(policy)
    bought = Relationship(kind=RelationshipKind.PURCHASE, at=THEN)
    standings.put(SubjectId(1), Standing(residence="US", relationships=(bought,)), THEN)

    before, after = (census(standings, policy=policy, at=at) for at in (THEN, LATER))

    assert before[Group("advertising", "telling", Said.IMPLIED)] == 1
    assert after[Group("advertising", "telling", Said.NOTHING)] == 1


def test_nobody_is_nobody() -> None:
    """A shop without subjects has no groups."""
    policy = _policy()

    assert census(StandingsInMemory(policy), policy=policy, at=THEN) == {}

"""Whoever has several numbers is one person, and no order of links lets a no get lost."""

from datetime import timedelta

import pytest
from gate_worlds import DENY, GRANT, NOW, histories, policies, said
from hypothesis import given
from hypothesis import strategies as st

from tactful.gate import digest, merged, person_standing, persons
from tactful.terms import Merge, Policy, Said, Standing, Statement, SubjectId
from tactful.testing.policies import small_policy

ANN, PHONE, TABLET = SubjectId(1), SubjectId(2), SubjectId(3)
HOUR = timedelta(hours=1)
POLICY = small_policy()
PURPOSE = POLICY.purpose_order[1]


def link(kept: SubjectId, absorbed: SubjectId, *, number: int = 1, ago: timedelta = HOUR) -> Merge:
    """Return a merge some time ago."""
    return Merge(id=number, kept=kept, absorbed=absorbed, at=NOW - ago, evidence="word", by="tests")


def amounts(standing: Standing) -> Said:
    """Return what a standing amounts to on the purpose of these tests."""
    facts = digest(standing, POLICY, NOW)
    return Said(facts.said[POLICY.purpose_order.index(PURPOSE)])


def word(kind: object, ago: timedelta) -> Statement:
    """Return what somebody said some time ago."""
    return said(PURPOSE, kind, at=NOW - ago)  # type: ignore[arg-type]


def test_links_make_persons() -> None:
    """Numbers that links lead between are one person, who goes by what the kept side went by."""
    assert persons([ANN, PHONE, TABLET], []) == ((ANN,), (PHONE,), (TABLET,))
    first = link(TABLET, PHONE)
    assert persons([ANN, PHONE, TABLET], [first]) == ((ANN,), (TABLET, PHONE))
    second = link(ANN, PHONE, number=2)
    whole = (ANN, TABLET, PHONE)
    assert persons([ANN, PHONE, TABLET], [first, second]) == (whole,)
    assert persons([ANN, PHONE, TABLET], [first, second, link(ANN, TABLET, number=3)]) == (whole,)


@given(policy=policies(), one=histories(), other=histories())
def test_two_are_what_the_gate_merges(
    policy: Policy, one: tuple[Statement, ...], other: tuple[Statement, ...]
) -> None:
    """Of two sides the standing is `merged`, in the order of time."""
    sides = {ANN: Standing(statements=one), PHONE: Standing(statements=other)}
    merge = link(ANN, PHONE)
    found = person_standing(sides, [merge], policy)
    expected = merged(sides[ANN], sides[PHONE], policy, merge.at)
    assert set(found.statements) == set(expected.statements)
    assert list(found.statements) == sorted(found.statements, key=lambda s: s.order)
    assert digest(found, policy, NOW) == digest(expected, policy, NOW)


def test_a_link_among_the_linked_changes_nothing() -> None:
    """A second link between the same numbers, or in a circle, adds nothing."""
    sides = {ANN: Standing(statements=(word(DENY, 3 * HOUR),)), PHONE: Standing()}
    once = person_standing(sides, [link(ANN, PHONE)], POLICY)
    assert person_standing(sides, [link(ANN, PHONE), link(PHONE, ANN, number=2)], POLICY) == once


def test_taking_the_first_of_two_links_away_keeps_the_no() -> None:
    """A no that only an undone merge had repeated is repeated by those that still stand."""
    sides = {
        ANN: Standing(),
        PHONE: Standing(statements=(word(DENY, 9 * HOUR),)),
        TABLET: Standing(statements=(word(GRANT, 8 * HOUR),)),
    }
    first, second = link(ANN, PHONE, ago=5 * HOUR), link(PHONE, TABLET, number=2, ago=4 * HOUR)
    assert amounts(person_standing(sides, [first, second], POLICY)) is Said.DENIED
    left = {number: sides[number] for number in (PHONE, TABLET)}
    assert amounts(person_standing(left, [second], POLICY)) is Said.DENIED


@pytest.mark.parametrize(("ago", "stands"), [(2 * HOUR, Said.DENIED), (HOUR / 2, Said.GRANTED)])
def test_a_yes_counts_after_the_merge_alone(ago: timedelta, stands: Said) -> None:
    """A yes on the other side of before the merge does not override a no; one of after it does."""
    sides = {
        ANN: Standing(statements=(word(DENY, 9 * HOUR),)),
        PHONE: Standing(statements=(word(GRANT, ago),)),
    }
    assert amounts(person_standing(sides, [link(ANN, PHONE)], POLICY)) is stands


@given(order=st.permutations([0, 1, 2]))
def test_no_order_of_sides_loses_a_no(order: list[int]) -> None:
    """Whichever sides are linked first, and which is kept, a no of one of three stands."""
    numbers = [ANN, PHONE, TABLET]
    words = [(word(DENY, 9 * HOUR),), (word(GRANT, 8 * HOUR),), (word(GRANT, 7 * HOUR),)]
    sides = {n: Standing(statements=w) for n, w in zip(numbers, words, strict=True)}
    one, two, three = (numbers[place] for place in order)
    merges = [link(one, two, ago=5 * HOUR), link(three, one, number=2, ago=4 * HOUR)]
    assert amounts(person_standing(sides, merges, POLICY)) is Said.DENIED

"""One person who was known as two: nothing said is lost, and no refusal is overridden."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from gate_worlds import (
    DENY,
    GRANT,
    LIFT,
    NOW,
    OBJECT,
    RESTRICT,
    TICK,
    WITHDRAW,
    also,
    answer_to,
    histories,
    permitted,
    policies,
    purposes,
    rule_of,
    said,
    standings,
    visits,
)
from hypothesis import given
from hypothesis import strategies as st

from tactful.gate import Permit, Visit, carried, decide, digest, merged
from tactful.terms import (
    Policy,
    Relationship,
    RelationshipKind,
    Said,
    Standing,
    Statement,
    StatementKind,
)
from tactful.testing.policies import small_policy

SMALL = small_policy()
HOUR = timedelta(hours=1)
BY_WORD = {"not_restricted", "no_objection", "no_denial"}
NO = {Said.DENIED, Said.WITHDRAWN, Said.OBJECTED}


def german(*statements: Statement) -> Standing:
    """Return the standing of somebody in Germany."""
    return Standing(statements=statements, residence="DE")


def after(kept: Standing, absorbed: Standing) -> str:
    """Return who speaks of recommendations once both are one."""
    return rule_of(decide("recommend", merged(kept, absorbed, SMALL, NOW), SMALL, NOW))


@given(policies(), standings, histories(), visits)
def test_a_merge_never_permits_what_one_of_the_two_refused(
    policy: Policy, person: Standing, device: tuple[Statement, ...], visit: Visit
) -> None:
    """What either refused in words stays refused, whatever the other said, and when."""
    other = replace(person, statements=device)
    one = merged(person, other, policy, NOW)

    for name in policy.activities:
        answers = [answer_to(name, side, policy, visit) for side in (person, other)]
        if any(rule_of(answer) in BY_WORD for answer in answers):
            assert not isinstance(answer_to(name, one, policy, visit), Permit)


@given(policies(), standings, standings)
def test_after_a_merge_the_strongest_no_of_either_stands(
    policy: Policy, one: Standing, other: Standing
) -> None:
    """An objection before any other no, any no before a yes; restriction if either wanted it."""
    sides = digest(one, policy, NOW), digest(other, policy, NOW)
    together = digest(merged(one, other, policy, NOW), policy, NOW)

    for place in range(len(policy.purpose_order)):
        sayings = {Said(side.said[place]) for side in sides}
        stands = Said(together.said[place])
        assert stands in NO or not sayings & NO
        assert stands is Said.OBJECTED or Said.OBJECTED not in sayings
    assert together.restricted >= max(side.restricted for side in sides)


@given(policies(), standings, histories())
def test_which_of_the_two_is_kept_makes_no_difference_to_what_was_said(
    policy: Policy, person: Standing, device: tuple[Statement, ...]
) -> None:
    """Merging this into that digests as merging that into this, where they live as one."""
    other = replace(person, statements=device)

    here, there = merged(person, other, policy, NOW), merged(other, person, policy, NOW)

    assert digest(here, policy, NOW) == digest(there, policy, NOW)


@given(policies(), standings, visits)
def test_merging_somebody_with_nobody_changes_nothing(
    policy: Policy, standing: Standing, visit: Visit
) -> None:
    """A device of which nothing is known adds nothing, and neither does the same one again."""
    nobody = Standing()

    assert merged(standing, standing, policy, NOW).statements == tuple(
        dict.fromkeys(standing.statements)
    )
    for one in (merged(standing, nobody, policy, NOW), merged(nobody, standing, policy, NOW)):
        assert permitted(policy, one, visit) == permitted(policy, standing, visit)


@given(policies(), standings, standings)
def test_nothing_that_was_said_is_lost(policy: Policy, one: Standing, other: Standing) -> None:
    """All statements of both are there, and what is added is a no at the moment of the merge."""
    both = merged(one, other, policy, NOW)
    added = carried(one, other, policy, NOW)

    assert set(both.statements) == {*one.statements, *other.statements, *added}
    assert set(both.relationships) == {*one.relationships, *other.relationships}
    assert {word.kind for word in added} <= {DENY, WITHDRAW, OBJECT, RESTRICT}
    assert {(word.at, word.source) for word in added} <= {(NOW, "merge")}


@pytest.mark.parametrize(
    ("no", "rule"), [(DENY, "no_denial"), (WITHDRAW, "no_denial"), (OBJECT, "no_objection")]
)
def test_a_devices_grant_never_overrides_a_persons_refusal(no: StatementKind, rule: str) -> None:
    """Though it came later, and though it is a grant, which would lift an objection."""
    person = german(said("recommendations", no, NOW - 2 * HOUR))
    device = german(said("recommendations", GRANT, NOW - HOUR))

    assert [s.kind for s in carried(person, device, SMALL, NOW)] == [no]
    assert after(person, device) == rule
    assert after(device, person) == rule


def test_the_stronger_of_two_refusals_stands() -> None:
    """An objection on one side is still one when the other side withdrew or denied later."""
    objected = german(said("recommendations", OBJECT, NOW - 2 * HOUR))
    again = also(objected, said("recommendations", GRANT, NOW - HOUR))
    denied = german(said("recommendations", DENY, NOW - HOUR))

    assert after(objected, denied) == "no_objection"
    assert after(again, objected) == "no_objection"
    assert after(again, denied) == "no_denial"


def test_an_objection_is_not_lifted_by_the_other_sides_grant_though_that_was_taken_back() -> None:
    """Grant and denial over there would leave a denial here, of what was an objection."""
    objected = german(said("recommendations", OBJECT, NOW - 3 * HOUR))
    wavered = german(
        said("recommendations", GRANT, NOW - 2 * HOUR), said("recommendations", DENY, NOW - HOUR)
    )

    assert after(objected, wavered) == "no_objection"
    assert after(wavered, objected) == "no_objection"


def test_of_two_refusals_that_are_none_of_them_objections_either_will_do() -> None:
    """Whether somebody denied or withdrew makes no difference to what is permitted."""
    denied = german(said("recommendations", DENY))
    withdrawn = german(said("recommendations", WITHDRAW))
    earlier = german(said("recommendations", WITHDRAW, NOW - HOUR))

    assert carried(denied, withdrawn, SMALL, NOW) == ()
    assert carried(denied, earlier, SMALL, NOW) == ()
    assert after(denied, withdrawn) == "no_denial"


def test_nothing_is_repeated_that_stands_anyway() -> None:
    """Where the later word is the more restrictive one, time alone tells."""
    granted = german(said("recommendations", GRANT, NOW - 2 * HOUR))
    denied = german(said("recommendations", DENY, NOW - HOUR))

    assert carried(granted, denied, SMALL, NOW) == ()
    assert carried(granted, granted, SMALL, NOW) == ()
    assert merged(granted, denied, SMALL, NOW).statements == (
        *granted.statements,
        *denied.statements,
    )


def test_a_grant_meets_silence() -> None:
    """Who has said nothing has refused nothing: what they granted elsewhere counts."""
    device = german(said("recommendations", GRANT, NOW - HOUR))

    assert after(german(), device) == "permitted"
    assert after(device, german()) == "permitted"


@given(purposes, st.sampled_from([DENY, WITHDRAW, OBJECT]))
def test_a_grant_after_the_merge_counts_again(purpose: str, no: StatementKind) -> None:
    """What was carried over is an ordinary no: a later yes takes it back."""
    person = german(said(purpose, no, NOW - 2 * HOUR))
    one = merged(person, german(said(purpose, GRANT, NOW - HOUR)), SMALL, NOW)
    agreed = also(one, said(purpose, GRANT, NOW + TICK))

    place = SMALL.purpose_order.index(purpose)
    assert digest(agreed, SMALL, NOW + TICK).said[place] == Said.GRANTED


def test_a_restriction_on_one_side_outlasts_a_lift_on_the_other() -> None:
    """A lift by the device does not lift what the person wanted; a later one does."""
    person = german(said("", RESTRICT, NOW - 2 * HOUR))
    device = german(said("", RESTRICT, NOW - 3 * HOUR), said("", LIFT, NOW - HOUR))

    (carried_over,) = carried(person, device, SMALL, NOW)
    assert carried_over.kind is RESTRICT
    assert after(person, device) == "not_restricted"
    assert after(device, person) == "not_restricted"
    one = merged(device, person, SMALL, NOW)
    assert not also(one, said("", LIFT, NOW + TICK)).restricted(NOW + TICK)


def test_the_younger_birth_date_counts() -> None:
    """Where two are told the more careful one is believed."""
    child, adult = date(2015, 1, 1), date(1980, 1, 1)
    told = [(child, adult), (adult, child), (child, None), (None, child), (None, None)]

    born = [merged(Standing(born=a), Standing(born=b), SMALL, NOW).born for a, b in told]

    assert born == [child, child, child, child, None]


def test_the_one_who_is_kept_tells_where_they_live() -> None:
    """And the other one only where that is not known."""
    kept, absorbed = Standing(residence="DE"), Standing(residence="US", address="US-CA")
    bought = Relationship(kind=RelationshipKind.PURCHASE, at=NOW)

    one = merged(kept, replace(absorbed, relationships=(bought,)), SMALL, NOW)
    other = merged(absorbed, replace(kept, address="DE"), SMALL, NOW)

    assert (one.residence, one.address, one.relationships) == ("DE", "US-CA", (bought,))
    assert (other.residence, other.address) == ("US", "US-CA")

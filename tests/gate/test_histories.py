"""What was said, and when: promises over every history that a subject could have."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from gate_worlds import (
    DENY,
    GRANT,
    LIFT,
    NOW,
    OBJECT,
    RESTRICT,
    SPOKEN,
    TICK,
    WITHDRAW,
    activity_on,
    also,
    answer_to,
    dealings,
    moments,
    notice,
    permitted,
    policies,
    purposes,
    refusals,
    rule_of,
    said,
    spoken,
    standings,
    visits,
    with_mode,
)
from hypothesis import given
from hypothesis import strategies as st

from tactful.gate import Permit, Visit, decide, digest
from tactful.terms import (
    Mode,
    Policy,
    Relationship,
    RelationshipKind,
    Said,
    Standing,
    Statement,
    StatementKind,
)
from tactful.testing.policies import CONSENT_LIFETIME, small_policy

SMALL = small_policy()
ASKED = [Mode.IMPLIED, Mode.SOFT_OPT_IN, Mode.OPT_IN, Mode.FORBIDDEN]


def ask(activity: str, *statements: Statement) -> str:
    """Return who speaks when the small policy is asked about a visitor from Germany."""
    return rule_of(decide(activity, Standing(statements=statements), SMALL, NOW, region="DE"))


# Unknown is no.


@given(policies(), purposes, visits, st.sampled_from(ASKED))
def test_unknown_is_no_where_a_yes_is_needed(
    policy: Policy, purpose: str, visit: Visit, mode: Mode
) -> None:
    """Who has said nothing, and bought nothing, gives no permit, wherever they are."""
    asking = with_mode(policy, purpose, mode)
    name = activity_on(asking, purpose).name

    assert not isinstance(answer_to(name, Standing(), asking, visit), Permit)


# A no.


@given(policies(), standings, st.builds(said, purposes, refusals), visits)
def test_a_no_is_final_until_a_new_grant(
    policy: Policy, standing: Standing, no: Statement, visit: Visit
) -> None:
    """Whatever was said or bought before, from the moment of a no only the necessary goes on."""
    after = also(standing, no)

    for mode in (Mode.OPT_OUT, *ASKED):
        world = with_mode(policy, no.purpose, mode)
        answer = answer_to(activity_on(world, no.purpose).name, after, world, visit)
        assert not isinstance(answer, Permit)


@given(policies(), standings, st.builds(said, purposes, refusals), visits)
def test_nothing_but_a_grant_takes_a_no_back(
    policy: Policy, standing: Standing, no: Statement, visit: Visit
) -> None:
    """Later dealings, lifts and further refusals leave a withdrawal what it is."""
    bought = [Relationship(kind=k, at=NOW, opt_out_offered=True) for k in RelationshipKind]
    dealt = replace(also(standing, no), relationships=(*standing.relationships, *bought))
    lifted = also(dealt, said("", LIFT, NOW + TICK), said(no.purpose, WITHDRAW, NOW + TICK))
    optional = with_mode(policy, no.purpose, Mode.IMPLIED)
    name = activity_on(optional, no.purpose).name

    answer = answer_to(name, lifted, optional, visit, at=NOW + timedelta(days=1))
    assert not isinstance(answer, Permit)


@pytest.mark.parametrize("no", [WITHDRAW, DENY, OBJECT])
def test_a_new_grant_takes_any_no_back(no: StatementKind) -> None:
    """A later yes counts, an instant after whatever was said before."""
    before = said("recommendations", no, NOW - TICK)

    assert ask("recommend", before) in {"no_denial", "no_objection"}
    assert ask("recommend", before, said("recommendations", GRANT)) == "permitted"


@given(st.lists(refusals, max_size=4), purposes)
def test_an_objection_survives_everything_but_a_later_grant(
    then: list[StatementKind], purpose: str
) -> None:
    """Object, then withdraw or deny as often as you like: it is the objection that stands."""
    words = [said(purpose, kind, NOW - timedelta(hours=9 - n)) for n, kind in enumerate(then)]
    objected = said(purpose, OBJECT, NOW - timedelta(hours=10))
    standing = Standing(statements=(objected, *words))
    place = SMALL.purpose_order.index(purpose)

    assert standing.latest(purpose, NOW) is objected
    assert digest(standing, SMALL, NOW).said[place] == Said.OBJECTED
    granted = also(standing, said(purpose, GRANT))
    assert digest(granted, SMALL, NOW).said[place] == Said.GRANTED
    withdrawn = also(granted, said(purpose, WITHDRAW, NOW + TICK))
    assert digest(withdrawn, SMALL, NOW + TICK).said[place] == Said.WITHDRAWN


# Time.


words = st.builds(said, purposes, st.sampled_from(SPOKEN)) | st.just(said("", RESTRICT))
bought_now = dealings.map(lambda dealing: replace(dealing, at=NOW))


@given(policies(), standings, st.tuples(st.lists(words), st.lists(bought_now)), visits)
def test_the_future_is_not_consulted(
    policy: Policy,
    standing: Standing,
    future: tuple[list[Statement], list[Relationship]],
    visit: Visit,
) -> None:
    """Statements and dealings after the moment of a decision change nothing about it."""
    before = NOW - TICK
    past = replace(
        standing,
        statements=tuple(s for s in standing.statements if s.at <= before),
        relationships=tuple(r for r in standing.relationships if r.at <= before),
    )
    said_then, bought_then = future
    longer = also(replace(past, relationships=(*past.relationships, *bought_then)), *said_then)

    for name in policy.activities:
        ruled = answer_to(name, past, policy, visit, at=before)
        assert ruled == answer_to(name, longer, policy, visit, at=before)


@given(st.data(), policies(), standings, visits)
def test_the_order_of_arrival_does_not_matter(
    data: st.DataObject, policy: Policy, standing: Standing, visit: Visit
) -> None:
    """What is known may reach the store in any order: only its own times count."""
    shuffled = replace(
        standing,
        statements=tuple(data.draw(st.permutations(standing.statements))),
        relationships=tuple(data.draw(st.permutations(standing.relationships))),
    )

    assert digest(standing, policy, NOW) == digest(shuffled, policy, NOW)
    for name in policy.activities:
        assert answer_to(name, standing, policy, visit) == answer_to(name, shuffled, policy, visit)


def test_the_times_of_statements_do_matter() -> None:
    """The same two words the other way round are another answer."""
    early, late = NOW - timedelta(hours=1), NOW

    granted = said("recommendations", DENY, early), said("recommendations", GRANT, late)
    denied = said("recommendations", GRANT, early), said("recommendations", DENY, late)

    assert ask("recommend", *granted) == "permitted"
    assert ask("recommend", *denied) == "no_denial"


@pytest.mark.parametrize("field", ["notice", "regime", "by"])
@given(one=spoken, other=spoken)
def test_of_two_grants_at_one_instant_the_same_one_always_counts(
    field: str, one: Statement, other: Statement
) -> None:
    """They may differ in all that the gate looks at; which came in first still does not matter."""
    grant = replace(one, kind=GRANT)
    twin = replace(grant, **{field: getattr(other, field)})
    told, retold = Standing(statements=(grant, twin)), Standing(statements=(twin, grant))

    assert told.latest(grant.purpose, NOW) == retold.latest(grant.purpose, NOW)


@given(st.permutations([GRANT, WITHDRAW, DENY, OBJECT]), st.integers(1, 4), moments)
def test_at_the_same_instant_the_more_restrictive_statement_wins(
    kinds: list[StatementKind], size: int, at: datetime
) -> None:
    """Two words at one instant are read with caution, whichever came in first."""
    together = Standing(statements=tuple(said("advertising", kind, at) for kind in kinds[:size]))
    latest = together.latest("advertising", NOW)

    caution = [GRANT, WITHDRAW, DENY, OBJECT]
    assert latest is not None
    assert latest.kind is max(kinds[:size], key=caution.index)


@given(policies(), standings, st.builds(said, purposes, refusals, moments), visits)
def test_one_more_no_never_permits_more(
    policy: Policy, standing: Standing, no: Statement, visit: Visit
) -> None:
    """Wherever in a history a no is put in, what it permits is not more than without."""
    assert permitted(policy, also(standing, no), visit) <= permitted(policy, standing, visit)


# Restriction.


@given(policies(), standings, visits)
def test_restriction_only_ever_stores(policy: Policy, standing: Standing, visit: Visit) -> None:
    """While processing is restricted only what survives restriction can be permitted (Art. 18)."""
    kept = also(standing, said("", RESTRICT))

    allowed = permitted(policy, kept, visit)
    assert all(policy.activities[name].survives_restriction for name in allowed)
    assert allowed <= permitted(policy, also(standing, said("", LIFT)), visit)


def test_restriction_holds_until_it_is_lifted() -> None:
    """Restrict and lift: at the same instant restriction wins, afterwards the lift does."""
    grant = said("recommendations", GRANT, NOW - timedelta(days=1))
    restrict, together, after = (
        said("", RESTRICT, NOW - 2 * TICK),
        said("", LIFT, NOW - 2 * TICK),
        said("", LIFT, NOW - TICK),
    )

    assert ask("recommend", grant, restrict, together) == "not_restricted"
    assert ask("keep-history", grant, restrict, together) == "permitted"
    assert ask("recommend", grant, restrict, after) == "permitted"


# Grants: how long, and to what.


def test_a_grant_counts_until_its_last_second() -> None:
    """Consent given where it lasts a year is expired when the year is over, not before."""
    grant = Standing(statements=(said("recommendations", GRANT, regime="asking"),))
    end = NOW + CONSENT_LIFETIME

    def asked(at: datetime, region: str) -> str:
        return rule_of(decide("recommend", grant, SMALL, at, region=region))

    assert asked(end - TICK, "DE") == "permitted"
    assert asked(end, "DE") == "consent_when_needed"
    assert asked(end, "US") == "permitted"


def test_a_grant_lasts_as_long_as_the_regime_says_in_which_it_was_given() -> None:
    """Where that is not known, or silent on the purpose, the shortest time of any regime counts."""
    long_ago = NOW - CONSENT_LIFETIME
    lasting = said("recommendations", GRANT, long_ago, regime="telling")
    unknown = said("recommendations", GRANT, long_ago, regime="of old")
    nowhere = said("recommendations", GRANT, long_ago, regime="strictest")
    silent = said("measurement", GRANT, long_ago, regime="closed")

    assert ask("recommend", lasting) == "permitted"
    assert ask("recommend", unknown) == "consent_when_needed"
    assert ask("recommend", nowhere) == "consent_when_needed"
    assert ask("count-visits", silent) == "consent_when_needed"
    assert ask("count-visits", replace(silent, at=long_ago + TICK)) == "consent_when_needed"
    second = timedelta(seconds=1)
    assert ask("count-visits", replace(silent, at=long_ago + second)) == "permitted"


@pytest.mark.parametrize(
    ("named", "rule"),
    [
        ("shop@3", "permitted"),
        ("shop@2", "permitted"),
        ("shop@1", "consent_when_needed"),
        ("shop@4", "consent_when_needed"),
        ("shop@02", "consent_when_needed"),
        ("other@3", "consent_when_needed"),
        ("shop", "consent_when_needed"),
        ("", "consent_when_needed"),
    ],
)
def test_a_grant_counts_if_nothing_material_changed_since_its_notice(named: str, rule: str) -> None:
    """Version 3 is editorial, version 2 was material, and what was never shown is no notice."""
    assert ask("recommend", said("recommendations", GRANT, notice=named)) == rule


@pytest.mark.parametrize(
    ("named", "rule"),
    [("shop@1", "permitted"), ("shop@2", "consent_when_needed"), ("shop@3", "permitted")],
)
def test_a_grant_counts_only_if_its_notice_told_of_the_purpose(named: str, rule: str) -> None:
    """Nobody agrees to what they were not told (Art. 4(11)), also between two that did tell."""
    silent = frozenset({"measurement"})
    notices = (
        notice(1, material=frozenset()),
        notice(2, tells=silent, material=frozenset()),
        notice(3, material=frozenset()),
    )
    grant = said("recommendations", GRANT, notice=named)
    policy = replace(SMALL, notices=notices)

    standing = Standing(statements=(grant,), residence="DE")
    assert rule_of(decide("recommend", standing, policy, NOW)) == rule


def test_a_material_change_asks_again_only_for_the_purpose_it_changed() -> None:
    """What a new version leaves as it was stays agreed to."""
    changed = notice(2, material=frozenset({"advertising"}))
    policy = replace(SMALL, notices=(notice(1, material=frozenset()), changed))
    grants = (said(purpose, GRANT, notice="shop@1") for purpose in policy.purposes)
    standing = Standing(statements=tuple(grants), residence="DE")

    allowed = permitted(policy, standing)

    assert {policy.activities[name].purpose for name in allowed} == {
        "necessary",
        "recommendations",
        "measurement",
    }
    assert digest(standing, policy, NOW).said[2] == Said.OUTDATED

"""One definition of the rules: the table, the audience and the strictest set all agree with it."""

from datetime import timedelta

import numpy as np
import pytest
from gate_worlds import NOW, SUBJECT, policies, standings, visits
from hypothesis import given
from hypothesis import strategies as st

from tactful.gate import (
    RULE_NAMES,
    Digest,
    Door,
    Gap,
    Permit,
    Refusal,
    Visit,
    decide,
    digest,
    strictest_of,
    verdict_tables,
)
from tactful.gate.decide import case_of, judge
from tactful.gate.facts import code_count, decode, encode
from tactful.gate.verdicts import GAP, PERMITTED
from tactful.terms import (
    LegalBasis,
    Mode,
    Policy,
    Regime,
    RegimeRule,
    Standing,
    SubjectId,
)
from tactful.testing.policies import small_policy
from tactful.testing.standings import StandingsInMemory, UsesInMemory

populations = st.lists(standings, max_size=12)
later = st.sampled_from(
    [timedelta(0), timedelta(seconds=1), timedelta(days=30), timedelta(days=336)]
)


def essence(answer: Permit | Refusal | Gap) -> tuple[object, ...]:
    """Return what must be the same, whoever gave the answer."""
    if isinstance(answer, Permit):
        return ("permitted", answer.scope, answer.purpose, answer.basis, answer.regime)
    return (type(answer), answer.rule, answer.reason)


@given(policies())
def test_codes_and_cases_are_one_to_one(policy: Policy) -> None:
    """Every combination of facts has one code of its own, below the count of codes."""
    codes = range(code_count(policy))
    cases = [decode(code) for code in codes]

    assert len(set(cases)) == len(cases)
    assert [
        encode(regime=regime, said=said, signal=signal, restricted=restricted)
        for regime, said, signal, restricted in cases
    ] == list(codes)


@given(policies())
def test_the_table_equals_the_rules(policy: Policy) -> None:
    """For every code of every activity the table holds what the rules answer, and says so twice."""
    for name, table in verdict_tables(policy).items():
        activity = policy.activities[name]
        for code, verdict in enumerate(table.entries):
            number, said, signal, restricted = decode(code)
            regime = policy.regimes[number]
            case = case_of(activity, regime, said=said, signal=signal, restricted=restricted)
            refused = judge(case) if case else ("gap", "")
            spoken = (verdict.rule, verdict.reason) if verdict.number != PERMITTED else None
            assert spoken == refused
            assert verdict.regime == regime.id
            assert verdict.number == table.numbers[code]


@given(policies(), standings, visits, later)
def test_the_door_answers_as_the_rules_do(
    policy: Policy, standing: Standing, visit: Visit, passed: timedelta
) -> None:
    """What the door looks up from a digest taken earlier is what `decide` finds in the standing."""
    known = StandingsInMemory(policy)
    known.put(SUBJECT, standing, NOW)
    door, at = Door(policy, standings=known, uses=UsesInMemory()), NOW + passed
    told = standing if visit.subject else Standing()

    for name in policy.activities:
        ruled = decide(
            name, told, policy, at, subject=visit.subject, region=visit.region, signal=visit.gpc
        )
        assert essence(door.ask(name, visit, at)) == essence(ruled)


@given(policies(), populations, later)
def test_an_audience_is_everybody_asked_one_by_one(
    policy: Policy, people: list[Standing], passed: timedelta
) -> None:
    """The members are those whom `decide` permits, and the rest are counted by their rule."""
    known, at = StandingsInMemory(policy), NOW + passed
    for number, standing in enumerate(people, start=1):
        known.put(SubjectId(number), standing, NOW)
    door = Door(policy, standings=known, uses=UsesInMemory())

    for name in policy.activities:
        answers = [decide(name, standing, policy, at) for standing in people]
        rules = [answer.rule for answer in answers if not isinstance(answer, Permit)]
        permit = door.ask_audience(name, at)
        assert isinstance(permit, Permit)
        assert permit.audience.members.tolist() == [
            number for number, answer in enumerate(answers, start=1) if isinstance(answer, Permit)
        ]
        assert permit.audience.refused == {rule: rules.count(rule) for rule in set(rules)}


@given(policies(), standings, visits, later)
def test_the_strictest_set_permits_nothing_that_one_of_its_regimes_refuses(
    policy: Policy, standing: Standing, visit: Visit, passed: timedelta
) -> None:
    """A permit without a known region would be one in every region."""
    unknown = Standing(statements=standing.statements)
    places = [region for regime in policy.regimes for region in regime.regions]

    for name in policy.activities:
        answers = [
            decide(name, unknown, policy, NOW + passed, region=region, signal=visit.gpc)
            for region in [None, *places]
        ]
        permitted = [isinstance(answer, Permit) for answer in answers]
        assert all(permitted) or not permitted[0]


@pytest.mark.parametrize(
    ("lifetimes", "shortest"),
    [((None, None), None), ((None, 2), 2), ((3, 2), 2), ((2, 3), 2), ((0, None), 0)],
)
def test_the_strictest_set_has_the_shortest_life_of_a_consent(
    lifetimes: tuple[int | None, ...], shortest: int | None
) -> None:
    """Among equally strict rules the one is taken under which a consent ends first."""
    regimes = [_regime(str(days), Mode.OPT_IN, days) for days in lifetimes]

    lifetime = strictest_of(regimes).rules["advertising"].consent_lifetime

    assert lifetime == (None if shortest is None else timedelta(days=shortest))


def test_the_strictest_set_names_its_sources() -> None:
    """The operator can see which laws were put together."""
    strictest = small_policy().regimes[0]

    assert strictest.law == "the strictest of: asking, telling, closed"
    assert strictest.gpc.citation == "none: made up for tests"
    assert strictest.gpc.binding == {"advertising"}
    assert list(strictest.rules) == ["necessary", "recommendations", "advertising"]


@given(standings)
def test_a_digest_holds_one_entry_for_every_purpose(standing: Standing) -> None:
    """Digests are read by the number of the purpose, so none may be missing."""
    policy = small_policy()
    facts: Digest = digest(standing, policy, NOW)

    assert len(facts.said) == len(facts.until) == len(policy.purpose_order)
    assert facts.residence_known == bool(standing.region)
    assert policy.regimes[facts.regime] == policy.regimes[policy.regime_index(standing.region)]


def test_verdicts_are_numbered_as_the_rules_are_named() -> None:
    """Counts by number can be told by name: permitted, the rules in order, gap."""
    assert RULE_NAMES[GAP - 1] == "gap"
    assert len(RULE_NAMES) == GAP == len(set(RULE_NAMES))
    assert np.iinfo(np.uint8).max > GAP


def _regime(name: str, mode: Mode, days: int | None) -> Regime:
    rule = RegimeRule(
        purpose="advertising",
        mode=mode,
        basis=LegalBasis.CONSENT,
        citation="none",
        consent_lifetime=None if days is None else timedelta(days=days),
    )
    return Regime(id=name, law=name, regions=(), rules={rule.purpose: rule})

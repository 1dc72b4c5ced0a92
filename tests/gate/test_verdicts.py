"""One definition of the rules: the table, the door and the audience all agree with it."""

import itertools
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from gate_worlds import (
    NOW,
    SUBJECT,
    answer_to,
    every_mode,
    later,
    many_standings,
    policies,
    rule_of,
    standings,
    visits,
)
from hypothesis import given
from hypothesis import strategies as st

from tactful.adapters.policy_files import load_policy
from tactful.gate import (
    NEVER,
    RULE_NAMES,
    Digest,
    Door,
    Facts,
    Permit,
    Signal,
    Visit,
    decide,
    digest,
    verdict_tables,
)
from tactful.gate.decide import Case, Footing, basis_of, footing_of, judge
from tactful.gate.facts import CODES_OF_A_REGIME, MINOR_STEP, RUN_OUT, decode, encode
from tactful.gate.verdicts import GAP, PERMITTED, Verdict, VerdictTable
from tactful.terms import Minor, Mode, Policy, Said, Standing, SubjectId
from tactful.testing.policies import small_policy
from tactful.testing.standings import StandingsInMemory, UsesInMemory

EVERY_MODE = every_mode()
populations = st.lists(standings, max_size=12)


def ruled(table: VerdictTable, facts: Facts, policy: Policy) -> tuple[str, str] | None:
    """Ask the rules themselves about one combination of facts."""
    footing = footing_of(table.activity, policy.regimes[facts.regime])
    return judge(Case(footing=footing, facts=facts)) if footing else ("gap", "")


def spoken(verdict: Verdict) -> tuple[str, str] | None:
    """Return what a verdict says in the way of the rules."""
    return None if verdict.number == PERMITTED else (verdict.rule, verdict.reason)


# Codes.


def test_codes_and_facts_are_one_to_one() -> None:
    """Every combination of facts has one code, and the codes count up from 0 without a hole."""
    regimes = range(3)
    facts = [
        Facts(regime=regime, said=said, signal=signal, minor=minor, restricted=restricted)
        for regime in regimes
        for said, signal, minor in itertools.product(Said, Signal, Minor)
        for restricted in (False, True)
    ]

    assert [encode(each) for each in facts] == list(range(len(regimes) * CODES_OF_A_REGIME))
    assert [decode(encode(each)) for each in facts] == facts


@given(st.integers(0, 10**6))
def test_decoding_undoes_encoding(code: int) -> None:
    """Also beyond the regimes that any policy has; and one year more of age is one step."""
    facts = decode(code)

    assert encode(facts) == code
    if facts.minor < Minor.CLOSED:
        assert decode(code + MINOR_STEP) == replace(facts, minor=Minor(facts.minor + 1))


def test_a_code_has_room_for_hundreds_of_regimes() -> None:
    """Columns keep codes in sixteen bits; more regimes than fit would be somebody else's law."""
    assert np.iinfo(np.uint16).max // CODES_OF_A_REGIME > 300


# The table.


@pytest.mark.parametrize(
    "policy",
    [small_policy(), EVERY_MODE, load_policy(None)],
    ids=["small", "every mode", "pack"],
)
def test_the_table_equals_the_rules_for_every_code(policy: Policy) -> None:
    """No combination of facts under any regime is left out, for any activity."""
    for name, table in verdict_tables(policy).items():
        assert table.activity is policy.activities[name]
        assert len(table.entries) == len(policy.regimes) * CODES_OF_A_REGIME
        assert policy.purpose_order[table.purpose] == table.activity.purpose
        for code, verdict in enumerate(table.entries):
            facts = decode(code)
            assert spoken(verdict) == ruled(table, facts, policy)
            assert verdict.regime == policy.regimes[facts.regime].id


@given(policies())
def test_the_arrays_of_a_table_are_its_entries(policy: Policy) -> None:
    """Once as they are, and once for consents that have run out; a byte each, to be fast."""
    for table in verdict_tables(policy).values():
        numbers = [verdict.number for verdict in table.entries]
        facts = (decode(code) for code in range(len(numbers)))
        ended = [encode(replace(f, said=RUN_OUT.get(f.said, f.said))) for f in facts]

        assert table.numbers.dtype == table.numbers_expired.dtype == np.uint8
        assert table.numbers.tolist() == numbers
        assert table.numbers_expired.tolist() == [numbers[code] for code in ended]


def test_a_permit_in_the_table_names_its_basis_and_a_refusal_none() -> None:
    """The basis is what `basis_of` says of the rule which permits and of what was said."""
    for table in verdict_tables(EVERY_MODE).values():
        for code, verdict in enumerate(table.entries):
            law = EVERY_MODE.regime(verdict.regime)
            assert law is not None
            if verdict.number == PERMITTED:
                rule = law.rules[table.activity.purpose]
                assert verdict.basis == basis_of(rule, decode(code).said)
            else:
                assert not verdict.basis


def test_verdicts_are_numbered_as_the_rules_are_named() -> None:
    """Counts by number can be told by name: permitted, the rules in order, gap."""
    assert RULE_NAMES[GAP - 1] == "gap"
    assert len(RULE_NAMES) == GAP == len(set(RULE_NAMES))
    assert np.iinfo(np.uint8).max > GAP
    assert [Verdict(number=n).rule for n in range(1, GAP + 1)] == list(RULE_NAMES)


FOOTINGS = [
    Footing(mode=mode, gpc_binds=binds, gpc_speaks=speaks, survives_restriction=survives)
    for mode in Mode
    for binds, speaks, survives in itertools.product((False, True), repeat=3)
]


@pytest.mark.parametrize(
    "steps",
    [
        [{"signal": signal} for signal in Signal],
        [{"minor": minor} for minor in Minor],
        [{"restricted": restricted} for restricted in (False, True)],
        [{"said": said} for said in (Said.GRANTED, Said.EXPIRED, Said.DENIED, Said.OBJECTED)],
        [{"said": said} for said in (Said.GRANTED, Said.OUTDATED, Said.WITHDRAWN)],
        [{"said": said} for said in (Said.GRANTED, Said.IMPLIED, Said.NOTHING, Said.EXPIRED)],
    ],
    ids=lambda steps: next(iter(steps[0])),
)
def test_more_caution_never_permits_more(steps: list[dict[str, Any]]) -> None:
    """In every case there can be: a signal, an age, a restriction, a no turn no refusal around."""
    for footing in FOOTINGS:
        for code in range(CODES_OF_A_REGIME):
            worlds = (replace(decode(code), **step) for step in steps)
            refused = [judge(Case(footing=footing, facts=world)) is not None for world in worlds]
            assert refused == sorted(refused)


@pytest.mark.parametrize(
    "steps",
    [
        [{"mode": mode} for mode in Mode],
        [{"gpc_binds": binds} for binds in (False, True)],
        [{"gpc_speaks": speaks} for speaks in (False, True)],
        [{"survives_restriction": survives} for survives in (True, False)],
    ],
    ids=lambda steps: next(iter(steps[0])),
)
def test_a_stricter_footing_never_permits_more(steps: list[dict[str, Any]]) -> None:
    """In every case there can be: a stricter law turns no refusal into a permit."""
    for footing in FOOTINGS:
        worlds = [replace(footing, **step) for step in steps]
        for code in range(CODES_OF_A_REGIME):
            facts = decode(code)
            refused = [judge(Case(footing=world, facts=facts)) is not None for world in worlds]
            assert refused == sorted(refused)


# The door and the audience.


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
        answer = answer_to(name, told, policy, visit, at=at)
        if isinstance(answer, Permit):
            answer = replace(answer, scope=visit.subject)
        assert door.ask(name, visit, at) == answer


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
        permit = door.ask_audience(name, at)
        assert isinstance(permit, Permit)
        assert permit.audience.members.tolist() == [
            number for number, answer in enumerate(answers, start=1) if isinstance(answer, Permit)
        ]
        assert permit.audience.refused == Counter(
            answer.rule for answer in answers if not isinstance(answer, Permit)
        )


def test_an_audience_of_ten_thousand_is_everybody_asked_one_by_one() -> None:
    """Among them minors, and consents and ages that end at this very second."""
    people = many_standings(10_000, seed=20260301)
    known = StandingsInMemory(EVERY_MODE)
    for number, standing in enumerate(people):
        known.put(SubjectId(number + 1), standing, NOW - timedelta(seconds=1))
    door = Door(EVERY_MODE, standings=known, uses=UsesInMemory())
    columns, now = known.columns(), int(NOW.timestamp())
    assert np.count_nonzero(columns.until == now) > 100
    assert np.count_nonzero(columns.young == now) > 100

    for name in ("recommend", "share-audience", "count-visits"):
        answers = [decide(name, standing, EVERY_MODE, NOW) for standing in people]
        for subject in range(1, len(people), 20):
            asked = door.ask(name, Visit(subject=SubjectId(subject)), NOW)
            assert rule_of(asked) == rule_of(answers[subject - 1])
        permit = door.ask_audience(name, NOW)
        assert isinstance(permit, Permit)
        rules = Counter(answer.rule for answer in answers if not isinstance(answer, Permit))
        assert permit.audience.refused == rules
        assert permit.audience.members.tolist() == [
            number for number, answer in enumerate(answers, start=1) if isinstance(answer, Permit)
        ]


# Digests.


@given(policies(), standings)
def test_a_digest_holds_one_entry_for_every_purpose(policy: Policy, standing: Standing) -> None:
    """Digests are read by the number of the purpose, so none may be missing."""
    facts: Digest = digest(standing, policy, NOW)

    assert len(facts.said) == len(facts.until) == len(policy.purpose_order)
    assert len(facts.young) in {0, len(policy.purpose_order)}
    assert facts.residence_known == bool(standing.region)
    assert facts.regime == policy.regime_index(standing.region)


@given(policies(), standings)
def test_only_a_yes_runs_out(policy: Policy, standing: Standing) -> None:
    """A no, an older notice and silence last until something else is said."""
    facts = digest(standing, policy, NOW)

    for said, until in zip(facts.said, facts.until, strict=True):
        assert Said(said) in RUN_OUT or until == NEVER

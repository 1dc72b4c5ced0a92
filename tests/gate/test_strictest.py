"""Where the law is not known for certain, the strictest of all that it may be holds."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from gate_worlds import (
    GRANT,
    NOW,
    PURPOSES,
    REGIONS,
    TICK,
    adults,
    age_rule,
    answer_to,
    later,
    laws_of,
    permitted,
    policies,
    purposes,
    regime_in,
    said,
    standings,
    under,
    visits,
)
from hypothesis import given
from hypothesis import strategies as st

from tactful.gate import Visit, strictest_of
from tactful.gate.ages import asked_of, thresholds
from tactful.terms import (
    LegalBasis,
    Minor,
    Mode,
    Policy,
    Regime,
    RegimeRule,
    RelationshipKind,
    SignalRule,
    Speaker,
    Standing,
)
from tactful.testing.policies import small_policy

PURCHASE, INQUIRY = RelationshipKind.PURCHASE, RelationshipKind.INQUIRY
seeds = st.integers(0, 2**32).map(random.Random)


def counted(standing: Standing, policy: Policy, place: int, region: str | None) -> Standing:
    """Leave out the grants that are void for the age of who gave them, under one regime."""
    if standing.born is None:
        return standing
    law = policy.regimes[place]
    ages = thresholds(standing.born, law, region=region, purposes=policy.purpose_order)
    young = dict(zip(policy.purpose_order, ages, strict=True))
    most = {Speaker.PARENT: Minor.PARENTAL_CONSENT}
    kept = [
        s
        for s in standing.statements
        if s.kind is not GRANT
        or asked_of(young[s.purpose], s.at) <= most.get(s.by, Minor.OWN_CONSENT)
    ]
    return replace(standing, statements=tuple(kept))


@given(policies(), standings, visits, later)
def test_the_strictest_set_permits_only_what_all_regimes_permit(
    policy: Policy, standing: Standing, visit: Visit, passed: timedelta
) -> None:
    """
    A permit without a known region would be one in every region: to visitors and to residents.

    Of minors this is said of the words that count under the strictest set.
    """
    unknown = counted(replace(standing, residence=None, address=None), policy, 0, None)
    nowhere = replace(visit, region=None)
    allowed = permitted(policy, unknown, nowhere, at=NOW + passed)

    for region in ("DE", "DE-BY", "US", "US-CA", "US-NY", "XA", "BR"):
        here = permitted(policy, unknown, replace(visit, region=region), at=NOW + passed)
        home = permitted(policy, replace(unknown, residence=region), nowhere, at=NOW + passed)
        assert allowed <= here
        assert allowed <= home


def test_a_void_grant_uncovers_what_was_said_before_it() -> None:
    """
    Why words have to count: a child's own yes hides a parent's where it is valid.

    Where it is void the parent's stands; where it is not, it is the last word, to an old notice.
    """
    asked = age_rule("recommendations", 16, Minor.PARENTAL_CONSENT)
    free = laws_of(small_policy())[0]
    laws = [free, replace(free, id="minding", regions=("XM",), ages=(asked,))]
    policy = under(small_policy(), laws)
    parents = said("recommendations", GRANT, NOW - 2 * TICK, by=Speaker.PARENT)
    own = said("recommendations", GRANT, NOW - TICK, notice="shop@1")
    child = Standing(statements=(parents, own), born=NOW.date() - timedelta(days=5000))

    assert "recommend" in permitted(policy, child)
    assert "recommend" not in permitted(policy, replace(child, residence="DE"))
    assert "recommend" in permitted(policy, replace(child, statements=(parents,), residence="DE"))


@given(seeds, standings, visits, later)
def test_a_country_alone_is_as_strict_as_each_of_its_states(
    chance: random.Random, standing: Standing, visit: Visit, passed: timedelta
) -> None:
    """Who lives in the country, nobody knows where, is permitted what all its laws permit."""
    laws = [regime_in("US", chance, "r0"), regime_in("US-CA", chance, "r1")]
    policy = under(small_policy(), laws)
    place = policy.regime_index("US")
    assert policy.regimes[place].country_alone
    somewhere = counted(replace(standing, residence="US"), policy, place, "US")

    allowed = permitted(policy, somewhere, visit, at=NOW + passed)
    for state in ("US-CA", "US-NY"):
        assert allowed <= permitted(
            policy, replace(somewhere, residence=state), visit, at=NOW + passed
        )


@given(policies(), adults, visits, st.tuples(purposes, st.sets(st.sampled_from(REGIONS))))
def test_forbidding_more_never_permits_more(
    policy: Policy, standing: Standing, visit: Visit, closing: tuple[str, set[str]]
) -> None:
    """A rule of kind `forbidden`, put into any regimes, also silent ones, permits nothing new."""
    purpose, closed = closing
    laws = [_closed_to(law, purpose) if closed & {*law.regions} else law for law in laws_of(policy)]

    forbidding = under(policy, laws)

    assert permitted(forbidding, standing, visit) <= permitted(policy, standing, visit)


@given(policies(), adults, visits)
def test_a_regime_that_forbids_everything_permits_nothing_anywhere(
    policy: Policy, standing: Standing, visit: Visit
) -> None:
    """A new law that closes all purposes in its region permits no more in any other."""
    nothing = Regime(id="no", law="no", regions=("BR",), rules={})
    for purpose in PURPOSES:
        nothing = _closed_to(nothing, purpose)
    forbidding = under(policy, [*laws_of(policy), nothing])

    lives = replace(standing, residence="BR")
    assert not permitted(forbidding, lives, visit)
    assert permitted(forbidding, standing, visit) <= permitted(policy, standing, visit)


def _closed_to(law: Regime, purpose: str) -> Regime:
    rule = _rule(Mode.FORBIDDEN, purpose=purpose)
    return replace(law, rules={**law.rules, purpose: rule})


@given(policies(), standings, visits)
def test_a_known_residence_outranks_the_region_of_the_request(
    policy: Policy, standing: Standing, visit: Visit
) -> None:
    """Travelling changes nothing about the law that holds."""
    answers = {
        permitted(policy, replace(standing, residence="DE"), replace(visit, region=region))
        for region in (None, *REGIONS)
    }

    assert len(answers) == 1


@given(policies(), standings, visits)
def test_an_address_is_a_residence_where_none_is_known(
    policy: Policy, standing: Standing, visit: Visit
) -> None:
    """What they said outranks the account's address, and that outranks the request."""
    told = replace(standing, residence="DE", address="US")
    account = replace(standing, residence=None, address="DE")

    for name in policy.activities:
        assert answer_to(name, told, policy, visit) == answer_to(name, account, policy, visit)


@pytest.mark.parametrize(
    ("lifetimes", "shortest"),
    [((None, None), None), ((None, 2), 2), ((3, 2), 2), ((2, 3), 2), ((0, None), 0)],
)
def test_the_strictest_set_has_the_shortest_life_of_a_consent(
    lifetimes: tuple[int | None, ...], shortest: int | None
) -> None:
    """Among equally strict rules the one is taken under which a consent ends first."""
    regimes = [_regime(_rule(Mode.OPT_IN, days=days)) for days in lifetimes]

    lifetime = strictest_of(regimes).rules["advertising"].consent_lifetime

    assert lifetime == (None if shortest is None else timedelta(days=shortest))


@pytest.mark.parametrize(
    ("modes", "strictest"),
    [
        ((Mode.NECESSARY, Mode.OPT_OUT), Mode.OPT_OUT),
        ((Mode.OPT_OUT, Mode.OPT_IN), Mode.OPT_IN),
        ((Mode.FORBIDDEN, Mode.OPT_IN), Mode.FORBIDDEN),
        ((Mode.IMPLIED, Mode.OPT_OUT), Mode.IMPLIED),
        ((Mode.OPT_OUT, Mode.SOFT_OPT_IN), Mode.SOFT_OPT_IN),
        ((Mode.IMPLIED, Mode.OPT_IN), Mode.OPT_IN),
        ((Mode.IMPLIED, Mode.SOFT_OPT_IN), Mode.OPT_IN),
        ((Mode.SOFT_OPT_IN, Mode.FORBIDDEN), Mode.FORBIDDEN),
    ],
)
def test_the_strictest_mode_counts(modes: tuple[Mode, Mode], strictest: Mode) -> None:
    """Two that are opened by different dealings are opened by none: consent is asked."""
    for order in (modes, modes[::-1]):
        rule = strictest_of([_regime(_rule(mode, PURCHASE)) for mode in order]).rules["advertising"]
        assert rule.mode is strictest
        assert rule.implied_by == (
            {PURCHASE: None} if set(modes) - {Mode.IMPLIED, Mode.SOFT_OPT_IN} else {}
        )


def test_what_implies_a_consent_must_imply_it_everywhere() -> None:
    """Only the dealings that all laws name count, for the shortest of their times."""
    days = timedelta(days=1)
    laws = [
        _regime(replace(_rule(Mode.IMPLIED), implied_by={PURCHASE: 9 * days, INQUIRY: None})),
        _regime(replace(_rule(Mode.IMPLIED), implied_by={PURCHASE: 5 * days})),
        _regime(replace(_rule(Mode.IMPLIED), implied_by={INQUIRY: None, PURCHASE: None})),
        _regime(_rule(Mode.OPT_OUT)),
    ]

    assert strictest_of(laws).rules["advertising"].implied_by == {PURCHASE: 5 * days}
    twice = strictest_of([laws[0], laws[2]]).rules["advertising"]
    assert twice.implied_by == {PURCHASE: 9 * days, INQUIRY: None}


def test_every_age_counts_at_its_highest() -> None:
    """The strictest set asks all that any regime asks, for as long as it does anywhere."""
    young = age_rule("advertising", 13, Minor.CLOSED)
    older = age_rule("advertising", 16, Minor.PARENTAL_CONSENT, {"AT": 14, "XA": 18})
    laws = [
        replace(_regime(_rule(Mode.OPT_IN)), ages=(young,)),
        replace(_regime(_rule(Mode.OPT_IN)), ages=(older,)),
    ]

    assert strictest_of(laws).ages == (young, replace(older, below=18, below_in={}))


def test_of_ages_that_ask_the_same_the_highest_counts() -> None:
    """Whichever law comes first; what is asked for another purpose, or more of it, stays apart."""
    ages = [
        age_rule("advertising", 13, Minor.CLOSED),
        age_rule("advertising", 16, Minor.CLOSED),
        age_rule("advertising", 14, Minor.CLOSED),
        age_rule("advertising", 15, Minor.OWN_CONSENT),
        age_rule("measurement", 12, Minor.CLOSED),
    ]
    laws = [replace(_regime(_rule(Mode.OPT_IN)), ages=(rule,)) for rule in ages]

    assert strictest_of(laws).ages == (ages[1], ages[3], ages[4])
    assert strictest_of(laws[::-1]).ages == (ages[4], ages[3], ages[1])


def test_a_consent_ends_as_soon_as_under_the_law_that_ends_it_soonest() -> None:
    """Also where a stricter law lets it last: a grant of nowhere in particular is one anywhere."""
    laws = [_regime(_rule(Mode.OPT_OUT, days=2)), _regime(_rule(Mode.FORBIDDEN, days=None))]

    rule = strictest_of(laws).rules["advertising"]

    assert (rule.mode, rule.consent_lifetime) == (Mode.FORBIDDEN, timedelta(days=2))


def test_of_equally_strict_laws_the_one_is_cited_that_ends_a_consent_soonest() -> None:
    """The source of the strictest set's rule is the law that asks most."""
    rules = [replace(_rule(Mode.OPT_IN, days=days), citation=str(days)) for days in (9, 2, None, 5)]

    assert strictest_of([_regime(rule) for rule in rules]).rules["advertising"].citation == "2"


def test_the_strictest_set_names_its_sources() -> None:
    """The operator can see which laws were put together."""
    strictest = small_policy().regimes[0]

    assert (strictest.id, strictest.regions) == ("strictest", ())
    assert not strictest.country_alone
    assert strictest.law == "the strictest of: asking, telling, closed"
    assert strictest.gpc.citation == "none: made up for tests"
    assert strictest.gpc.binding == {"advertising"}
    assert list(strictest.rules) == ["necessary", "recommendations", "advertising"]


def test_signals_bind_where_one_law_says_so() -> None:
    """Every signal that counts under one of the laws counts under the strictest of them."""
    one, other = frozenset({"advertising"}), frozenset({"measurement"})
    signals = [
        SignalRule(binding=one, honoured=other, citation="first"),
        SignalRule(),
        SignalRule(binding=other, honoured=other, citation="last"),
    ]
    laws = [replace(_regime(_rule(Mode.OPT_OUT)), gpc=signal) for signal in signals]

    together = strictest_of(laws).gpc

    assert (together.binding, together.honoured) == (one | other, other)
    assert together.citation == "first; last"


def test_a_country_alone_has_a_name_and_a_place_of_its_own() -> None:
    """It holds for the country's code and for nothing else."""
    law, state = _regime(_rule(Mode.OPT_OUT)), _regime(_rule(Mode.OPT_IN))
    laws = [replace(law, id="US", regions=("US",)), replace(state, id="US-CA", regions=("US-CA",))]
    alone = strictest_of(laws, id_="US-alone", regions=("US",))
    policy = replace(small_policy(), regimes=(strictest_of(laws), *laws, alone))

    assert (alone.id, alone.regions, alone.country_alone) == ("US-alone", ("US",), True)
    found = {r: policy.regimes[policy.regime_index(r)].id for r in ("US", "us", "US-NY", "US-CA")}
    assert found == {"US": "US-alone", "us": "US-alone", "US-NY": "US", "US-CA": "US-CA"}


def _regime(rule: RegimeRule) -> Regime:
    return Regime(id="law", law="law", regions=(), rules={rule.purpose: rule})


def _rule(
    mode: Mode,
    *implied_by: RelationshipKind,
    days: int | None = None,
    purpose: str = "advertising",
) -> RegimeRule:
    return RegimeRule(
        purpose=purpose,
        mode=mode,
        basis=LegalBasis.CONSENT,
        citation="none",
        consent_lifetime=None if days is None else timedelta(days=days),
        implied_by=dict.fromkeys(implied_by),
    )

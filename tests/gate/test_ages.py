"""Minors: who may agree to what, from when on, and that growing up only ever relaxes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from gate_worlds import (
    GRANT,
    NOW,
    PURPOSES,
    TICK,
    age_rule,
    answer_to,
    births,
    every_mode,
    moments,
    permitted,
    policies,
    purposes,
    rule_of,
    said,
    standings,
    visits,
    with_ages,
    with_rules,
)
from hypothesis import given
from hypothesis import strategies as st

from tactful.gate import Permit, Refusal, Visit, decide, digest, is_minor
from tactful.gate.ages import asked_of, birthday, thresholds
from tactful.terms import Minor, Mode, Policy, RegimeRule, Said, Speaker, Standing, StatementKind
from tactful.testing.policies import small_policy

POLICY = every_mode()
SMALL = small_policy()
SIXTEEN_TODAY = date(2010, 3, 1)
SIXTEEN_TOMORROW = date(2010, 3, 2)
THIRTEEN_TODAY = date(2013, 3, 1)
ADULT = date(1980, 1, 1)


def noon(year: int, month: int, day: int) -> datetime:
    """Return noon in UTC, when a day has begun everywhere."""
    return datetime(year, month, day, 12, tzinfo=UTC)


def minding(activity: str, standing: Standing, at: datetime = NOW, *, home: str = "XM") -> str:
    """Return who speaks of somebody who lives where ages are minded."""
    return rule_of(decide(activity, replace(standing, residence=home), POLICY, at))


def granted(
    purpose: str, at: datetime = NOW, *, by: Speaker = Speaker.SUBJECT, born: date | None = None
) -> Standing:
    """Return the standing of somebody with one grant."""
    return Standing(statements=(said(purpose, GRANT, at, by=by),), born=born)


@pytest.mark.parametrize(
    ("born", "age", "day"),
    [
        (date(2010, 3, 1), 16, noon(2026, 3, 1)),
        (date(2009, 12, 31), 13, noon(2022, 12, 31)),
        (date(2008, 2, 29), 18, noon(2026, 3, 1)),
        (date(2008, 2, 29), 16, noon(2024, 2, 29)),
        (date(2008, 2, 28), 18, noon(2026, 2, 28)),
        (date(2008, 3, 29), 18, noon(2026, 3, 29)),
    ],
)
def test_a_birthday_has_come_once_it_has_begun_everywhere(
    born: date, age: int, day: datetime
) -> None:
    """Noon in UTC; who was born on a leap day waits for 1 March in common years."""
    assert birthday(born, age) == day


def test_what_age_asks_for_is_said_for_each_purpose() -> None:
    """Three moments each: own consent, a parent's, and closed; 0 where it is never asked."""
    law = POLICY.regime("minding")
    assert law is not None

    found = thresholds(SIXTEEN_TODAY, law, region="XM-Y", purposes=PURPOSES)

    own, adult = int(noon(2023, 3, 1).timestamp()), int(noon(2028, 3, 1).timestamp())
    assert found == ((adult, adult, adult), (adult, 0, 0), (adult, adult, adult), (own, own, 0))


def test_the_most_that_is_asked_counts() -> None:
    """Between two ages the stricter demand has ended and the milder goes on."""
    ages = age_rule("measurement", 18, Minor.OWN_CONSENT), age_rule("measurement", 13, Minor.CLOSED)
    law = replace(POLICY.regimes[1], ages=ages)
    (young,) = thresholds(THIRTEEN_TODAY, law, region=None, purposes=["measurement"])

    at = {NOW - TICK: Minor.CLOSED, NOW: Minor.OWN_CONSENT, noon(2031, 3, 1): Minor.NO}
    assert {moment: asked_of(young, moment) for moment in at} == at


def test_parental_consent_is_asked_between_closing_and_own_consent() -> None:
    """Each of the three levels has its own end."""
    second = 1_000
    young = (3 * second, 2 * second, second)

    asked = [asked_of(young, datetime.fromtimestamp(t, UTC)) for t in range(0, 4 * second, second)]

    assert asked == [Minor.CLOSED, Minor.PARENTAL_CONSENT, Minor.OWN_CONSENT, Minor.NO]


@given(policies(), births.filter(bool), st.sampled_from([None, "DE", "DE-BY", "US-CA"]))
def test_growing_up_only_ever_relaxes(policy: Policy, born: date, region: str | None) -> None:
    """What is asked never gets more as time passes."""
    days = [NOW + timedelta(days=365 * years) for years in range(-16, 15, 2)]
    for law in policy.regimes:
        for young in thresholds(born, law, region=region, purposes=PURPOSES):
            assert list(young) == sorted(young, reverse=True)
            asked = [asked_of(young, day) for day in days]
            assert asked == sorted(asked, reverse=True)


def _without_end(rule: RegimeRule) -> RegimeRule:
    return replace(rule, consent_lifetime=None, implied_by=dict.fromkeys(rule.implied_by))


@given(policies(), standings, visits, st.integers(0, 20 * 365).map(timedelta))
def test_growing_older_refuses_nothing_that_was_permitted(
    policy: Policy, standing: Standing, visit: Visit, passed: timedelta
) -> None:
    """Where no consent runs out, time takes nothing back: age alone never does."""
    lasting = with_rules(policy, _without_end)

    now = permitted(lasting, standing, visit)
    assert now <= permitted(lasting, standing, visit, at=NOW + passed)


@given(policies(), standings, visits, st.tuples(births, births))
def test_who_is_younger_is_asked_for_more(
    policy: Policy, standing: Standing, visit: Visit, two: tuple[date | None, date | None]
) -> None:
    """Of two who said nothing the younger is permitted nothing that the elder is not."""
    silent = replace(standing, statements=(), relationships=(), born=None)
    elder, younger = sorted(born or ADULT for born in two)

    allowed = permitted(policy, replace(silent, born=younger), visit)
    assert allowed <= permitted(policy, replace(silent, born=elder), visit)
    assert allowed <= permitted(policy, silent, visit)


@pytest.mark.parametrize("speaker", [Speaker.SUBJECT, Speaker.AGENT])
def test_what_a_minor_granted_alone_stays_void(speaker: Speaker) -> None:
    """Coming of age makes no consent of what was none (Art. 8(1)): they are asked again."""
    early = granted("measurement", NOW - TICK, by=speaker, born=SIXTEEN_TODAY)

    assert minding("count-visits", early, NOW - TICK) == "consent_when_needed"
    digested = digest(replace(early, residence="XM"), POLICY, NOW + timedelta(days=9999))
    assert digested.said[3] == Said.NOTHING
    assert minding("count-visits", granted("measurement", born=SIXTEEN_TODAY)) == "permitted"


def test_a_parents_grant_counts() -> None:
    """Below the age a parent agrees for the child, and afterwards that still stands."""
    parents = granted("measurement", NOW - TICK, by=Speaker.PARENT, born=SIXTEEN_TODAY)

    assert minding("count-visits", parents, NOW - TICK) == "permitted"
    assert minding("count-visits", parents, NOW) == "permitted"


def test_a_minors_word_takes_nothing_from_a_parents_grant() -> None:
    """A void yes leaves the valid one; but a no counts at any age, whoever says it."""
    parents = said("measurement", GRANT, NOW - 2 * TICK, by=Speaker.PARENT)
    void = said("measurement", GRANT, NOW - TICK, notice="shop@1")
    no = said("measurement", StatementKind.WITHDRAW, NOW - TICK)

    both = Standing(statements=(parents, void), born=SIXTEEN_TOMORROW)
    assert minding("count-visits", both) == "permitted"
    withdrawn = Standing(statements=(parents, no), born=SIXTEEN_TOMORROW)
    assert minding("count-visits", withdrawn) == "no_denial"


def test_a_void_grant_takes_no_objection_back() -> None:
    """A child who objected and then clicked yes has objected."""
    words = (
        said("measurement", StatementKind.OBJECT, NOW - 2 * TICK),
        said("measurement", GRANT, NOW - TICK),
    )

    standing = Standing(statements=words, born=SIXTEEN_TOMORROW)
    assert minding("count-visits", standing) == "no_objection"


@pytest.mark.parametrize("speaker", Speaker)
def test_closed_is_closed(speaker: Speaker) -> None:
    """No consent opens it below the age, and none given then counts afterwards."""
    child = date(2008, 3, 2)
    early = granted("advertising", by=speaker, born=child)

    assert minding("share-audience", early) == "not_closed_to_minors"
    assert minding("share-audience", early, noon(2026, 3, 2)) == "implied_when_needed"
    assert minding("fulfil-order", early) == "permitted"


@given(policies(), standings, purposes, visits)
def test_what_is_closed_to_minors_is_never_permitted_to_them(
    policy: Policy, standing: Standing, purpose: str, visit: Visit
) -> None:
    """Whatever anybody said, nothing but the necessary goes on below the age."""
    closed = with_ages(policy, age_rule(purpose, 99, Minor.CLOSED))
    minor = replace(standing, born=standing.born or ADULT)

    for activity in closed.activities.values():
        answer = answer_to(activity.name, minor, closed, visit)
        if activity.purpose == purpose and isinstance(answer, Permit):
            law = closed.regime(answer.regime)
            assert law is not None
            assert law.rules[purpose].mode is Mode.NECESSARY


def test_where_minors_must_agree_themselves_silence_is_no_consent() -> None:
    """Telling is enough for adults; from minors their own yes is asked, and it counts."""
    asked = with_ages(SMALL, age_rule("measurement", 16, Minor.OWN_CONSENT))
    quiet = Standing(residence="US", born=SIXTEEN_TOMORROW)
    yes = replace(quiet, statements=(said("measurement", GRANT),))

    assert rule_of(decide("count-visits", quiet, asked, NOW)) == "consent_when_needed"
    assert rule_of(decide("count-visits", yes, asked, NOW)) == "permitted"
    assert rule_of(decide("count-visits", replace(quiet, born=ADULT), asked, NOW)) == "permitted"


def test_the_refusal_tells_that_a_parent_is_missing_and_only_then() -> None:
    """Where a parent agreed, but too long ago or to an older notice, that is what is said."""
    asked = with_ages(SMALL, age_rule("recommendations", 16, Minor.PARENTAL_CONSENT))
    year_ago = NOW - timedelta(days=365)
    late = said("recommendations", GRANT, year_ago, by=Speaker.PARENT, regime="asking")
    old = said("recommendations", GRANT, by=Speaker.PARENT, notice="shop@1")
    alone = said("recommendations", GRANT)

    found = [
        decide(
            "recommend",
            Standing(statements=words, residence="DE", born=SIXTEEN_TOMORROW),
            asked,
            NOW,
        )
        for words in [(), (alone,), (late,), (old,)]
    ]

    assert [answer.reason for answer in found if isinstance(answer, Refusal)] == [
        "at this age a parent has to agree, and none did",
        "at this age a parent has to agree, and none did",
        "consent was given too long ago",
        "consent was given to an older notice",
    ]


@pytest.mark.parametrize(
    ("home", "rule"),
    [
        ("XM", "consent_when_needed"),
        ("XM-Y", "permitted"),
        ("xm-y", "permitted"),
        (None, "consent_when_needed"),
        ("BR", "consent_when_needed"),
    ],
)
def test_a_part_of_a_country_may_have_an_age_of_its_own(home: str | None, rule: str) -> None:
    """Thirteen there, sixteen in the rest, and sixteen where nobody knows where it is."""
    asked = _minding_only()
    standing = Standing(residence=home, born=THIRTEEN_TODAY)

    assert rule_of(decide("count-visits", standing, asked, NOW, region="XM-Y")) == rule


def _minding_only() -> Policy:
    law = POLICY.regime("minding")
    assert law is not None
    nowhere = replace(law, id="strictest", regions=())
    return replace(POLICY, regimes=(nowhere, law))


def test_an_age_of_a_whole_country_holds_in_its_parts() -> None:
    """`DE-BY` has the age of `DE` where it has none itself."""
    rule = age_rule("measurement", 16, Minor.PARENTAL_CONSENT, {"DE": 14, "AT": 17})

    limits = {region: rule.limit(region) for region in ("DE", "de-by", "DE-BY-M", "FR", "AT", None)}

    assert limits == {"DE": 14, "de-by": 14, "DE-BY-M": 14, "FR": 16, "AT": 17, None: 17}


def test_who_is_a_minor_somewhere_is_a_minor() -> None:
    """Up to the highest age that any rule of any regime asks for, everywhere."""
    child = date(2008, 3, 2)

    assert is_minor(child, POLICY, noon(2026, 3, 2) - TICK)
    assert not is_minor(child, POLICY, noon(2026, 3, 2))
    assert not is_minor(child, SMALL, NOW)
    higher = with_ages(SMALL, age_rule("measurement", 13, Minor.CLOSED, {"DE": 19}))
    assert is_minor(child, higher, noon(2027, 3, 2) - TICK)
    assert not is_minor(child, higher, noon(2027, 3, 2))


@given(policies(), standings, moments)
def test_a_digest_keeps_no_age_that_does_not_matter(
    policy: Policy, standing: Standing, at: datetime
) -> None:
    """Once nothing is asked for an age any more it is left out, and it makes no difference."""
    facts = digest(standing, policy, at)
    adult = with_ages(policy)

    assert not digest(standing, adult, at).young
    if facts.young:
        assert any(asked_of(young, at) for young in facts.young)
    assert not digest(replace(standing, born=None), policy, at).young


def test_an_age_is_left_out_of_a_digest_from_the_very_second_of_the_birthday() -> None:
    """And not one second sooner."""
    asked = with_ages(SMALL, age_rule("measurement", 16, Minor.OWN_CONSENT))
    standing = Standing(born=SIXTEEN_TODAY)

    assert digest(standing, asked, NOW - TICK).young
    assert digest(standing, asked, NOW).young == ()

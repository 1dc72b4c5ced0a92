"""The gate's promises, stated over every history a subject could have."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from gate_worlds import (
    ABROAD,
    NOW,
    SPOKEN,
    SUBJECT,
    moments,
    policies,
    purposes,
    said,
    standings,
    visits,
)
from hypothesis import given
from hypothesis import strategies as st

from tactful.gate import PERMIT_LIFETIME, Gap, Permit, Refusal, Visit, decide
from tactful.terms import Activity, Mode, Policy, Standing, Statement, StatementKind
from tactful.testing.policies import CONSENT_LIFETIME, small_policy

SMALL = small_policy()
TICK = timedelta(microseconds=1)
GRANT, WITHDRAW, DENY, OBJECT, RESTRICT, LIFT = (
    StatementKind.GRANT,
    StatementKind.WITHDRAW,
    StatementKind.DENY,
    StatementKind.OBJECT,
    StatementKind.RESTRICT,
    StatementKind.LIFT,
)
refusals = st.sampled_from([WITHDRAW, DENY, OBJECT])


def ask(
    activity: str,
    *statements: Statement,
    at: datetime = NOW,
    region: str | None = "DE",
    signal: bool = False,
) -> Permit | Refusal | Gap:
    """Ask the small policy about a subject who lives where the request comes from."""
    standing = Standing(statements=statements)
    return decide(activity, standing, SMALL, at, region=region, signal=signal)


def answer_to(
    activity: str, standing: Standing, policy: Policy, visit: Visit
) -> Permit | Refusal | Gap:
    """Ask *policy* about somebody of *standing* in the circumstances of *visit*."""
    return decide(activity, standing, policy, NOW, region=visit.region, signal=visit.gpc)


def rule_of(answer: Permit | Refusal | Gap) -> str:
    """Return the rule that spoke, or `permitted`."""
    return "permitted" if isinstance(answer, Permit) else answer.rule


def activity_on(policy: Policy, purpose: str, *, survives: bool | None = None) -> Activity:
    """Return an activity for *purpose*; there always is one."""
    return next(
        a
        for a in policy.activities.values()
        if a.purpose == purpose and survives in {None, a.survives_restriction}
    )


def with_mode(policy: Policy, purpose: str, mode: Mode) -> Policy:
    """Return *policy* with every rule on *purpose* of *mode*."""
    regimes = []
    for regime in policy.regimes:
        changed = {p: replace(r, mode=mode) for p, r in regime.rules.items() if p == purpose}
        regimes.append(replace(regime, rules={**regime.rules, **changed}))
    return replace(policy, regimes=tuple(regimes))


# Unknown is no.


@given(policies(), purposes, visits)
def test_unknown_is_no_where_consent_is_asked(policy: Policy, purpose: str, visit: Visit) -> None:
    """Who has said nothing gives no permit in an opt-in regime, wherever they are."""
    asking = with_mode(policy, purpose, Mode.OPT_IN)
    name = activity_on(asking, purpose).name

    assert not isinstance(answer_to(name, Standing(), asking, visit), Permit)


@pytest.mark.parametrize("region", [None, "", ABROAD, "ABROAD", "D"])
def test_an_unknown_region_gets_the_strictest_answer(region: str | None) -> None:
    """Telling is enough in one regime, but not where nobody knows which regime it is."""
    assert rule_of(ask("recommend", region="US-NY")) == "permitted"
    assert rule_of(ask("recommend", region=region)) == "consent_when_needed"
    assert rule_of(ask("share-audience", region=region)) == "not_forbidden"
    assert rule_of(ask("count-visits", region=region)) == "gap"


@pytest.mark.parametrize(
    ("residence", "rule"), [("DE", "consent_when_needed"), ("US", "permitted")]
)
def test_a_known_residence_outranks_the_region_of_the_request(residence: str, rule: str) -> None:
    """Travelling changes nothing about the law that holds."""
    standing = Standing(region=residence)

    for region in (None, "DE", "US", "XA"):
        assert rule_of(decide("recommend", standing, SMALL, NOW, region=region)) == rule


def test_a_residence_that_no_regime_covers_is_known_too() -> None:
    """Somebody of an unconfigured country gets the strictest set, not that of where they travel."""
    answer = decide("recommend", Standing(region=ABROAD), SMALL, NOW, region="US")

    assert rule_of(answer) == "consent_when_needed"


# What was said, and when.


@given(policies(), standings, st.builds(said, purposes, refusals), visits)
def test_a_no_is_final_until_a_new_grant(
    policy: Policy, standing: Standing, no: Statement, visit: Visit
) -> None:
    """Whatever was said before, from the moment of a no only the necessary is permitted."""
    after = replace(standing, statements=(*standing.statements, no))

    for mode in (Mode.OPT_OUT, Mode.OPT_IN, Mode.FORBIDDEN):
        world = with_mode(policy, no.purpose, mode)
        answer = answer_to(activity_on(world, no.purpose).name, after, world, visit)
        assert not isinstance(answer, Permit)


@given(st.lists(refusals, max_size=4), purposes)
def test_an_objection_survives_everything_but_a_later_grant(
    then: list[StatementKind], purpose: str
) -> None:
    """Object, then withdraw or deny as often as you like: it is the objection that stands."""
    later = [said(purpose, kind, NOW - timedelta(hours=9 - n)) for n, kind in enumerate(then)]
    objected = said(purpose, OBJECT, NOW - timedelta(hours=10))
    standing = Standing(statements=(objected, *later))
    latest = standing.latest(purpose, NOW)
    granted = Standing(statements=(*standing.statements, said(purpose, GRANT))).latest(purpose, NOW)

    assert latest is not None
    assert latest.kind is OBJECT
    assert granted is not None
    assert granted.kind is GRANT


@given(standings, st.lists(st.builds(said, purposes, st.sampled_from(SPOKEN)), max_size=4))
def test_the_future_is_not_consulted(standing: Standing, later: list[Statement]) -> None:
    """Statements made after the moment of a decision change nothing about it."""
    before = NOW - TICK
    past = replace(standing, statements=tuple(s for s in standing.statements if s.at <= before))
    longer = replace(past, statements=(*past.statements, *later))

    for name in SMALL.activities:
        assert decide(name, past, SMALL, before) == decide(name, longer, SMALL, before)


@given(st.data(), policies(), standings, visits)
def test_the_order_of_arrival_does_not_matter(
    data: st.DataObject, policy: Policy, standing: Standing, visit: Visit
) -> None:
    """Statements may reach the store in any order: only their own times count."""
    shuffled = replace(standing, statements=tuple(data.draw(st.permutations(standing.statements))))

    for name in policy.activities:
        assert answer_to(name, standing, policy, visit) == answer_to(name, shuffled, policy, visit)


@pytest.mark.parametrize("other", ["shop@1", "shop@2", ""])
def test_of_two_grants_at_one_instant_the_same_one_always_counts(other: str) -> None:
    """Grants to different notices may share a time; which came in first still does not matter."""
    current = said("recommendations", GRANT)
    twin = replace(current, notice=other)

    assert rule_of(ask("recommend", current, twin)) == rule_of(ask("recommend", twin, current))


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


# The rules, one by one.


@given(policies(), standings, purposes, visits)
def test_what_is_forbidden_is_never_permitted(
    policy: Policy, standing: Standing, purpose: str, visit: Visit
) -> None:
    """No statement opens what the law closes."""
    closed = with_mode(policy, purpose, Mode.FORBIDDEN)
    answer = answer_to(activity_on(closed, purpose).name, standing, closed, visit)

    assert rule_of(answer) in {"not_forbidden", "gap"}


@given(policies(), standings, purposes, visits)
def test_a_stricter_mode_never_permits_more(
    policy: Policy, standing: Standing, purpose: str, visit: Visit
) -> None:
    """Making the law on a purpose stricter turns no refusal into a permit."""
    name = activity_on(policy, purpose).name
    worlds = (with_mode(policy, purpose, mode) for mode in Mode)
    permitted = [isinstance(answer_to(name, standing, w, visit), Permit) for w in worlds]

    assert permitted == sorted(permitted, reverse=True)


@given(policies(), standings, visits)
def test_restriction_only_ever_stores(policy: Policy, standing: Standing, visit: Visit) -> None:
    """While processing is restricted only what survives restriction can be permitted (Art. 18)."""
    kept = replace(standing, statements=(*standing.statements, said("", RESTRICT)))

    for activity in policy.activities.values():
        answer = answer_to(activity.name, kept, policy, visit)
        assert activity.survives_restriction or not isinstance(answer, Permit)


def test_restriction_holds_until_it_is_lifted() -> None:
    """Restrict and lift: at the same instant restriction wins, afterwards the lift does."""
    grant = said("recommendations", GRANT, NOW - timedelta(days=1))
    restrict, together, later = (
        said("", RESTRICT, NOW - 2 * TICK),
        said("", LIFT, NOW - 2 * TICK),
        said("", LIFT, NOW - TICK),
    )

    assert rule_of(ask("recommend", grant, restrict, together)) == "not_restricted"
    assert rule_of(ask("keep-history", grant, restrict, together)) == "permitted"
    assert rule_of(ask("recommend", grant, restrict, later)) == "permitted"


def test_a_binding_signal_outranks_a_grant() -> None:
    """Where the law makes the signal a no, even the person's own grant does not count."""
    grant = said("advertising", GRANT)

    assert rule_of(ask("share-audience", grant, region="US")) == "permitted"
    assert rule_of(ask("share-audience", grant, region="US", signal=True)) == "no_binding_signal"


def test_an_honoured_signal_yields_to_a_grant() -> None:
    """Where the shop honours the signal by choice, a grant of that very purpose counts."""
    refused = ask("recommend", region="US", signal=True)
    granted = ask("recommend", said("recommendations", GRANT), region="US", signal=True)

    assert rule_of(refused) == "no_honoured_signal"
    assert rule_of(granted) == "permitted"


def test_a_signal_says_nothing_where_the_regime_does_not_read_it() -> None:
    """No purpose is closed by a signal that the regime does not name."""
    assert rule_of(ask("count-visits", region="US", signal=True)) == "permitted"


@given(standings, visits)
def test_what_is_necessary_needs_nobodys_leave(standing: Standing, visit: Visit) -> None:
    """Statements and signals do not stop an order from being fulfilled; restriction does."""
    answer = answer_to("fulfil-order", standing, SMALL, visit)

    assert isinstance(answer, Permit) != standing.restricted(NOW)
    assert rule_of(answer) in {"permitted", "not_restricted"}


def test_each_refusal_names_its_rule_and_reason() -> None:
    """The operator, and the subject, can see which rule spoke and why."""
    restricted = said("", RESTRICT)
    old = said("recommendations", GRANT, notice="shop@1")
    late = said("recommendations", GRANT, NOW - CONSENT_LIFETIME, regime="asking")
    found = {
        (answer.rule, answer.reason)
        for answer in (
            ask("share-audience", region="XA"),
            ask("recommend", restricted),
            ask("recommend", said("recommendations", OBJECT)),
            ask("share-audience", region="US", signal=True),
            ask("recommend", said("recommendations", DENY)),
            ask("recommend", said("recommendations", WITHDRAW)),
            ask("recommend", region="US", signal=True),
            ask("recommend"),
            ask("recommend", old),
            ask("recommend", late),
            ask("fly"),
            ask("count-visits", region="XA"),
        )
        if not isinstance(answer, Permit)
    }

    assert found == {
        ("not_forbidden", "the law of this region forbids it"),
        ("not_restricted", "processing is restricted: data is only kept"),
        ("no_objection", "objected to this purpose"),
        ("no_binding_signal", "the browser sends Global Privacy Control, which is binding here"),
        ("no_denial", "said no to this purpose"),
        ("no_denial", "withdrew consent to this purpose"),
        ("no_honoured_signal", "the browser sends Global Privacy Control, which is honoured here"),
        ("consent_when_needed", "no consent was given"),
        ("consent_when_needed", "consent was given to an older notice"),
        ("consent_when_needed", "consent was given too long ago"),
        ("gap", "not configured: activity fly"),
        ("gap", "not configured: purpose measurement in regime closed"),
    }


def test_the_first_rule_in_order_names_the_refusal() -> None:
    """Everything at once is refused by the rule that ADR-0003 puts first among them."""
    objected, restricted = said("advertising", OBJECT), said("", RESTRICT)
    denied = said("advertising", DENY)

    assert rule_of(ask("share-audience", objected, restricted, region="XA")) == "not_forbidden"
    assert rule_of(ask("share-audience", objected, restricted)) == "not_restricted"
    assert rule_of(ask("share-audience", objected, region="US", signal=True)) == "no_objection"
    assert rule_of(ask("share-audience", denied, region="US", signal=True)) == "no_binding_signal"
    assert rule_of(ask("share-audience", denied)) == "no_denial"


# Consent: how long, and to what.


def test_a_grant_counts_until_its_last_second() -> None:
    """Consent given where it lasts a year is expired when the year is over, not before."""
    grant = said("recommendations", GRANT, regime="asking")
    end = NOW + CONSENT_LIFETIME

    assert rule_of(ask("recommend", grant, at=end - TICK)) == "permitted"
    assert rule_of(ask("recommend", grant, at=end)) == "consent_when_needed"
    assert rule_of(ask("recommend", grant, at=end, region="US")) == "permitted"


def test_a_grant_lasts_as_long_as_the_regime_says_in_which_it_was_given() -> None:
    """Where that is not known the strictest regime says; where it is silent there is no end."""
    long_ago = NOW - 2 * CONSENT_LIFETIME
    lasting = said("recommendations", GRANT, long_ago, regime="telling")
    unknown = said("recommendations", GRANT, long_ago, regime="of old")
    silent = said("measurement", GRANT, long_ago, regime="closed")

    assert rule_of(ask("recommend", lasting)) == "permitted"
    assert rule_of(ask("recommend", unknown)) == "consent_when_needed"
    assert rule_of(ask("count-visits", silent)) == "permitted"


@pytest.mark.parametrize(
    ("notice", "rule"),
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
def test_a_grant_counts_if_nothing_material_changed_since_its_notice(
    notice: str, rule: str
) -> None:
    """Version 3 is editorial, version 2 was material, and what was never shown is no notice."""
    assert rule_of(ask("recommend", said("recommendations", GRANT, notice=notice))) == rule


# Gaps, permits, and misuse.


@given(standings, visits)
def test_an_unknown_activity_is_a_gap(standing: Standing, visit: Visit) -> None:
    """What is not in the register is refused and can be reported, whoever is asked about."""
    answer = answer_to("fly", standing, SMALL, visit)

    assert answer == Gap(activity="fly", missing="activity fly", decided_at=NOW)


def test_a_purpose_on_which_a_regime_is_silent_is_a_gap() -> None:
    """A grant does not fill a gap: the operator must."""
    answer = ask("count-visits", said("measurement", GRANT), region="XA")

    assert isinstance(answer, Gap)
    assert answer.missing == "purpose measurement in regime closed"


def test_a_permit_says_what_for_on_which_ground_and_until_when() -> None:
    """The permit holds the whole answer, so that whatever keeps it can be traced."""
    standing = Standing(statements=(said("recommendations", GRANT),), region="DE")

    answer = decide("recommend", standing, SMALL, NOW, subject=SUBJECT)

    assert answer == Permit(
        scope=SUBJECT,
        activity="recommend",
        purpose="recommendations",
        basis="consent",
        regime="asking",
        decided_at=NOW,
        expires_at=NOW + PERMIT_LIFETIME,
    )


def test_naive_time_is_a_bug_not_a_refusal() -> None:
    """Programmer errors raise; answers about people are returned."""
    with pytest.raises(ValueError, match="timezone-aware"):
        ask("recommend", at=NOW.replace(tzinfo=None))

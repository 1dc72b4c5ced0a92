"""The rules one by one, their order, and what each answer says."""

from dataclasses import replace
from datetime import timedelta

import pytest
from gate_worlds import (
    ABROAD,
    DENY,
    GRANT,
    NOW,
    OBJECT,
    RESTRICT,
    SUBJECT,
    WITHDRAW,
    activity_on,
    age_rule,
    answer_to,
    every_mode,
    policies,
    purposes,
    rule_of,
    said,
    some_purposes,
    standings,
    visits,
    with_ages,
    with_mode,
)
from hypothesis import given

from tactful.gate import (
    PERMIT_LIFETIME,
    RULE_NAMES,
    Gap,
    Permit,
    Refusal,
    Visit,
    a_yes_would_help,
    decide,
)
from tactful.gate.decide import AUDIENCE_LIFETIME
from tactful.terms import Minor, Mode, Policy, Standing, Statement
from tactful.testing.policies import CONSENT_LIFETIME, small_policy

SMALL = small_policy()
ADVERTISING = frozenset({"advertising"})
RECOMMENDATIONS = frozenset({"recommendations"})


def ask(
    activity: str,
    *statements: Statement,
    region: str | None = "DE",
    gpc: bool = False,
    denied: frozenset[str] = frozenset(),
) -> Permit | Refusal | Gap:
    """Ask the small policy about a visitor from *region*."""
    standing = Standing(statements=statements)
    return decide(activity, standing, SMALL, NOW, region=region, gpc=gpc, denied=denied)


# Which law.


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
    for standing in (Standing(residence=residence), Standing(address=residence)):
        for region in (None, "DE", "US", "XA"):
            assert rule_of(decide("recommend", standing, SMALL, NOW, region=region)) == rule


def test_a_residence_that_no_regime_covers_is_known_too() -> None:
    """Somebody of an unconfigured country gets the strictest set, not that of where they travel."""
    answer = decide("recommend", Standing(residence=ABROAD), SMALL, NOW, region="US")

    assert rule_of(answer) == "consent_when_needed"


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


def test_a_binding_signal_outranks_a_grant() -> None:
    """Where the law makes the signal a no, even the person's own grant does not count."""
    grant = said("advertising", GRANT)

    assert rule_of(ask("share-audience", grant, region="US")) == "permitted"
    assert rule_of(ask("share-audience", grant, region="US", gpc=True)) == "no_binding_signal"


def test_an_honoured_signal_yields_to_a_grant() -> None:
    """Where the shop honours the signal by choice, a grant of that very purpose counts."""
    refused = ask("recommend", region="US", gpc=True)
    granted = ask("recommend", said("recommendations", GRANT), region="US", gpc=True)

    assert rule_of(refused) == "no_honoured_signal"
    assert rule_of(granted) == "permitted"


def test_a_signal_says_nothing_where_the_regime_does_not_read_it() -> None:
    """No purpose is closed by a signal that the regime does not name."""
    assert rule_of(ask("count-visits", region="US", gpc=True)) == "permitted"


@given(standings, visits)
def test_what_is_necessary_needs_nobodys_leave(standing: Standing, visit: Visit) -> None:
    """Statements and signals do not stop an order from being fulfilled; restriction does."""
    answer = answer_to("fulfil-order", standing, SMALL, visit)

    assert isinstance(answer, Permit) != standing.restricted(NOW)
    assert rule_of(answer) in {"permitted", "not_restricted"}


@given(policies(), standings, visits)
def test_a_denied_signal_refuses_everything_but_the_necessary(
    policy: Policy, standing: Standing, visit: Visit
) -> None:
    """A no in a consent string counts against a grant too: the more restrictive wins."""
    for activity in policy.activities.values():
        answer = answer_to(activity.name, standing, policy, visit)
        if activity.purpose in visit.denied and isinstance(answer, Permit):
            law = policy.regime(answer.regime)
            assert law is not None
            assert law.rules[activity.purpose].mode is Mode.NECESSARY


@given(policies(), standings, visits, some_purposes)
def test_a_denied_signal_says_nothing_on_other_purposes(
    policy: Policy, standing: Standing, visit: Visit, denied: frozenset[str]
) -> None:
    """A string that says no to one purpose says neither yes nor no to another."""
    for activity in policy.activities.values():
        other = denied - {activity.purpose} | visit.denied & {activity.purpose}
        changed = replace(visit, denied=other)
        ruled = answer_to(activity.name, standing, policy, visit)
        assert ruled == answer_to(activity.name, standing, policy, changed)


def test_each_refusal_names_its_rule_and_reason() -> None:
    """The operator, and the subject, can see which rule spoke and why."""
    old = said("recommendations", GRANT, notice="shop@1")
    late = said("recommendations", GRANT, NOW - CONSENT_LIFETIME, regime="asking")
    found = {
        (answer.rule, answer.reason)
        for answer in (
            ask("share-audience", region="XA"),
            ask("recommend", said("", RESTRICT)),
            ask("recommend", said("recommendations", OBJECT)),
            ask("recommend", denied=RECOMMENDATIONS),
            ask("share-audience", region="US", gpc=True),
            ask("recommend", said("recommendations", DENY)),
            ask("recommend", said("recommendations", WITHDRAW)),
            ask("recommend", region="US", gpc=True),
            ask("recommend"),
            ask("recommend", old),
            ask("recommend", late),
            ask("fly"),
            ask("count-visits", region="XA"),
            *(_of_a_child(activity) for activity in ("share-audience", "count-visits")),
            decide("recommend", Standing(residence="XM"), every_mode(), NOW),
        )
        if not isinstance(answer, Permit)
    }

    assert found == {
        ("not_forbidden", "the law of this region forbids it"),
        ("not_closed_to_minors", "the law of this region closes it to minors of this age"),
        ("not_restricted", "processing is restricted: data is only kept"),
        ("no_objection", "objected to this purpose"),
        ("no_denying_signal", "the consent string that the browser sends says no to this purpose"),
        ("no_binding_signal", "the browser sends Global Privacy Control, which is binding here"),
        ("no_denial", "said no to this purpose"),
        ("no_denial", "withdrew consent to this purpose"),
        ("no_honoured_signal", "the browser sends Global Privacy Control, which is honoured here"),
        ("consent_when_needed", "no consent was given"),
        ("consent_when_needed", "consent was given to an older notice"),
        ("consent_when_needed", "consent was given too long ago"),
        ("consent_when_needed", "at this age a parent has to agree, and none did"),
        (
            "implied_when_needed",
            "no consent was given, and no purchase or inquiry implies one now",
        ),
        ("gap", "not configured: activity fly"),
        ("gap", "not configured: purpose measurement in regime closed"),
    }
    assert {rule for rule, _reason in found} == set(RULE_NAMES)


def _of_a_child(activity: str) -> Permit | Refusal | Gap:
    child = Standing(residence="XM", born=NOW.date())
    return decide(activity, child, every_mode(), NOW)


def test_the_first_rule_in_order_names_the_refusal() -> None:
    """Everything at once is refused by the rule that ADR-0003 puts first among them."""
    closed = with_ages(SMALL, age_rule("advertising", 18, Minor.CLOSED))
    objected, denied = said("advertising", OBJECT), said("advertising", DENY)

    def child(*statements: Statement, home: str) -> str:
        standing = Standing(statements=statements, residence=home, born=NOW.date())
        return rule_of(decide("share-audience", standing, closed, NOW, gpc=True))

    def adult(*statements: Statement, denied: frozenset[str] = frozenset(), at: str = "US") -> str:
        return rule_of(ask("share-audience", *statements, region=at, gpc=True, denied=denied))

    assert child(objected, said("", RESTRICT), home="XA") == "not_forbidden"
    assert child(objected, said("", RESTRICT), home="US") == "not_closed_to_minors"
    assert adult(objected, said("", RESTRICT)) == "not_restricted"
    assert adult(objected, denied=ADVERTISING) == "no_objection"
    assert adult(denied, denied=ADVERTISING) == "no_denying_signal"
    assert adult(denied) == "no_binding_signal"
    assert adult(denied, at="DE") == "no_denial"
    assert rule_of(ask("recommend", denied, region="US", gpc=True)) == "no_honoured_signal"


def test_every_rule_lets_the_next_one_speak() -> None:
    """No two rules have one name, and the names are those of ADR-0003, in its order."""
    assert RULE_NAMES == (
        "not_forbidden",
        "not_closed_to_minors",
        "not_restricted",
        "no_objection",
        "no_denying_signal",
        "no_binding_signal",
        "no_denial",
        "no_honoured_signal",
        "consent_when_needed",
        "implied_when_needed",
        "gap",
    )


# Gaps, permits, and misuse.


@given(standings, visits)
def test_an_unknown_activity_is_a_gap(standing: Standing, visit: Visit) -> None:
    """What is not in the register is refused and can be reported, whoever is asked about."""
    answer = answer_to("fly", standing, SMALL, visit)

    assert answer == Gap(activity="fly", missing="activity fly", decided_at=NOW)


def test_a_purpose_on_which_a_regime_is_silent_is_a_gap() -> None:
    """A grant does not fill a gap: the operator must."""
    answer = ask("count-visits", said("measurement", GRANT), region="XA")

    missing = "purpose measurement in regime closed"
    assert answer == Gap(activity="count-visits", missing=missing, decided_at=NOW)


def test_a_permit_says_what_for_on_which_ground_and_until_when() -> None:
    """The permit holds the whole answer, so that whatever keeps it can be traced."""
    standing = Standing(statements=(said("recommendations", GRANT),), residence="DE")

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


def test_permits_are_short() -> None:
    """A minute for one subject and a quarter of an hour for an audience, as ADR-0004 promises."""
    assert timedelta(minutes=1) == PERMIT_LIFETIME
    assert timedelta(minutes=15) == AUDIENCE_LIFETIME


def test_naive_time_is_a_bug_not_a_refusal() -> None:
    """Programmer errors raise; answers about people are returned."""
    with pytest.raises(ValueError, match=r"^at must be timezone-aware$"):
        decide("recommend", Standing(), SMALL, NOW.replace(tzinfo=None))


def test_a_yes_would_help_where_only_a_yes_is_missing() -> None:
    """No consent opens what is forbidden, restricted, refused or not configured."""
    refusals = {
        rule: Refusal(activity="recommend", rule=rule, reason="", decided_at=NOW)
        for rule in RULE_NAMES
    }

    helped = {rule for rule, refusal in refusals.items() if a_yes_would_help(refusal)}

    assert helped == {"consent_when_needed", "implied_when_needed"}
    assert not a_yes_would_help(Gap(activity="fly", missing="activity fly", decided_at=NOW))
    assert not a_yes_would_help(None)

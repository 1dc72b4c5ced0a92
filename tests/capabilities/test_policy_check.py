"""Whatever a person has to mend in a policy is found, named, and told how to be mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from policy_worlds import (
    ASSESSMENT,
    aged_policy,
    whole_policy,
    with_activity,
    with_notice,
    with_property,
    with_regimes,
    with_rule,
)

from tactful.capabilities.policy import LEAST_READING_EASE, Finding, Severity, check
from tactful.terms import Activity, Deadline, Mode, Policy
from tactful.testing.policies import small_policy

TODAY = date(2026, 11, 23)
HARD = (
    "Verarbeitungstätigkeiten personenbezogener Daten erfolgen unter Berücksichtigung "
    "datenschutzrechtlicher Aufbewahrungsverpflichtungen."
)


def _checked(policy: Policy, today: date = TODAY) -> tuple[Finding, ...]:
    return check(policy, today=today, assessments=[ASSESSMENT])


def _unkept_property(policy: Policy) -> Policy:
    return with_property(policy, "advertising")


def _property_without_purpose(policy: Policy) -> Policy:
    return with_property(policy)


def _without_end(policy: Policy) -> Policy:
    purpose = replace(policy.purposes["recommendations"], retention=None)
    return replace(policy, purposes={**policy.purposes, "recommendations": purpose})


def _silent(policy: Policy, purpose: str) -> Policy:
    asking = policy.regimes[1]
    rules = {name: rule for name, rule in asking.rules.items() if name != purpose}
    return with_regimes(policy, replace(asking, rules=rules), *policy.regimes[2:])


def _gap(policy: Policy) -> Policy:
    return _silent(policy, "advertising")


def _gap_unused(policy: Policy) -> Policy:
    activities = {n: a for n, a in policy.activities.items() if a.purpose != "advertising"}
    return _silent(replace(policy, activities=activities), "advertising")


def _unassessed(policy: Policy) -> Policy:
    return with_activity(policy, replace(policy.activities["recommend"], dpia=None))


def _assessment_elsewhere(policy: Policy) -> Policy:
    return with_activity(policy, replace(policy.activities["recommend"], dpia="in a drawer"))


def _without_transfers(policy: Policy) -> Policy:
    sharing = replace(policy.activities["share-audience"], recipients=("Ads Inc", "Post Ltd"))
    return with_activity(policy, sharing)


def _telling(policy: Policy, purpose: str, text: str) -> Policy:
    newest = policy.current_notice()
    return with_notice(policy, replace(newest, version=4, texts={**newest.texts, purpose: text}))


def _untold(policy: Policy) -> Policy:
    return _telling(policy, "advertising", "  ")


def _stub(policy: Policy) -> Policy:
    return _telling(policy, "advertising", "To be written. About ads!")


def _twice(policy: Policy) -> Policy:
    return _telling(policy, "advertising", policy.current_notice().texts["measurement"])


def _wrong_term(policy: Policy) -> Policy:
    text = "We use what you buy for ads in other places, for 6 months, and never longer."
    return _telling(policy, "advertising", text)


def _not_in_german(policy: Policy) -> Policy:
    return with_notice(policy, replace(policy.notices[0], locale="de"))


def _hard_to_read(policy: Policy) -> Policy:
    texts = {purpose: f"{HARD} {purpose}" for purpose in policy.purposes}
    return with_notice(
        policy, replace(policy.current_notice(), locale="de", text=HARD, texts=texts)
    )


def _unlike_weights(policy: Policy) -> Policy:
    newest = policy.current_notice()
    return with_notice(policy, replace(newest, locale="de", material=frozenset({"advertising"})))


def _unread(policy: Policy) -> Policy:
    rule = policy.regimes[1].rules["advertising"]
    return with_rule(policy, "asking", replace(rule, confidence="check"))


def _unread_deadline(policy: Policy) -> Policy:
    answer = Deadline(name="answer", period="P1M", citation="none")
    asking = replace(policy.regimes[1], deadlines={"answer": answer})
    return with_regimes(policy, asking, *policy.regimes[2:])


def _unread_signal(policy: Policy) -> Policy:
    telling = policy.regimes[2]
    told = replace(telling, gpc=replace(telling.gpc, confidence="check"))
    return with_regimes(policy, policy.regimes[1], told, policy.regimes[3])


def _unread_age(policy: Policy) -> Policy:
    aged = aged_policy().regimes[2]
    age = replace(aged.ages[0], below_in={"US-CA": 13})
    told = replace(aged, ages=(age, replace(age, purpose="measurement")))
    return with_regimes(policy, policy.regimes[1], told, policy.regimes[3])


def _forbidden(policy: Policy) -> Policy:
    rules = {
        regime.id: replace(regime.rules["advertising"], mode=Mode.FORBIDDEN)
        for regime in policy.regimes[1:]
    }
    for regime, rule in rules.items():
        policy = with_rule(policy, regime, rule)
    return replace(policy, regimes=policy.regimes[1:2])  # one law, so that one finding speaks


def _reviewed(policy: Policy) -> Policy:
    purpose = replace(policy.purposes["advertising"], review=TODAY - timedelta(days=1))
    return replace(policy, purposes={**policy.purposes, "advertising": purpose})


def _changing(policy: Policy) -> Policy:
    return replace(policy, changes_on=TODAY + timedelta(days=60))


ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

FAULTS: list[tuple[Callable[[Policy], Policy], Severity, str, str]] = [
    (_unkept_property, ERROR, "tracking-plan.toml, [properties.shade]", "keeps = true"),
    (_property_without_purpose, WARNING, "[properties.shade]", "remove = true"),
    (_without_end, ERROR, "purposes.toml, [recommendations]", "retention_days"),
    (_gap, ERROR, "regime asking", "[rules.advertising]"),
    (_gap_unused, WARNING, "regime asking", "[rules.advertising]"),
    (_unassessed, ERROR, "activities.toml, [recommend]", "dpia"),
    (_assessment_elsewhere, WARNING, "activities.toml, [recommend]", "name the file"),
    (_without_transfers, WARNING, "activities.toml, [share-audience]", "transfers ="),
    (_untold, ERROR, "notices/shop/4.en.md", "{#advertising}"),
    (_stub, WARNING, "notices/shop/4.en.md", "for how long"),
    (_twice, WARNING, "notices/shop/4.en.md", "each of them"),
    (_wrong_term, WARNING, "notices/shop/4.en.md", "retention_days"),
    (_not_in_german, WARNING, "notices/shop/", "3.de.md"),
    (_hard_to_read, WARNING, "notices/shop/3.de.md", "shorter sentences"),
    (_unlike_weights, WARNING, "notices/shop/3.de.md", "the same in both"),
    (_unread, WARNING, "regime asking", 'confidence = "read"'),
    (_unread_deadline, WARNING, "regime asking", 'confidence = "read"'),
    (_unread_signal, WARNING, "regime telling", 'confidence = "read"'),
    (_unread_age, WARNING, "regime telling", 'confidence = "read"'),
    (_forbidden, NOTE, "regime asking", "if that is meant"),
    (_reviewed, WARNING, "purpose advertising", "review ="),
    (_changing, NOTE, "regimes/", "by itself"),
]


def test_nothing_to_mend() -> None:
    """A policy without fault has no finding, so that every one below is of its fault alone."""
    assert _checked(whole_policy()) == ()


@pytest.mark.parametrize(("break_it", "severity", "where", "instead"), FAULTS)
def test_each_fault_is_found(
    break_it: Callable[[Policy], Policy], severity: Severity, where: str, instead: str
) -> None:
    """One fault gives one finding: how grave, where, and what to write instead."""
    (finding,) = _checked(break_it(whole_policy()))

    assert finding.severity is severity
    assert where in finding.where
    assert instead in finding.instead


def test_errors_come_first_and_notes_last() -> None:
    """Whoever reads only the first line reads what is worst."""
    severities = [finding.severity for finding in check(small_policy(), today=TODAY)]

    assert severities == sorted(severities, key=[ERROR, WARNING, NOTE].index)
    assert set(severities) == {ERROR, WARNING, NOTE}


def test_a_gap_names_what_is_refused() -> None:
    """Every activity that a silent regime refuses is named."""
    policy = with_activity(
        whole_policy(), Activity(name="greet", purpose="advertising", title="Greet")
    )

    (finding,) = _checked(_gap(policy))

    assert "share-audience and greet" in finding.what


def test_laws_that_are_silent_alike_are_named_together() -> None:
    """A new purpose is a gap under every law: that is one thing to mend, not fourteen."""
    policy = whole_policy()
    for regime in policy.regimes[1:]:
        rules = {name: rule for name, rule in regime.rules.items() if name != "advertising"}
        others = [r for r in policy.regimes[1:] if r.id != regime.id]
        policy = with_regimes(policy, *others, replace(regime, rules=rules))

    (finding,) = _checked(policy)

    assert finding.where == "regimes asking, telling and closed"


def test_recipients_whose_transfers_are_told() -> None:
    """Once it is said where recipients keep data, nothing is left to mend."""
    policy = _without_transfers(whole_policy())
    sharing = replace(policy.activities["share-audience"], transfers=("none: kept in the EU",))

    assert _checked(with_activity(policy, sharing)) == ()


def test_the_hardest_section_is_named() -> None:
    """A notice that is hard to read is told where to begin."""
    policy = _hard_to_read(whole_policy())
    german = policy.notices[-1]
    harder = replace(german, texts={**german.texts, "measurement": HARD.replace(" ", "")})

    (finding,) = _checked(replace(policy, notices=(*policy.notices[:-1], harder)))

    assert "measurement" in finding.what
    assert f"{LEAST_READING_EASE:.0f}" in finding.instead


def test_figures_are_one_line_per_law() -> None:
    """However many figures of a law are unread: one finding counts them, and names each apart."""
    (asking, *_), _ = _split(_checked(_unread_everything(whole_policy())))

    assert asking.what == "nobody has checked the source of 4 of 4 figures"
    assert asking.details[0] == "necessary: none: made up for tests"
    assert len(asking.details) == 4


def _unread_everything(policy: Policy) -> Policy:
    for regime in policy.regimes[1:]:
        for rule in regime.rules.values():
            policy = with_rule(policy, regime.id, replace(rule, confidence="check"))
    return policy


def _split(findings: tuple[Finding, ...]) -> tuple[list[Finding], list[Finding]]:
    unread = [finding for finding in findings if finding.details]
    assert len(unread) == 3
    return unread, [finding for finding in findings if not finding.details]


def test_an_age_is_one_figure_for_all_its_purposes() -> None:
    """And that of a region with its own is another, read apart."""
    (finding,) = _checked(_unread_age(whole_policy()))

    assert finding.details == ("age below 13 in US-CA: none",)
    assert "the source of age below 13 in US-CA" in finding.what


@pytest.mark.parametrize("days", [-1, 61])
def test_a_change_that_was_or_is_far_off_is_not_told(days: int) -> None:
    """Only what happens within the next 60 days is announced."""
    policy = replace(whole_policy(), changes_on=TODAY + timedelta(days=days))

    assert _checked(policy) == ()


def test_a_review_is_not_overdue_on_its_day() -> None:
    """There is time until the end of the day that was promised."""
    policy = _reviewed(whole_policy())

    assert _checked(policy, TODAY - timedelta(days=1)) == ()
    assert _checked(policy, TODAY) != ()


def test_what_can_never_be_permitted_is_known_without_a_region_too() -> None:
    """Where one law forbids, so does the strictest: whoever comes from nowhere meets it."""
    rule = whole_policy().regimes[3].rules["advertising"]
    policy = with_rule(whole_policy(), "closed", replace(rule, mode=Mode.FORBIDDEN))

    found = _checked(policy)

    assert [(f.severity, f.where) for f in found] == [
        (NOTE, "regime strictest"),
        (NOTE, "regime closed"),
    ]
    assert all("advertising can never be permitted" in finding.what for finding in found)


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("We keep it for 90 days and then it is gone, whatever you do.", "en"),
        ("We keep it for up to 3 months, and what we count is kept 10 years.", "en"),
        ("Wir bewahren es bis zu 3 Monate lang auf und löschen es dann.", "de"),
        ("Wir bewahren es 90 Tage lang auf, und danach ist alles wieder weg.", "de"),
        ("We keep it for three months, in words that nobody counts.", "en"),
        ("Säilytämme ostoksesi 12 kuukautta, emme päivääkään kauemmin.", "fi"),
        ("You get 3 items for 9 euros, and 12345678901234567890 days of joy.", "en"),
    ],
)
def test_a_term_that_fits_or_that_nobody_can_read(text: str, locale: str) -> None:
    """A retention of 90 days is 3 months; what is not written in known figures is left alone."""
    policy = whole_policy()
    notices = tuple(
        replace(
            n, locale=locale, text="Wir sind da. Du auch.", texts={**n.texts, "advertising": text}
        )
        for n in policy.notices
    )

    assert _checked(replace(policy, notices=notices)) == ()


@given(st.text(max_size=200), st.sampled_from(["en", "de", "fr"]))
def test_any_text_is_looked_at_without_failing(text: str, locale: str) -> None:
    """Whatever stands in a section, nothing else is complained about, and nothing fails."""
    policy = whole_policy()
    newest = policy.current_notice()
    texts = {**newest.texts, "advertising": text}

    found = _checked(with_notice(policy, replace(newest, locale=locale, texts=texts)))

    assert all(finding.where.startswith("notices/shop/") for finding in found)

"""Whatever a person has to mend in a policy is found, named, and told how to be mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from policy_worlds import (
    ASSESSMENT,
    whole_policy,
    with_activity,
    with_notice,
    with_property,
    with_regimes,
    with_rule,
)

from tactful.capabilities.policy import LEAST_READING_EASE, Severity, check
from tactful.terms import Activity, Policy
from tactful.testing.policies import small_policy

HARD = (
    "Verarbeitungstätigkeiten personenbezogener Daten erfolgen unter Berücksichtigung "
    "datenschutzrechtlicher Aufbewahrungsverpflichtungen."
)


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


def _untold(policy: Policy) -> Policy:
    newest = policy.current_notice()
    texts = {**newest.texts, "advertising": "  "}
    return with_notice(policy, replace(newest, version=4, texts=texts))


def _not_in_german(policy: Policy) -> Policy:
    return with_notice(policy, replace(policy.notices[0], locale="de"))


def _hard_to_read(policy: Policy) -> Policy:
    texts = dict.fromkeys(policy.purposes, HARD)
    return with_notice(
        policy, replace(policy.current_notice(), locale="de", text=HARD, texts=texts)
    )


def _unread(policy: Policy) -> Policy:
    rule = policy.regimes[1].rules["advertising"]
    return with_rule(policy, "asking", replace(rule, confidence="check"))


ERROR, WARNING = Severity.ERROR, Severity.WARNING

FAULTS: list[tuple[Callable[[Policy], Policy], Severity, str, str]] = [
    (_unkept_property, ERROR, "tracking-plan.toml, [properties.shade]", "keeps = true"),
    (_property_without_purpose, WARNING, "[properties.shade]", "remove = true"),
    (_without_end, ERROR, "purposes.toml, [recommendations]", "retention_days"),
    (_gap, ERROR, "regime asking", "[rules.advertising]"),
    (_gap_unused, WARNING, "regime asking", "[rules.advertising]"),
    (_unassessed, ERROR, "activities.toml, [recommend]", "dpia"),
    (_assessment_elsewhere, WARNING, "activities.toml, [recommend]", "name the file"),
    (_untold, ERROR, "notices/shop/4.en.md", "{#advertising}"),
    (_not_in_german, WARNING, "notices/shop/", "3.de.md"),
    (_hard_to_read, WARNING, "notices/shop/3.de.md", "shorter sentences"),
    (_unread, WARNING, "regime asking", 'confidence = "read"'),
]


def test_nothing_to_mend() -> None:
    """A policy without fault has no finding, so that every one below is of its fault alone."""
    assert check(whole_policy(), assessments=[ASSESSMENT]) == ()


@pytest.mark.parametrize(("break_it", "severity", "where", "instead"), FAULTS)
def test_each_fault_is_found(
    break_it: Callable[[Policy], Policy], severity: Severity, where: str, instead: str
) -> None:
    """One fault gives one finding: how grave, where, and what to write instead."""
    (finding,) = check(break_it(whole_policy()), assessments=[ASSESSMENT])

    assert finding.severity is severity
    assert where in finding.where
    assert instead in finding.instead


def test_errors_come_first() -> None:
    """Whoever reads only the first line reads what is worst."""
    severities = [finding.severity for finding in check(small_policy())]

    assert severities == sorted(severities, key=[ERROR, WARNING].index)
    assert set(severities) == {ERROR, WARNING}


def test_a_gap_names_what_is_refused() -> None:
    """Every activity that a silent regime refuses is named."""
    policy = with_activity(
        whole_policy(), Activity(name="greet", purpose="advertising", title="Greet")
    )

    (finding,) = check(_gap(policy), assessments=[ASSESSMENT])

    assert "share-audience and greet" in finding.what


def test_the_hardest_section_is_named() -> None:
    """A notice that is hard to read is told where to begin."""
    policy = _hard_to_read(whole_policy())
    german = policy.notices[-1]
    harder = replace(german, texts={**german.texts, "measurement": HARD.replace(" ", "")})

    (finding,) = check(
        replace(policy, notices=(*policy.notices[:-1], harder)), assessments=[ASSESSMENT]
    )

    assert "measurement" in finding.what
    assert f"{LEAST_READING_EASE:.0f}" in finding.instead

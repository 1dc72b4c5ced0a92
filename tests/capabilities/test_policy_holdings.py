"""What arrives and is not kept, what is kept for nothing: counted, named, never quoted."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from tactful.adapters.policy_files import load_policy
from tactful.capabilities.policy import seen_of, unused
from tactful.capabilities.profile.features import PURPOSES, reads_for
from tactful.terms import Activity, Policy

MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


@pytest.fixture(scope="module")
def policy() -> Policy:
    """Return the pack's."""
    return load_policy(None)


def test_days_types_and_events_are_added_up(policy: Policy) -> None:
    """One line for each name, with all the types that it was seen with."""
    daily = {
        (MONDAY, "property|size|number|Product Viewed"): 2,
        (TUESDAY, "property|size|string|Product Viewed"): 5,
        (TUESDAY, "event|Hat Tried||"): 4,
    }

    size, tried = seen_of(daily, policy.plan)

    assert (size.name, size.count, size.first, size.last) == ("size", 7, MONDAY, TUESDAY)
    assert size.types == Counter({"string": 5, "number": 2})
    assert (tried.kind, tried.name, tried.count) == ("event", "Hat Tried", 4)


def test_what_is_declared_by_now_is_not_listed(policy: Policy) -> None:
    """Nor what came with an event that the plan no longer has."""
    daily = {
        (MONDAY, "property|brand|string|Product Viewed"): 2,
        (MONDAY, "property|size|string|Gone Since"): 2,
        (MONDAY, "event|Product Viewed||"): 2,
        (MONDAY, "trait|language|string|"): 2,
    }

    assert seen_of(daily, policy.plan) == ()


@pytest.mark.parametrize(
    ("label", "table"),
    [
        ("property|size|number|Cart Viewed", {"properties": {"size": {"type": "number"}}}),
        ("property|a b|boolean|Cart Viewed", {"properties": {"a b": {"type": "boolean"}}}),
        ("property|brand|string|Cart Viewed", {}),
        ("trait|hat size|string|", {"traits": {"hat size": {"type": "string"}}}),
        ("event|Hat Tried||", {"events": {"Hat Tried": {"properties": []}}}),
    ],
)
def test_the_snippet_is_toml(policy: Policy, label: str, table: dict[str, object]) -> None:
    """It declares the type that was seen; the purposes are for the shop to choose."""
    (seen,) = seen_of({(MONDAY, label): 1}, policy.plan)
    read = tomllib.loads(seen.snippet)

    assert seen.snippet
    for section, tables in read.items():
        for keys in tables.values():
            assert keys.pop("purposes") == []
            assert keys.pop("category", "user.behavior") == "user.behavior"
        assert table[section] == tables
    assert read.keys() == table.keys()


@pytest.mark.parametrize("label", ["property|x|object|Cart Viewed", "event|of no plain name||"])
def test_what_cannot_be_declared_has_no_snippet(policy: Policy, label: str) -> None:
    """Objects have no type in the plan, and a name that is not shown cannot be pasted."""
    (seen,) = seen_of({(MONDAY, label): 1}, policy.plan)

    assert seen.snippet == ""


def _verdicts(policy: Policy, **uses: int) -> dict[str, str]:
    counted = {name.replace("_", "-"): n for name, n in uses.items()}
    found = unused(policy, running=policy.activities.keys(), uses=counted)
    return {f"{c.kind} {c.name}": c.verdict for c in found}


def test_only_an_activity_that_reads_counts(policy: Policy) -> None:
    """Whoever keeps reads nothing by that; a use of what reads makes it read."""
    idle = _verdicts(policy, keep_training=9)
    busy = _verdicts(policy, recommend_individual=9)

    assert idle["property product_id"] == "not used lately"
    assert busy["property product_id"] == "read"
    assert idle["property query"] == busy["property query"] == "read by nothing"


@pytest.mark.parametrize("purpose", PURPOSES)
def test_whoever_keeps_reads_what_features_are_computed_from(policy: Policy, purpose: str) -> None:
    """The register names every property that a feature needs, as far as the plan keeps it."""
    (keeper,) = (a for a in policy.activities.values() if a.keeps and a.purpose == purpose)
    events = policy.plan.events.values()
    planned = {p.name: p.purposes for event in events for p in event.properties.values()}
    needed = {name for name in reads_for(purpose) if purpose in planned.get(name, ())}

    assert "order_id" in needed
    assert set(keeper.reads or ()) == needed


def test_without_reads_an_activity_may_read_all_of_its_purpose(policy: Policy) -> None:
    """And what is kept for other purposes alone it may not."""
    reader = Activity(name="study", purpose="individual_personalization", title="Study")
    studied = replace(policy, activities={**policy.activities, "study": reader})

    verdicts = _verdicts(studied, study=1)

    assert verdicts["property query"] == verdicts["trait name"] == "read"
    assert verdicts["property coupon"] == "read by nothing"


def test_what_nothing_asks_for_does_not_run(policy: Policy) -> None:
    """An activity in the register that no slot and no code asks for reads nothing."""
    found = unused(policy, running=[], uses={"train-models": 5})

    assert {one.verdict for one in found} == {"read by nothing"}
    assert next(c for c in found if c.name == "sku").readers


def test_what_nothing_reads_comes_first(policy: Policy) -> None:
    """Sorted by how little it is read."""
    found = unused(policy, running=policy.activities.keys(), uses={"train-models": 1})
    order = ["read by nothing", "not used lately", "read"]

    assert [c.verdict for c in found] == sorted((c.verdict for c in found), key=order.index)

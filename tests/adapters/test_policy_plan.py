"""What the tracking plan says beyond types and purposes: required, kept shorter, read by whom."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from policy_shops import loaded, shop

from tactful.adapters.policy_files import load_policy
from tactful.capabilities.policy.changes import changes
from tactful.terms import PolicyMistake

PLAN = "tracking-plan.toml"
SIZE = """
[properties.size]
type = "integer"
category = "user.behavior"
purposes = ["measurement", "individual_personalization"]
required = true
retention_days = 30
mask = false
"""
TRIED = """
[events."Hat Tried"]
purposes = ["measurement"]
properties = ["size", "sku"]
required = ["sku"]
retention_days = 7
"""
READER = """
[plan-hats]
purpose = "measurement"
title = "Plan which hats to make"
reads = {}
"""


def test_required_and_retention_are_read(tmp_path: Path) -> None:
    """What a property requires holds in every event that carries it, besides the event's own."""
    plan = loaded(tmp_path, PLAN, SIZE + TRIED).plan
    tried = plan.events["Hat Tried"]

    assert tried.required == {"size", "sku"}
    assert tried.retention == timedelta(days=7)
    assert tried.properties["size"].retention == timedelta(days=30)
    assert not tried.properties["size"].mask
    assert tried.properties["sku"].mask
    assert plan.events["Cart Viewed"].required == frozenset()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (
            SIZE.replace("= 30", "= 425"),
            "[properties.size]: retention_days must be below 425, for which its purposes keep it",
        ),
        (SIZE.replace("= 30", "= 0"), "[properties.size]: retention_days must be a whole number"),
        (SIZE + TRIED.replace("= 7", "= 500"), "retention_days must be below 425"),
        (SIZE + TRIED.replace('["sku"]', '["hat"]'), "unknown required property 'hat'"),
        (SIZE.replace("[properties.size]", "[traits.size]"), "a trait cannot be required"),
        (SIZE.replace("true", "'yes'"), "required must be true or false"),
    ],
    ids=["no-shorter", "none", "event-no-shorter", "required-unknown", "trait", "no-truth"],
)
def test_what_cannot_stand_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    """A retention that ends nothing sooner, and a requirement that nothing can meet."""
    with pytest.raises(PolicyMistake) as mistake:
        loaded(tmp_path, PLAN, text)

    assert complaint in str(mistake.value)


def test_an_activity_says_what_it_reads(tmp_path: Path) -> None:
    """Properties and traits by name; without `reads` whatever is kept for its purpose."""
    policy = loaded(tmp_path, "activities.toml", READER.format('["price", "traits.language"]'))

    assert policy.activities["plan-hats"].reads == ("price", "traits.language")
    assert policy.activities["answer-request"].reads is None


def test_what_was_removed_is_read_by_nobody(tmp_path: Path) -> None:
    """Removing a property is no mistake in the pack's activities that read it."""
    policy = load_policy(shop(tmp_path, {PLAN: "[properties.sku]\nremove = true\n"}))

    assert "sku" not in (policy.activities["train-models"].reads or ())


def test_what_was_never_declared_is_refused(tmp_path: Path) -> None:
    """A name that is no property is most likely misspelt."""
    with pytest.raises(PolicyMistake) as mistake:
        loaded(tmp_path, "activities.toml", READER.format('["prize"]'))

    assert str(mistake.value) == (
        "policy/activities.toml, [plan-hats]: unknown property or trait 'prize': "
        "did you mean 'price'?"
    )


def test_a_comparison_names_what_changed(tmp_path: Path) -> None:
    """`tactful policy diff` tells of requirements, retention and masks like of the rest."""
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    plain = SIZE.replace("required = true\nretention_days = 30\nmask = false\n", "")
    old = loaded(tmp_path / "old", PLAN, plain + TRIED.replace("retention_days = 7\n", ""))
    files = {PLAN: SIZE + TRIED, "activities.toml": READER.format('["size"]')}
    new = load_policy(shop(tmp_path / "new", files))

    changed = {(c.name, c.field): (c.before, c.after) for c in changes(old, new)}

    assert changed["Hat Tried", "required"] == ("sku", "size, sku")
    assert changed["Hat Tried", "retention"] == ("none", "7 days")
    assert changed["size", "retention"] == ("none", "30 days")
    assert changed["size", "mask"] == ("yes", "no")

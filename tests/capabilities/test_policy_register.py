"""The record of processing activities holds what Art. 30(1) asks for, and says what it lacks."""

from __future__ import annotations

from dataclasses import replace

from policy_worlds import whole_policy, with_activity

from tactful.capabilities.policy import register
from tactful.terms import STRICTEST
from tactful.testing.policies import small_policy


def test_every_activity_is_recorded() -> None:
    """One entry per activity, in the order of the register, with what its purpose says."""
    policy = whole_policy()

    drawn = register(policy, controller="Shop", contact="privacy@example.com", measures=["sealed"])

    assert [entry.activity for entry in drawn.entries] == list(policy.activities)
    history = next(entry for entry in drawn.entries if entry.activity == "keep-history")
    assert history.categories == policy.purposes["recommendations"].categories
    assert history.retention_days == 90
    assert {g.regime: g.basis for g in history.grounds} == {
        "asking": "consent",
        "telling": "notice",
        "closed": "consent",
        STRICTEST: "consent",
    }
    assert history.grounds[-1].regime == STRICTEST
    assert drawn.measures == ("sealed",)


def test_a_gap_is_no_basis() -> None:
    """Where a regime is silent the register says so: no basis is made up."""
    drawn = register(small_policy())

    counting = next(entry for entry in drawn.entries if entry.activity == "count-visits")
    assert set(counting.without) == {"closed", STRICTEST}
    assert {ground.regime for ground in counting.grounds} == {"asking", "telling"}
    assert not any(ground.checked for ground in counting.grounds)


def test_what_is_missing_is_said() -> None:
    """Nothing is filled in: contact, transfers of recipients, measures beyond our reach."""
    policy = whole_policy()
    sharing = replace(policy.activities["share-audience"], recipients=("Ads Inc",))

    drawn = register(with_activity(policy, sharing))

    entry = next(entry for entry in drawn.entries if entry.activity == "share-audience")
    assert entry.transfers == "not recorded"
    assert [what.rpartition(" (")[0] for what in drawn.missing] == [
        "the name of the controller",
        "contact details of the controller",
        "where the recipients of share-audience keep data",
        "measures outside tactful: TLS, backups, who has access",
    ]


def test_nothing_is_missing_but_what_lies_outside() -> None:
    """Given all that can be given, only what this product cannot know is left to add."""
    drawn = register(whole_policy(), controller="Shop", contact="privacy@example.com")

    assert len(drawn.missing) == 1

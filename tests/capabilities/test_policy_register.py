"""The record of processing activities holds what Art. 30(1) asks for, and says what it lacks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from policy_worlds import aged_policy, whole_policy, with_activity

from tactful.capabilities.policy import register
from tactful.gate import strictest_of
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
    assert entry.transfers == ()
    assert [what.rpartition(" (")[0] for what in drawn.missing] == [
        "the name of the controller",
        "contact details of the controller",
        "where the recipients of share-audience keep data",
        "measures outside tactful: TLS, backups, who has access",
    ]


def test_transfers_and_reviews_are_recorded() -> None:
    """What the files say of recipients and reviews is in the record, and no longer missing."""
    policy = whole_policy()
    day = date(2027, 6, 1)
    purpose = replace(policy.purposes["advertising"], review=day)
    policy = replace(policy, purposes={**policy.purposes, "advertising": purpose})
    sharing = replace(
        policy.activities["share-audience"],
        recipients=("Ads Inc",),
        transfers=("US: standard clauses",),
    )

    drawn = register(with_activity(policy, sharing))

    entry = next(entry for entry in drawn.entries if entry.activity == "share-audience")
    assert entry.transfers == ("US: standard clauses",)
    assert entry.reviews == (("purpose", day),)
    assert not any("recipients" in what for what in drawn.missing)


def test_minors_are_a_category_where_laws_look_at_them() -> None:
    """Art. 30(1)(c) asks whose data it is: children too, where a rule is about their age."""
    drawn = register(aged_policy())

    said = {entry.purpose: "minors" in entry.subjects for entry in drawn.entries}
    assert said == {
        "necessary": False,
        "recommendations": False,
        "advertising": True,
        "measurement": False,
    }


def test_every_law_is_listed_and_those_that_follow_come_last() -> None:
    """What a country's states make up stands before the strictest of all, and is marked."""
    policy = whole_policy()
    both = strictest_of(policy.regimes[1:3], id_="US-ANY", regions=("US",))

    drawn = register(replace(policy, regimes=(policy.regimes[0], both, *policy.regimes[1:])))

    assert [(law.regime, law.follows) for law in drawn.laws] == [
        ("asking", False),
        ("telling", False),
        ("closed", False),
        ("US-ANY", True),
        (STRICTEST, True),
    ]
    grounds = drawn.entries[0].grounds
    assert [ground.regime for ground in grounds] == [law.regime for law in drawn.laws]


def test_how_long_a_yes_counts_is_recorded() -> None:
    """A ground that is asked for says for how many days; one that is not says nothing."""
    entries = {entry.activity: entry for entry in register(whole_policy()).entries}

    lasting = {g.regime: g.lifetime_days for g in entries["count-visits"].grounds}
    assert (lasting["asking"], lasting["telling"]) == (365, None)


def test_nothing_is_missing_but_what_lies_outside() -> None:
    """Given all that can be given, only what this product cannot know is left to add."""
    drawn = register(whole_policy(), controller="Shop", contact="privacy@example.com")

    assert len(drawn.missing) == 1

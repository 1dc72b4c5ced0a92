"""What somebody promised to look at again is listed, and overdue once its day has passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from policy_worlds import whole_policy, with_activity, with_notice, with_regimes

from tactful.capabilities.policy import reviews_due
from tactful.terms import Policy

DAY = date(2027, 6, 1)


def _dated() -> Policy:
    policy = whole_policy()
    purpose = replace(policy.purposes["advertising"], review=DAY)
    policy = replace(policy, purposes={**policy.purposes, "advertising": purpose})
    policy = with_activity(
        policy, replace(policy.activities["recommend"], review=DAY - timedelta(days=1))
    )
    asking = replace(policy.regimes[1], review=DAY + timedelta(days=1))
    return with_regimes(policy, asking, *policy.regimes[2:])


def test_what_has_a_date_is_listed_by_date() -> None:
    """Purposes, activities, laws and notices, the earliest first; the rest is not mentioned."""
    policy = _dated()
    newest = policy.current_notice()
    policy = with_notice(policy, replace(newest, version=4, review=DAY))

    found = reviews_due(policy, DAY)

    assert [(review.what, review.due) for review in found] == [
        ("activity recommend", DAY - timedelta(days=1)),
        ("notice shop@4 (en)", DAY),
        ("purpose advertising", DAY),
        ("regime asking", DAY + timedelta(days=1)),
    ]


def test_a_day_is_not_over_before_it_has_passed() -> None:
    """What is due today is not overdue; what was due yesterday is."""
    assert [review.overdue for review in reviews_due(_dated(), DAY)] == [True, False, False]


def test_a_notice_that_is_no_longer_shown_needs_no_second_look() -> None:
    """Only the newest version of a notice counts."""
    policy = whole_policy()
    old = replace(policy.notices[0], review=DAY)

    assert reviews_due(replace(policy, notices=(old, *policy.notices[1:])), DAY) == ()
    assert len(reviews_due(replace(policy, notices=(old,)), DAY)) == 1

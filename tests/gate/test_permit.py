"""A permit covers whom it names for as long as it says, and no more."""

from datetime import timedelta

import numpy as np
import pytest
from gate_worlds import NOW, SUBJECT
from hypothesis import given
from hypothesis import strategies as st

from tactful.gate import Audience, Gap, Permit, Permitted
from tactful.terms import PermitMisuse, SubjectId

TICK = timedelta(microseconds=1)
END = NOW + timedelta(minutes=1)
ids = st.integers(1, 20).map(SubjectId)


def permit_for(scope: SubjectId | Audience | None) -> Permit:
    """Return a permit of one minute."""
    return Permit(
        scope=scope,
        activity="recommend",
        purpose="recommendations",
        basis="consent",
        regime="asking",
        decided_at=NOW,
        expires_at=END,
    )


def audience_of(members: set[SubjectId]) -> Audience:
    """Return an audience with nobody refused."""
    return Audience(members=np.array(sorted(members), dtype=np.int64), refused={})


@given(st.sets(ids), ids)
def test_an_audience_holds_its_members_and_nobody_else(
    members: set[SubjectId], subject: SubjectId
) -> None:
    """Membership is that of the set, at both ends and in between."""
    audience = audience_of(members)

    assert (subject in audience) == (subject in members)


@given(st.none() | ids | st.sets(ids).map(audience_of), ids)
def test_a_permit_covers_only_its_scope(
    scope: SubjectId | Audience | None, subject: SubjectId
) -> None:
    """Using it for anybody else is a bug, and raises."""
    permit = permit_for(scope)
    if scope == subject or (isinstance(scope, Audience) and subject in scope):
        permit.require(subject, NOW)
    else:
        with pytest.raises(PermitMisuse, match="recommend does not cover"):
            permit.require(subject, NOW)


@pytest.mark.parametrize("scope", [SUBJECT, audience_of({SUBJECT})])
def test_a_permit_holds_until_it_expires(scope: SubjectId | Audience) -> None:
    """The last moment before the end is covered, the end is not."""
    permit = permit_for(scope)
    permit.require(SUBJECT, END - TICK)

    with pytest.raises(PermitMisuse, match="ask the door again"):
        permit.require(SUBJECT, END)


def test_a_permit_is_for_one_subject_or_for_an_audience() -> None:
    """Asking a permit for the scope that it does not have is a bug, and raises."""
    audience = audience_of({SUBJECT})
    assert permit_for(SUBJECT).subject == SUBJECT
    assert permit_for(audience).audience is audience

    for scope in (None, audience):
        with pytest.raises(PermitMisuse, match="not for one stored subject"):
            _ = permit_for(scope).subject
    for other in (None, SUBJECT):
        with pytest.raises(PermitMisuse, match="not for an audience"):
            _ = permit_for(other).audience


def test_a_gap_can_be_shown_where_a_refusal_is() -> None:
    """Whoever lists refusals needs no special case for what is not configured."""
    gap = Gap(activity="fly", missing="activity fly", decided_at=NOW)

    assert (gap.rule, gap.reason) == ("gap", "not configured: activity fly")


def test_what_is_made_of_permitted_data_stays_under_its_permit() -> None:
    """A value derived from permitted data keeps the permit that the data was opened with."""
    history = Permitted(permit_for(SUBJECT), ("kettle", "mug"))

    count = history.map(len)

    assert count == Permitted(history.permit, 2)
    assert count.permit is history.permit

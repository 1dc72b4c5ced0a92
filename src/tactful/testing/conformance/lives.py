"""What may happen to a subject, as far as the law looks at it, for suites that draw at random."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from tactful.terms import (
    Relationship,
    RelationshipKind,
    Speaker,
    Statement,
    StatementKind,
    SubjectId,
)
from tactful.testing.conformance.policy import LIFETIME, NOTICE, PURPOSES
from tactful.testing.conformance.shelf import Shelf


def _statements(now: datetime) -> st.SearchStrategy[list[Statement]]:
    """Return lists of what one subject may say, at any time up to *now*, in any order."""
    about_all = {StatementKind.RESTRICT, StatementKind.LIFT}
    return st.lists(
        st.builds(
            lambda purpose, kind, **rest: Statement(
                purpose="" if kind in about_all else purpose, kind=kind, **rest
            ),
            purpose=st.sampled_from(PURPOSES),
            kind=st.sampled_from(StatementKind),
            at=_moments(now),
            notice=st.sampled_from([NOTICE, "shop@0", ""]),
            notice_hash=st.sampled_from(["", "0" * 64]),
            regime=st.sampled_from(["asking", "telling", ""]),
            source=st.sampled_from(["", "phone"]),
            by=st.sampled_from(Speaker),
        ),
        max_size=6,
    )


def _moments(now: datetime) -> st.SearchStrategy[datetime]:
    """Return moments up to *now*; some come twice, which is where caution decides."""
    ago = st.timedeltas(min_value=timedelta(0), max_value=2 * LIFETIME)
    return st.one_of(st.just(timedelta(days=1)), ago).map(lambda ago: now - ago)


@dataclass(frozen=True, kw_only=True)
class Life:
    """All that somebody may say and do, and what else the law looks at."""

    statements: list[Statement]
    residence: str | None
    address: str | None
    dealings: list[Relationship]
    born: date | None

    def happen(self, shelf: Shelf, subject: SubjectId) -> None:
        """Let it happen to *subject*, through every port that takes part in it."""
        profiles = shelf.store.profiles
        profiles.settle(shelf.permit(subject), residence=self.residence, address=self.address)
        if self.born:
            profiles.set_born(shelf.permit(subject), self.born)
        for dealing in self.dealings:
            profiles.dealt(shelf.permit(subject), dealing)
        shelf.store.statements.append(shelf.permit(subject), self.statements)


def lives(now: datetime) -> st.SearchStrategy[Life]:
    """Return what may happen to one subject up to *now*."""
    regions = st.sampled_from([None, "DE", "US", "XX"])
    dealing = st.builds(
        Relationship,
        kind=st.sampled_from(RelationshipKind),
        at=_moments(now),
        opt_out_offered=st.booleans(),
    )
    return st.builds(
        Life,
        statements=_statements(now),
        residence=regions,
        address=regions,
        dealings=st.lists(dealing, max_size=2),
        born=st.one_of(st.none(), st.dates(date(2005, 1, 1), date(2024, 2, 29))),
    )

"""Say what somebody has promised to look at again, and what of it is overdue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tactful.terms import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One thing with a date of review; `what` names it as the files do."""

    what: str
    due: date
    overdue: bool


def reviews_due(policy: Policy, today: date) -> tuple[Review, ...]:
    """
    Return everything in *policy* that has a date of review, the earliest first.

    Of a notice only the newest version: what is no longer shown needs no second look.
    """
    found = (
        Review(what=what, due=due, overdue=due < today)
        for what, due in _dated(policy)
        if due is not None
    )
    return tuple(sorted(found, key=lambda review: (review.due, review.what)))


def _dated(policy: Policy) -> Iterator[tuple[str, date | None]]:
    newest = {n.id: n.version for n in sorted(policy.notices, key=lambda n: n.version)}
    yield from ((f"purpose {p.name}", p.review) for p in policy.purposes.values())
    yield from ((f"activity {a.name}", a.review) for a in policy.activities.values())
    yield from ((f"regime {r.id}", r.review) for r in policy.regimes)
    yield from (
        (f"notice {n.name} ({n.locale})", n.review)
        for n in policy.notices
        if n.version == newest[n.id]
    )

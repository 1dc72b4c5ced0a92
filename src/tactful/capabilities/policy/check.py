"""
Look a policy over for what a person has to mend, or to know, before it may be relied on.

What cannot be read at all is refused where it is loaded; here stands what can be read, and would
leave a gap, keep data without need, or tell subjects too little.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import date

from tactful.capabilities.policy import check_entries, check_laws, check_notices
from tactful.capabilities.policy.findings import Finding, Looked, Severity, warning
from tactful.capabilities.policy.reviews import reviews_due
from tactful.terms import Policy


def check(policy: Policy, *, today: date, assessments: Collection[str] = ()) -> tuple[Finding, ...]:
    """
    Return what is to be said of *policy*, the errors first and the notes last.

    Args:
        policy: The configuration as it was loaded.
        today: The day, which tells what is overdue and what is about to change.
        assessments: The names of the impact assessments that lie beside it (Art. 35).
    """
    looked = Looked(policy=policy, today=today, assessments=assessments)
    findings = [finding for look in _CHECKS for finding in look(looked)]
    return tuple(sorted(findings, key=lambda found: list(Severity).index(found.severity)))


def _overdue(looked: Looked) -> Iterator[Finding]:
    """What somebody promised to look at again is looked at (Art. 5(2))."""
    for review in reviews_due(looked.policy, looked.today):
        if review.overdue:
            yield warning(
                review.what,
                f"its review was due on {review.due}",
                "look at it again, then write the day of the next one: review = YYYY-MM-DD",
            )


_CHECKS: tuple[Callable[[Looked], Iterator[Finding]], ...] = (
    *check_entries.CHECKS,
    *check_laws.CHECKS,
    *check_notices.CHECKS,
    _overdue,
)

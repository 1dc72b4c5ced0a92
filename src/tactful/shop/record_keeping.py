"""Keep the records of requests for as long as they are evidence of something, and no longer."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from tactful.capabilities.rights import record_kept_until
from tactful.shop.casework import OURSELVES, Casework
from tactful.terms import Request, StepKind

LAPSED_FOR: Final = timedelta(days=30)
ANSWERED_FOR: Final = timedelta(days=365)
"""No law has a record of an answer deleted sooner: these are not looked through."""


def lapse(work: Casework) -> int:
    """Close the requests that nobody confirmed in time; return how many."""
    stale = work.kept.unconfirmed(work.now())
    for request in stale:
        work.step(request, StepKind.LAPSED, by=OURSELVES)
    return len(stale)


def forget(work: Casework) -> int:
    """Delete the records that no law wants to be kept any more; return how many."""
    now = work.now()
    unconfirmed = work.kept.ended(StepKind.LAPSED, now - LAPSED_FOR)
    answered = [
        request
        for kind in (StepKind.DONE, StepKind.REFUSED)
        for request in work.kept.ended(kind, now - ANSWERED_FOR)
    ]
    old = [request for request in (*unconfirmed, *answered) if _is_past(work, request)]
    return work.kept.drop(old) if old else 0


def _is_past(work: Casework, request: Request) -> bool:
    almanac = work.rules.almanac
    return almanac.day(work.now()) > record_kept_until(request, work.regime(request), almanac)

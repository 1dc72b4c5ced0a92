"""What pages say about requests, in words for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tactful.capabilities.rights import PAUSES, REFUSALS, Clock
from tactful.shop import Requesting
from tactful.terms import Proof, Request, RequestKind, RequestState, StepKind

KINDS: Final = {
    RequestKind.ACCESS: "A copy of everything known about me",
    RequestKind.PORTABILITY: "My data in a form for another shop",
    RequestKind.RECTIFICATION: "A correction",
    RequestKind.ERASURE: "Erase everything",
    RequestKind.RESTRICTION: "Keep my data, but use it for nothing",
    RequestKind.OBJECTION: "Stop using my data for offers and suggestions",
    RequestKind.OPT_OUT_SALE: "Do not sell or share my data",
    RequestKind.LIMIT_SENSITIVE: "Limit the use of sensitive data",
}

STATES: Final = {
    RequestState.RECEIVED: "received",
    RequestState.VERIFIED: "under way",
    RequestState.REVIEWED: "under way",
    RequestState.APPEALED: "looked at again",
    RequestState.DONE: "done",
    RequestState.REFUSED: "refused",
    RequestState.LAPSED: "not confirmed in time",
}

STEPS: Final = {
    StepKind.RECEIVED: "received",
    StepKind.ACKNOWLEDGED: "receipt confirmed",
    StepKind.VERIFIED: "identity made sure",
    StepKind.PAUSED: "clock stopped",
    StepKind.RESUMED: "clock runs again",
    StepKind.EXTENDED: "more time taken",
    StepKind.REVIEWED: "approved",
    StepKind.DONE: "done",
    StepKind.REFUSED: "refused",
    StepKind.APPEALED: "appeal",
    StepKind.LAPSED: "not confirmed in time",
}

REASONS: Final = {
    **REFUSALS,
    **PAUSES,
    Proof.SIGNED_IN.value: "signed in",
    Proof.CODE.value: "by a code sent by e-mail",
    Proof.DOCUMENT.value: "by a document, or in person",
    Proof.PLATFORM.value: "by the shop's platform",
    Proof.NOT_NEEDED.value: "not needed for this",
    "nothing_known": "nothing is known of this person",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """A step of a request, in words."""

    at: datetime
    what: str
    by: str
    reason: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class RequestShown:
    """A request as a page shows it."""

    request: Request
    clock: Clock
    kind: str
    state: str
    left: str
    steps: Sequence[StepShown] = ()
    waits: bool = False
    may_appeal: bool = False
    has_copy: bool = False


def shown(requests: Requesting, request: Request, *, whole: bool = False) -> RequestShown:
    """Return *request* as a page shows it; *whole* with its steps and what was written."""
    clock = requests.clock(request)
    words = _words(requests, request) if whole else {}
    return RequestShown(
        request=request,
        clock=clock,
        kind=KINDS[request.kind],
        state=STATES[request.state],
        left=left(clock),
        steps=[
            StepShown(
                at=step.at,
                what=STEPS[step.kind],
                by=step.by,
                reason=REASONS.get(step.reason, step.reason),
                words=words.get(step.number, ""),
            )
            for step in (request.steps if whole else ())
        ],
        waits=requests.waits(request) if whole else False,
        may_appeal=requests.may_appeal(request),
        has_copy=request.kind.hands_out and request.state is RequestState.DONE,
    )


def _words(requests: Requesting, request: Request) -> dict[int, str]:
    """Return what was written in words, by step; of the first the note alone."""
    note = str(requests.asked(request).get("note", ""))
    return {**requests.words(request), 1: note}


def left(clock: Clock) -> str:
    """Say how much time is left."""
    if not clock.open:
        return "answered"
    if clock.paused:
        return "stands still"
    if clock.overdue:
        return f"overdue by {_days(-clock.days_left)}"
    return "due today" if clock.days_left == 0 else f"{_days(clock.days_left)} left"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"

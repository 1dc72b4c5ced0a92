"""
What may follow what: received, verified, perhaps reviewed, then done or refused.

Decides and writes nothing down; a step that may not be taken is a mistake that says what may.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from tactful.capabilities.rights.clocks import (
    APPEAL,
    Almanac,
    answer_time,
    clock_of,
    extension_of,
    is_extended,
    is_paused,
)
from tactful.terms import (
    Mistake,
    Regime,
    Request,
    RequestKind,
    RequestState,
    Speaker,
    Step,
    StepKind,
)

REFUSALS: Final[Mapping[str, str]] = {
    "not_identified": "we could not make sure that the request is yours (Art. 12(2) and (6))",
    "unfounded": "the request is manifestly unfounded (Art. 12(5))",
    "excessive": "the request repeats earlier ones, and is excessive (Art. 12(5))",
    "legal_duty": "a law makes us keep this data (Art. 17(3)(b))",
    "legal_claims": "the data is needed for legal claims (Art. 17(3)(e))",
    "rights_of_others": "it would harm the rights of others (Art. 15(4))",
    "not_covered": "the law that applies gives no such right",
}
"""Why a request can be refused: a fixed word, and what the subject is told."""

PAUSES: Final[Mapping[str, str]] = {
    "identity": "we need to make sure that the request is yours",
    "clarification": "we need to know more exactly what you ask for",
}
"""Why the clock can stand still, where the law allows it, and what the subject is told."""

_ANY_TIME: Final = frozenset(
    {StepKind.ACKNOWLEDGED, StepKind.PAUSED, StepKind.RESUMED, StepKind.EXTENDED, StepKind.REFUSED}
)
MOVES: Final[Mapping[RequestState, frozenset[StepKind]]] = {
    RequestState.RECEIVED: _ANY_TIME | {StepKind.VERIFIED, StepKind.LAPSED},
    RequestState.VERIFIED: _ANY_TIME | {StepKind.REVIEWED, StepKind.DONE},
    RequestState.REVIEWED: _ANY_TIME | {StepKind.DONE},
    RequestState.APPEALED: _ANY_TIME | {StepKind.REVIEWED},
    RequestState.REFUSED: frozenset({StepKind.APPEALED}),
    RequestState.DONE: frozenset(),
    RequestState.LAPSED: frozenset(),
}
"""Which steps may follow in each state."""


def first_step(at: datetime, *, by: str, channel: str) -> Step:
    """Return the step that begins a request: how it came."""
    return Step(number=1, kind=StepKind.RECEIVED, at=at, by=by, reason=channel)


def next_step(request: Request, kind: StepKind, at: datetime, *, by: str, reason: str = "") -> Step:
    """
    Return the step of *kind* that follows what happened to *request*.

    Raises:
        Mistake: it may not follow.
    """
    if kind not in MOVES[request.state]:
        raise Mistake(f"this request is {request.state.value}: it cannot be {kind.value} now")
    return Step(number=len(request.steps) + 1, kind=kind, at=at, by=by, reason=reason)


def require_more_time(
    request: Request, regime: Regime | None, almanac: Almanac, at: datetime
) -> None:
    """
    Let pass an extension that the law allows, told in time (Art. 12(3)).

    Raises:
        Mistake: the law gives no more time, it was taken before, or it is too late to tell.
    """
    if extension_of(request, regime) is None:
        raise Mistake("the law of this request gives no more time: answer it")
    if is_extended(request):
        raise Mistake("this request was extended before: the law allows it once")
    clock = clock_of(request, regime, almanac, at)
    if clock.tell_by is not None and clock.day > clock.tell_by:
        raise Mistake("too late: an extension must be told within the first period")


def require_pause(request: Request, regime: Regime | None, cause: str) -> None:
    """
    Let pass a pause that the law allows.

    Raises:
        Mistake: it does not, or the clock stands still already.
    """
    if cause not in PAUSES:
        raise Mistake(f"say what it waits for: {', '.join(PAUSES)}")
    if is_paused(request):
        raise Mistake("the clock of this request stands still already")
    if cause not in answer_time(request, regime).pauses_for:
        raise Mistake("the law of this request does not let its clock stand still for that")


def require_paused(request: Request) -> None:
    """
    Let pass what ends a pause.

    Raises:
        Mistake: the clock runs.
    """
    if not is_paused(request):
        raise Mistake("the clock of this request runs: there is nothing to resume")


def require_reason(reason: str) -> None:
    """
    Let pass a reason for a refusal that the subject can be told.

    Raises:
        Mistake: it is none.
    """
    if reason not in REFUSALS:
        raise Mistake(f"a refusal needs a reason: one of {', '.join(REFUSALS)}")


def may_appeal(request: Request, regime: Regime | None) -> bool:
    """Tell whether the law lets the subject ask the shop to look at a refusal again, once."""
    appealed = any(step.kind is StepKind.APPEALED for step in request.steps)
    known = regime is not None and APPEAL in regime.deadlines
    return request.state is RequestState.REFUSED and known and not appealed


def waits_for_review(
    request: Request, review: Collection[RequestKind], *, in_words: bool = False
) -> bool:
    """
    Tell whether somebody must look at *request* before it is carried out.

    A no never waits.  What is asked for in words only (*in_words*) does, and what somebody asks in
    another's name.
    """
    if request.kind.at_once:
        return False
    return in_words or request.kind in review or request.by is not Speaker.SUBJECT

"""What subjects may ask for, and how far an answer has come.  Names nobody: numbers and words."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime

from tactful.terms.standing import Speaker, SubjectId


class RequestKind(enum.StrEnum):
    """What can be asked for; `opt_out_sale` and `limit_sensitive` are California's (CCPA)."""

    ACCESS = "access"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    PORTABILITY = "portability"
    OBJECTION = "objection"
    OPT_OUT_SALE = "opt_out_sale"
    LIMIT_SENSITIVE = "limit_sensitive"

    @property
    def at_once(self) -> bool:
        """Tell whether it is a no, which takes effect at once and needs no proof of identity."""
        return self in _NOES

    @property
    def hands_out(self) -> bool:
        """Tell whether a copy of the data is the answer."""
        return self is RequestKind.ACCESS or self is RequestKind.PORTABILITY


_NOES = frozenset(
    {
        RequestKind.RESTRICTION,
        RequestKind.OBJECTION,
        RequestKind.OPT_OUT_SALE,
        RequestKind.LIMIT_SENSITIVE,
    }
)


class Proof(enum.StrEnum):
    """By what somebody was found to be whom they say they are (Art. 12(6)): no more than needed."""

    SIGNED_IN = "signed_in"
    CODE = "code"
    DOCUMENT = "document"
    PLATFORM = "platform"
    NOT_NEEDED = "not_needed"


class StepKind(enum.StrEnum):
    """What can happen to a request."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    VERIFIED = "verified"
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENDED = "extended"
    REVIEWED = "reviewed"
    DONE = "done"
    REFUSED = "refused"
    APPEALED = "appealed"
    LAPSED = "lapsed"


class RequestState(enum.StrEnum):
    """How far a request is; `lapsed` is one that nobody confirmed by the code."""

    RECEIVED = "received"
    VERIFIED = "verified"
    REVIEWED = "reviewed"
    APPEALED = "appealed"
    DONE = "done"
    REFUSED = "refused"
    LAPSED = "lapsed"

    @property
    def is_open(self) -> bool:
        """Tell whether an answer is still owed."""
        return self not in {RequestState.DONE, RequestState.REFUSED, RequestState.LAPSED}


_STATES = {state.value: state for state in RequestState}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One thing that happened to a request: never edited, only followed by others.

    `by` says in what part somebody acted (`subject`, `officer`, `shop`, `tactful`), never who;
    `reason` is one of a few fixed words.  What was written in free words is kept sealed elsewhere.
    """

    number: int
    kind: StepKind
    at: datetime
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """
    A request of a subject and everything that happened to it, oldest first.

    `subject` is None where nobody is known, or not any more; `about` is a keyed hash by which only
    whoever knows the identifier finds the request again.  `reference` is what the sender calls it.
    """

    id: str
    kind: RequestKind
    regime: str
    channel: str
    subject: SubjectId | None = None
    about: str = ""
    by: Speaker = Speaker.SUBJECT
    reference: str = ""
    steps: tuple[Step, ...] = field(default=())

    @property
    def received_at(self) -> datetime:
        """Return when it arrived: its first step."""
        return self.steps[0].at

    @property
    def state(self) -> RequestState:
        """Return what the last step that decides about it says."""
        words = (_STATES.get(step.kind.value) for step in reversed(self.steps))
        return next(state for state in words if state)

    @property
    def proof(self) -> str:
        """Return by what the subject was verified; empty where they were not."""
        return next((s.reason for s in self.steps if s.kind is StepKind.VERIFIED), "")

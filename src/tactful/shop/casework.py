"""What all work on requests shares: read them, add a step, know the clock and what was asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tactful.capabilities.rights import Clock, clock_of, next_step, waits_for_review
from tactful.gate import Permit, Visit
from tactful.shop.parts import Parts
from tactful.shop.request_rules import MOST_NOTE
from tactful.terms import (
    IdentifierKind,
    Mistake,
    NotFound,
    Proof,
    Regime,
    Request,
    RequestKind,
    RequestState,
    StepKind,
    SubjectId,
)

Owed = tuple[Request, Clock]
"""A request to which an answer is owed, and how much time is left."""

OFFICER: Final = "officer"
OURSELVES: Final = "tactful"


class Casework:
    """Reads and continues the requests of a shop."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.rules = parts.requests
        self.kept = parts.store.requests

    def now(self) -> datetime:
        """Return the time to the millisecond, as steps are kept."""
        now = self.parts.clock()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def find(self, number: str) -> Request:
        """
        Return the request of that id.

        Raises:
            NotFound: there is none.
        """
        found = self.kept.find(number)
        if found is None:
            raise NotFound("there is no such request")
        return found

    def step(
        self, request: Request, kind: StepKind, *, by: str, reason: str = "", note: str = ""
    ) -> Request:
        """
        Add a step to *request*, durably; return it so.

        Raises:
            Mistake: the step may not follow, or the note is too long.
        """
        step = next_step(request, kind, self.now(), by=by, reason=reason)
        return self.kept.append(request, step, words=short(note))

    def clock(self, request: Request) -> Clock:
        """Return how much time is left for *request*."""
        regime, almanac = self.regime(request), self.rules.almanac
        return clock_of(request, regime, almanac, self.parts.clock())

    def due(self) -> tuple[Owed, ...]:
        """Return every request to which an answer is owed, with its clock, the next due first."""
        found = [(request, self.clock(request)) for request in self.kept.waiting()]
        return tuple(sorted(found, key=lambda each: (each[1].due, each[0].id)))

    def regime(self, request: Request) -> Regime | None:
        """Return the law that *request* falls under; None where it is gone from the policy."""
        return self.parts.policy.regime(request.regime)

    def words(self, request: Request) -> Mapping[int, str]:
        """Return what was written in free words, by step; nothing where nobody is known."""
        if request.subject is None:
            return {}
        return self.kept.words(self.permit(request.subject), request)

    def asked(self, request: Request) -> Mapping[str, object]:
        """Return what the subject said when asking: note, traits, purposes, authority."""
        first = self.words(request).get(1)
        return dict(json.loads(first)) if first else {}

    def waits(self, request: Request) -> bool:
        """Tell whether *request* waits for the officer once it is verified."""
        in_words = self._by_hand(request)
        return waits_for_review(request, self.rules.review, in_words=in_words)

    def is_ready(self, request: Request) -> bool:
        """Tell whether *request* can be carried out with nobody looking at it."""
        if request.state is RequestState.REVIEWED:
            return True
        return request.state is RequestState.VERIFIED and not self.waits(request)

    def address(self, subject: SubjectId) -> str:
        """Return the e-mail address of *subject*; empty where none is known."""
        known = self.parts.store.profiles.identifiers(self.permit(subject))
        return next((i.value for i in known if i.kind is IdentifierKind.EMAIL), "")

    def hash(self, kind: str, value: str) -> str:
        """Return what a request that names this identifier is found by."""
        return self.rules.digest(f"request of {kind}", value).hex()

    def count(self, request: Request, what: str) -> None:
        """Count what became of *request*, without saying whose it is."""
        self.parts.store.tallies.add("request", f"{request.kind.value} {what}")

    def permit(self, subject: SubjectId | None, region: str | None = None) -> Permit:
        """
        Ask the door to answer a request.

        Raises:
            Mistake: the policy refuses that.
        """
        visit = Visit(subject=subject, region=region)
        answer = self.parts.door.ask("answer-request", visit, self.parts.clock())
        if not isinstance(answer, Permit):
            raise Mistake(f"the policy refuses answer-request ({answer.reason}): mend it first")
        return answer

    def _by_hand(self, request: Request) -> bool:
        """Tell whether only a person can carry *request* out."""
        if request.subject is None:
            return not request.about  # about the whole shop; of who was erased nothing is left
        if request.kind is RequestKind.RECTIFICATION:
            return not self.asked(request).get("traits")
        return request.kind.hands_out and request.proof == Proof.PLATFORM


def short(note: str) -> str:
    """
    Return *note*, if it is not too long.

    Raises:
        Mistake: it is.
    """
    if len(note) > MOST_NOTE:
        raise Mistake(f"a note may have {MOST_NOTE:,} characters: make it shorter")
    return note

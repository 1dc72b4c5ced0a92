"""Put letters about requests where they are sent from; without a mail server none is written."""

from __future__ import annotations

from tactful.shop.casework import OURSELVES, Casework
from tactful.shop.request_letters import (
    Letter,
    code_letter,
    done_letter,
    officer_letter,
    received_letter,
)
from tactful.shop.request_rules import CODE_LASTS
from tactful.terms import Request, StepKind, SubjectId


class RequestPost:
    """Writes to subjects about their requests, and to the officer."""

    def __init__(self, work: Casework) -> None:
        self._work = work
        self._letters = work.rules.letters

    def tell(self, request: Request, letter: Letter) -> None:
        """Write *letter* to whoever made *request*, if an address is known."""
        if request.subject is not None:
            self._post(self._work.address(request.subject), letter, request.subject)

    def acknowledge(self, request: Request) -> Request:
        """Tell the subject that *request* has come, where letters are sent; return it so."""
        if self._letters is None or request.subject is None or request.kind.at_once:
            return request
        told = any(step.kind is StepKind.ACKNOWLEDGED for step in request.steps)
        to = self._work.address(request.subject)
        if told or not to:
            return request
        letter = received_letter(request, self._work.clock(request).due, self._work.rules.page)
        self._post(to, letter, request.subject)
        return self._work.step(request, StepKind.ACKNOWLEDGED, by=OURSELVES)

    def done(self, request: Request, to: str) -> None:
        """Tell the subject at *to*, who may be erased now, that *request* is done."""
        self._post(to, done_letter(request, self._work.rules.page), request.subject)

    def code(self, to: str, code: str) -> None:
        """Send a code to an address that somebody gave."""
        self._post(to, code_letter(code, int(CODE_LASTS.total_seconds()) // 60), None)

    def remind(self) -> int:
        """Tell the officer what is due soon or overdue; return how many requests."""
        urgent = [pair for pair in self._work.due() if pair[1].colour in {"late", "soon"}]
        if urgent:
            self._post(self._work.rules.officer, officer_letter(urgent), None)
        return len(urgent)

    def _post(self, to: str, letter: Letter, subject: SubjectId | None) -> None:
        if self._letters is None or not to:
            self._work.parts.store.tallies.add("letter", "request not sent")
            return
        self._letters.queue(
            subject, letter.kind, to, subject_line=letter.subject_line, text=letter.text
        )

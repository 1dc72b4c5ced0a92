"""The letters about a request: plain words, to the subject and to the officer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from tactful.capabilities.rights import PAUSES, REFUSALS, Clock
from tactful.terms import Request, RequestKind

TITLES: Final = {
    RequestKind.ACCESS: "a copy of your data",
    RequestKind.RECTIFICATION: "a correction of your data",
    RequestKind.ERASURE: "erasure of your data",
    RequestKind.RESTRICTION: "a restriction of the use of your data",
    RequestKind.PORTABILITY: "your data in a portable form",
    RequestKind.OBJECTION: "an end to the use of your data",
    RequestKind.OPT_OUT_SALE: "no sale or sharing of your data",
    RequestKind.LIMIT_SENSITIVE: "limited use of your sensitive data",
}
"""What each kind asks for, said to whoever asks."""


class Letter(NamedTuple):
    """A letter: its kind, its subject line and its text."""

    kind: str
    subject_line: str
    text: str


def code_letter(code: str, minutes: int) -> Letter:
    """Return the letter with a code."""
    text = (
        f"Your code is {code}. It counts for {minutes} minutes, once.\n\n"
        "Somebody, most likely you, asked about the data that we keep under this address. If it "
        "was not you, do nothing: without the code nothing happens."
    )
    return Letter("request-code", "Your code", text)


def received_letter(request: Request, due: date, page: str) -> Letter:
    """Return the letter that confirms the receipt of *request*."""
    text = f"We received your request for {_what(request)}. You have an answer by {_day(due)}."
    return _about(request, "request-received", text, page)


def done_letter(request: Request, page: str) -> Letter:
    """Return the letter that says that *request* was carried out."""
    text = f"Your request for {_what(request)} is done."
    if request.kind.hands_out:
        text += " You can take the copy for 30 days: sign in, and open your requests."
    return _about(request, "request-done", text, page)


def refused_letter(request: Request, reason: str, *, complaint: str, appeal: bool) -> Letter:
    """Return the letter that says why *request* was refused, and what can be done (Art. 12(4))."""
    text = (
        f"We did not carry out your request for {_what(request)}: {REFUSALS[reason]}.\n\n"
        f"You may complain to {complaint}, or go to court."
    )
    if appeal:
        text += " You may also ask us to look at it again: answer to this letter, or sign in."
    return _about(request, "request-refused", text, "")


def extended_letter(request: Request, due: date) -> Letter:
    """Return the letter that says that an answer takes longer (Art. 12(3))."""
    text = (
        f"Your request for {_what(request)} takes us longer than usual, because it is complex or "
        f"because there are many. You have an answer by {_day(due)}."
    )
    return _about(request, "request-extended", text, "")


def paused_letter(request: Request, cause: str, page: str) -> Letter:
    """Return the letter that asks for what is needed to go on."""
    text = f"We cannot go on with your request for {_what(request)} yet: {PAUSES[cause]}."
    return _about(request, "request-paused", f"{text} Please answer to this letter.", page)


def officer_letter(due: Sequence[tuple[Request, Clock]]) -> Letter:
    """Return the letter that tells the officer what is due soon and what is overdue."""
    lines = [
        f"{request.id}  {request.kind.value:<16} due {clock.due.isoformat()}"
        f"{'  OVERDUE' if clock.overdue else ''}"
        for request, clock in due
    ]
    text = "Requests that need an answer:\n\n" + "\n".join(lines)
    return Letter("requests-due", f"{len(due)} requests need an answer", text)


def _about(request: Request, kind: str, text: str, page: str) -> Letter:
    """Return a letter that ends with the number of the case."""
    where = f"\n\n{page}" if page else ""
    return Letter(kind, "Your request", f"{text}{where}\n\nCase {request.id}")


def _what(request: Request) -> str:
    return TITLES[request.kind]


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"

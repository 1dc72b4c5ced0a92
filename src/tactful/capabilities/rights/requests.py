"""What whoever keeps requests owes, and whoever sends letters about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tactful.gate import Permit
from tactful.terms import Request, Step, StepKind, SubjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeSent:
    """A code that was sent to an address: its keyed digest, and until when it counts."""

    digest: bytes
    until: datetime


class Requests(Protocol):
    """The requests of a shop; their steps are only ever added to."""

    def file(self, request: Request, *, words: str = "", code: CodeSent | None = None) -> Request:
        """
        Keep a new *request* durably, and *words* sealed under its subject's key; return it.

        One that came by the same channel under the same reference is returned in its place.
        """

    def find(self, number: str) -> Request | None:
        """Return the request of that id."""

    def referred(self, channel: str, reference: str) -> Request | None:
        """Return the request that came by *channel* under *reference*."""

    def of(self, permit: Permit) -> tuple[Request, ...]:
        """Return the requests of the permit's person, the newest first."""

    def about(self, about: str) -> tuple[Request, ...]:
        """Return the requests under a keyed hash, the newest first; also of who was erased."""

    def waiting(self) -> tuple[Request, ...]:
        """Return every request to which an answer is owed, the oldest first."""

    def closed(self, *, most: int) -> tuple[Request, ...]:
        """Return the requests that were answered, refused or not confirmed, newest first."""

    def ended(self, kind: StepKind, before: datetime) -> tuple[Request, ...]:
        """Return the requests that are closed, and had a step of *kind* before then."""

    def append(self, request: Request, step: Step, *, words: str = "") -> Request:
        """
        Add *step* durably, *words* sealed under the subject's key; return the request with it.

        Raises:
            Mistake: something else happened to the request meanwhile.
        """

    def words(self, permit: Permit, request: Request) -> Mapping[int, str]:
        """Return what was written in free words, by the number of the step."""

    def confirm(self, number: str, digest: bytes, at: datetime) -> bool:
        """Count an attempt at a code, and tell whether it is the right one, still counts, once."""

    def unconfirmed(self, at: datetime) -> tuple[Request, ...]:
        """Return the requests whose code has run out at *at*."""

    def codes_sent(self, about: str, since: datetime) -> int:
        """Return how many codes were sent for *about* since then; for whomever, where empty."""

    def drop(self, requests: Sequence[Request]) -> int:
        """Delete answered requests whose records need not be kept any more; return how many."""


class Letters(Protocol):
    """Where letters to people are put, to be sent later."""

    def queue(
        self, subject: SubjectId | None, kind: str, to: str, *, subject_line: str, text: str
    ) -> None:
        """Keep a letter until it is sent; *subject* is whom it is about, where that is known."""

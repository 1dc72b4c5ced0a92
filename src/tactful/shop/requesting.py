"""
Requests of subjects, from the first word to the answer: every step is written down.

A no takes effect at once.  Everything else begins when it is sure whose request it is, and waits
for the officer where the shop wants to look first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

from tactful.capabilities.rights import (
    Clock,
    may_appeal,
    next_step,
    require_more_time,
    require_pause,
    require_paused,
    require_reason,
)
from tactful.shop.casework import OFFICER, OURSELVES, Casework, Owed
from tactful.shop.consenting import Consenting
from tactful.shop.fulfilling import Fulfilling
from tactful.shop.parts import Parts
from tactful.shop.receiving import Receiving
from tactful.shop.record_keeping import forget, lapse
from tactful.shop.request_letters import extended_letter, paused_letter, refused_letter
from tactful.shop.request_post import RequestPost
from tactful.shop.request_rules import PACKAGE_LASTS, Asking
from tactful.shop.subjects import Subject
from tactful.terms import (
    Identifier,
    Mistake,
    NotFound,
    Proof,
    Request,
    RequestState,
    StepKind,
    SubjectId,
)

NOTHING_KNOWN: Final = "nothing_known"
"""The reason in the last step of a request about somebody of whom nothing is kept."""


class Requesting:
    """Takes requests, carries them out, and says when each is due."""

    def __init__(
        self,
        parts: Parts,
        *,
        consenting: Consenting,
        subject_of: Callable[[SubjectId], Subject],
    ) -> None:
        self._work = Casework(parts)
        self._post = RequestPost(self._work)
        self._receiving = Receiving(self._work, self._post)
        self._subject_of = subject_of
        self._fulfilling = Fulfilling(parts.policy, consenting)
        self._clock = parts.clock

    def open(self, asking: Asking) -> Request:
        """
        Take a request, and carry it out if it needs no more; return it as it is then.

        A stranger is answered the same whether or not anybody is known by the identifier.

        Raises:
            Mistake: the request makes no sense, or lacks what such a request needs.
        """
        request, new = self._receiving.take(asking)
        if not new:
            self._heed(asking, request)
            return request
        self._work.count(request, "received")
        return self._go_on(self._post.acknowledge(request))

    def confirm(self, number: str, code: str) -> Request:
        """
        Take the code that was sent to the subject's address.

        Raises:
            NotFound: it is wrong, used, too old or tried too often; or there is no such request.
        """
        digest = self._receiving.digest_of(number, code)
        if not self._work.kept.confirm(number, digest, self._clock()):
            raise NotFound("this code does not count: it is wrong, too old, or was tried too often")
        request = self._work.find(number)
        self._work.count(request, "received")
        return self._verified(request, Proof.CODE, by=request.by.value)

    def verify(self, number: str, *, proof: str = Proof.DOCUMENT, note: str = "") -> Request:
        """
        Note by what the officer, or the shop, found the subject to be whom they say they are.

        Raises:
            NotFound: there is no such request.
            Mistake: it is verified already, or this is no proof.
        """
        if proof not in {Proof.SIGNED_IN, Proof.DOCUMENT, Proof.PLATFORM}:
            raise Mistake("a proof is one of signed_in, document, platform")
        return self._verified(self.find(number), Proof(proof), by=OFFICER, note=note)

    def approve(self, number: str, *, note: str = "") -> Request:
        """
        Carry out a request that waited for the officer.

        Raises:
            NotFound: there is no such request.
            Mistake: it is not verified, or answered already.
        """
        request = self._work.step(self.find(number), StepKind.REVIEWED, by=OFFICER, note=note)
        return self._carry_out(request, by=OFFICER)

    def refuse(self, number: str, *, reason: str, note: str = "") -> Request:
        """
        Refuse a request with one of the reasons of the law; the subject is told how to complain.

        Raises:
            NotFound: there is no such request.
            Mistake: it is answered already, or the reason is none.
        """
        require_reason(reason)
        request = self.find(number)
        refused = self._work.step(request, StepKind.REFUSED, by=OFFICER, reason=reason, note=note)
        complaint, appeal = self._work.rules.complaint, self.may_appeal(refused)
        self._post.tell(
            refused, refused_letter(refused, reason, complaint=complaint, appeal=appeal)
        )
        self._work.count(refused, "refused")
        return refused

    def pause(self, number: str, *, reason: str, note: str = "") -> Request:
        """
        Let the clock stand still until the subject has answered a question.

        Raises:
            NotFound: there is no such request.
            Mistake: the law does not allow it, or it stands still already.
        """
        request = self.find(number)
        require_pause(request, self._work.regime(request), reason)
        paused = self._work.step(request, StepKind.PAUSED, by=OFFICER, reason=reason, note=note)
        self._post.tell(paused, paused_letter(paused, reason, self._work.rules.page))
        return paused

    def resume(self, number: str) -> Request:
        """
        Let the clock run again.

        Raises:
            NotFound: there is no such request.
            Mistake: it runs.
        """
        request = self.find(number)
        require_paused(request)
        return self._work.step(request, StepKind.RESUMED, by=OFFICER)

    def extend(self, number: str, *, note: str = "") -> Request:
        """
        Take the more time that the law gives, once, and tell the subject.

        Raises:
            NotFound: there is no such request.
            Mistake: the law gives none, or it is too late to tell.
        """
        request = self.find(number)
        regime, almanac = self._work.regime(request), self._work.rules.almanac
        require_more_time(request, regime, almanac, self._clock())
        extended = self._work.step(request, StepKind.EXTENDED, by=OFFICER, note=note)
        self._post.tell(extended, extended_letter(extended, self.clock(extended).due))
        return extended

    def appeal(self, number: str, *, note: str = "") -> Request:
        """
        Ask the shop to look at a refusal again, where the law lets the subject do that.

        Raises:
            NotFound: there is no such request.
            Mistake: it was not refused, was appealed before, or the law knows no appeal.
        """
        request = self.find(number)
        if not self.may_appeal(request):
            raise Mistake("no appeal: the law of this request knows none, or it was made already")
        return self._work.step(request, StepKind.APPEALED, by=request.by.value, note=note)

    def acknowledge(self, number: str) -> Request:
        """
        Note that the subject was told that the request has come.

        Raises:
            NotFound: there is no such request.
            Mistake: it is answered already.
        """
        return self._work.step(self.find(number), StepKind.ACKNOWLEDGED, by=OFFICER)

    def run(self, number: str) -> Request:
        """
        Carry out a verified request now, also one that was cut short.

        Raises:
            NotFound: there is no such request.
            Mistake: it is not verified, waits for review, or is answered.
        """
        request = self.find(number)
        if request.state is RequestState.VERIFIED and self.waits(request):
            raise Mistake("this request waits for the officer: approve or refuse it")
        next_step(request, StepKind.DONE, self._clock(), by=OFFICER)
        return self._carry_out(request, by=OFFICER)

    def find(self, number: str) -> Request:
        """
        Return the request of that id.

        Raises:
            NotFound: there is none.
        """
        return self._work.find(number)

    def referred(self, channel: str, reference: str) -> Request | None:
        """Return the request that came by *channel* under *reference*, or None."""
        return self._work.kept.referred(channel, reference)

    def of(self, subject: Subject) -> tuple[Request, ...]:
        """Return the requests of *subject*, the newest first."""
        return self._work.kept.of(self._work.permit(subject.number))

    def about(self, identifier: Identifier) -> tuple[Request, ...]:
        """Return the requests that named *identifier*, also of somebody who was erased."""
        return self._work.kept.about(self._work.hash(identifier.kind.value, identifier.value))

    def due(self) -> tuple[Owed, ...]:
        """Return every request to which an answer is owed, with its clock, the next due first."""
        return self._work.due()

    def closed(self, *, most: int = 100) -> tuple[Request, ...]:
        """Return the requests that were answered, the newest first."""
        return self._work.kept.closed(most=most)

    def clock(self, request: Request) -> Clock:
        """Return how much time is left for *request*."""
        return self._work.clock(request)

    def waits(self, request: Request) -> bool:
        """Tell whether *request* waits for the officer once it is verified."""
        return self._work.waits(request)

    def may_appeal(self, request: Request) -> bool:
        """Tell whether the law lets the subject appeal against the refusal of *request*."""
        return may_appeal(request, self._work.regime(request))

    def words(self, request: Request) -> Mapping[int, str]:
        """Return what was written in free words, by step; nothing where nobody is known."""
        return self._work.words(request)

    def asked(self, request: Request) -> Mapping[str, object]:
        """Return what the subject said when asking: note, traits, purposes, authority."""
        return self._work.asked(request)

    def package(self, number: str) -> dict[str, object]:
        """
        Return the copy of the data that a request for it was answered with, as of now.

        Raises:
            NotFound: there is no such request, or nothing is known of the subject any more.
            Mistake: it is of another kind, not done yet, or was done too long ago.
        """
        request = self.find(number)
        if not request.kind.hands_out or request.state is not RequestState.DONE:
            raise Mistake("there is no copy to take: the request is not done, or of another kind")
        if self._clock() > request.steps[-1].at + PACKAGE_LASTS:
            raise Mistake("this copy could be taken for 30 days: ask for a new one")
        if request.subject is None:
            raise NotFound("nothing is known of this subject any more")
        return self._subject_of(request.subject).export()

    def tidy(self) -> int:
        """
        Close what nobody confirmed, finish what was cut short, let go of old records.

        Returns:
            How many requests were touched.
        """
        waiting = self._work.kept.waiting()
        finished = sum(not self._go_on(request).state.is_open for request in waiting)
        return finished + lapse(self._work) + forget(self._work)

    def remind(self) -> int:
        """Tell the officer what is due soon or overdue; return how many requests that is."""
        return self._post.remind()

    def _heed(self, asking: Asking, request: Request) -> None:
        """Do what a no asks that was said too often to be kept as a request each time."""
        if asking.stranger and request.kind.at_once and request.subject is not None:
            subject, asked = self._subject_of(request.subject), {"purposes": [*asking.purposes]}
            self._fulfilling.carry_out(request, subject, asked)

    def _verified(self, request: Request, proof: Proof, *, by: str, note: str = "") -> Request:
        done = self._work.step(request, StepKind.VERIFIED, by=by, reason=proof.value, note=note)
        return self._go_on(self._post.acknowledge(done))

    def _go_on(self, request: Request) -> Request:
        """Carry *request* out if it waits for nobody; what cannot be done waits for the officer."""
        if self._work.is_ready(request):
            with suppress(Mistake):
                return self._carry_out(request, by=OURSELVES)
        return request

    def _carry_out(self, request: Request, *, by: str) -> Request:
        """Do what *request* asks, write down that it was done, and tell the subject."""
        to = self._do(request)
        reason = NOTHING_KNOWN if to is None else ""
        done = self._work.step(request, StepKind.DONE, by=by, reason=reason)
        if to is not None:
            self._post.done(done, to)
        self._work.count(done, "done")
        return done

    def _do(self, request: Request) -> str | None:
        """Do what *request* asks; return the subject's address, None where nobody is known."""
        if request.subject is None:
            return None
        try:
            to, asked = self._work.address(request.subject), self._work.asked(request)
            self._fulfilling.carry_out(request, self._subject_of(request.subject), asked)
        except NotFound:  # erased meanwhile: nothing is left to do
            return None
        return to

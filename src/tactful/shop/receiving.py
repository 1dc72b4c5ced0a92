"""Take requests in: whose they are, whether that is sure, and what they ask for."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tactful.capabilities.profile import normalised
from tactful.capabilities.rights import CodeSent, first_step, next_step
from tactful.shop.casework import OURSELVES, Casework, short
from tactful.shop.fulfilling import require_purposes
from tactful.shop.request_post import RequestPost
from tactful.shop.request_rules import (
    CODE_LASTS,
    CODES_AN_HOUR,
    MOST_UNCONFIRMED,
    MOST_WORDS,
    NOES_AN_HOUR,
    Asking,
)
from tactful.terms import (
    Identifier,
    IdentifierKind,
    Mistake,
    Proof,
    Request,
    RequestKind,
    Speaker,
    StepKind,
    SubjectId,
)

HOUR: Final = timedelta(hours=1)
_OWN_IDS: Final = {IdentifierKind.USER_ID, IdentifierKind.ANONYMOUS_ID}


class Receiving:
    """Takes requests, and sends a code to whom they name where that is needed."""

    def __init__(self, work: Casework, post: RequestPost) -> None:
        self._work = work
        self._post = post

    def take(self, asking: Asking) -> tuple[Request, bool]:
        """
        Return the request that was asked for, and whether it is new.

        Raises:
            Mistake: the request makes no sense, or lacks what such a request needs.
        """
        self._check(asking)
        asking = replace(asking, identifier=_in_form(asking.identifier))
        identifier = asking.identifier
        about = self._work.hash(identifier.kind.value, identifier.value) if identifier else ""
        request = self._begun(asking, about)
        if asking.stranger and asking.kind.at_once and self._is_idle(request):
            return request, False  # the same is said, and nothing is left behind
        if not _needs_code(asking):
            kept = self._work.kept.file(request, words=_words(asking))
            return kept, kept.id == request.id
        if not self._asked_too_often(about):  # else the same is said, but nothing is done
            self._ask_for_code(request, asking)
        return request, False

    def _ask_for_code(self, request: Request, asking: Asking) -> None:
        code = self._work.rules.new_code()
        digest = self.digest_of(request.id, code)
        sent = CodeSent(digest=digest, until=request.received_at + CODE_LASTS)
        self._work.kept.file(request, words=_words(asking), code=sent)
        if asking.identifier:
            self._post.code(asking.identifier.value, code)

    def digest_of(self, number: str, code: str) -> bytes:
        """Return what *code* for the request of that id is known by."""
        return self._work.rules.digest(f"code of {number}", code.strip())

    def _check(self, asking: Asking) -> None:
        require_purposes(self._work.parts.policy, asking.purposes)
        spoken_for = asking.by is not Speaker.SUBJECT and not asking.kind.at_once
        if spoken_for and not asking.authority:
            raise Mistake('an agent or a parent needs an "authority": by what they may ask')
        if asking.traits and asking.kind is not RequestKind.RECTIFICATION:
            raise Mistake("only a rectification sets traits")
        if len(_words(asking)) > MOST_WORDS:
            raise Mistake(f"a request may say {MOST_WORDS:,} characters in all: make it shorter")
        short(asking.note)
        short(asking.authority)

    def _begun(self, asking: Asking, about: str) -> Request:
        """Return the request as it begins: received, and verified where nothing more is needed."""
        parts = self._work.parts
        now = self._work.now()
        subject = self._subject(asking, now)
        request = Request(
            id=parts.new_id(),
            kind=asking.kind,
            regime=self._work.permit(subject, asking.region).regime,
            channel=asking.channel,
            subject=subject,
            about=about,
            by=asking.by,
            reference=asking.reference,
            steps=(first_step(now, by=asking.by.value, channel=asking.channel),),
        )
        proof = asking.proof or (Proof.NOT_NEEDED if asking.kind.at_once else None)
        if proof is None:
            return request
        verified = next_step(request, StepKind.VERIFIED, now, by=OURSELVES, reason=proof.value)
        return replace(request, steps=(*request.steps, verified))

    def _subject(self, asking: Asking, now: datetime) -> SubjectId | None:
        """Return whom *asking* is about; who says no by an id of their own is remembered by it."""
        identities, identifier = self._work.parts.store.identities, asking.identifier
        found = identities.find(identifier) if identifier else None
        if found is None and identifier and asking.kind.at_once and identifier.kind in _OWN_IDS:
            return identities.admit((identifier,), at=now)
        return found

    def _is_idle(self, request: Request) -> bool:
        """Tell whether a no does nothing new: nobody is known, or it was said within the hour."""
        if request.subject is None:
            return True
        since = request.received_at - HOUR
        before = self._work.kept.about(request.about)
        return sum(each.received_at > since for each in before) >= NOES_AN_HOUR

    def _asked_too_often(self, about: str) -> bool:
        sent, since = self._work.kept.codes_sent, self._work.parts.clock() - HOUR
        return sent(about, since) >= CODES_AN_HOUR or sent("", since) >= MOST_UNCONFIRMED


def _in_form(identifier: Identifier | None) -> Identifier | None:
    """
    Return *identifier* in the one form that it is kept in.

    Raises:
        Mistake: it cannot be read.
    """
    if identifier is None:
        return None
    found = normalised(identifier.kind, identifier.value)
    if not isinstance(found, Identifier):
        raise Mistake("whom the request is about cannot be read: check it for a typing error")
    return found


def _needs_code(asking: Asking) -> bool:
    return asking.stranger and asking.proof is None and not asking.kind.at_once


def _words(asking: Asking) -> str:
    """Return what was said in the request, as it is kept sealed; empty where nothing was."""
    said = {
        "note": asking.note,
        "authority": asking.authority,
        "traits": dict(asking.traits),
        "purposes": list(asking.purposes),
    }
    given = {name: value for name, value in said.items() if value}
    return json.dumps(given, default=str) if given else ""

"""
Requests of subjects over HTTP: by the shop's server, by a signed link, by a page with a code.

With a write key alone nothing that is answered tells whether anybody is known.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

import msgspec

from tactful.shop import Asking, Subject
from tactful.terms import (
    Identifier,
    IdentifierKind,
    Mistake,
    NotFound,
    Proof,
    Request,
    RequestKind,
    RequestState,
    Speaker,
)
from tactful.web.bodies import decode, unpack
from tactful.web.exchange import Asked, Declined, Reply, Serving, answer
from tactful.web.keys import Caller, caller_with, given_key
from tactful.web.open_dsr import as_open_dsr
from tactful.web.request_messages import AppealAsk, CodeAsk, RequestAsk, RequestSaid, StepSaid
from tactful.web.visitors import region_required, who_is_named

API: Final = "api"
OPEN_DSR: Final = "opendsr"

_ask: Final = msgspec.json.Decoder(RequestAsk)
_code: Final = msgspec.json.Decoder(CodeAsk)
_appeal: Final = msgspec.json.Decoder(AppealAsk)
_REFERENCE: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_IDENTITIES: Final = {
    "controller_customer_id": IdentifierKind.USER_ID,
    "user_id": IdentifierKind.USER_ID,
    "email": IdentifierKind.EMAIL,
    "phone_number": IdentifierKind.PHONE,
}
"""OpenDSR's kinds of identities that are known here."""


async def take(serving: Serving, asked: Asked) -> Reply:
    """Open a request: the shop's own form, or OpenDSR's."""
    key, token = given_key(asked), asked.query.get("token")
    caller = None if key is None or token is not None else caller_with(serving, key)
    limit = serving.opened.settings.server.max_expanded_bytes
    ask = decode(_ask, unpack(asked.body, limit=limit))
    holder = _holder(serving, token) if token is not None else None
    if caller is None and holder is None:
        caller = caller_with(serving, ask.write_key)
    asking = _asking(asked, ask, caller=caller, holder=holder)
    request = await serving.in_thread(lambda: serving.opened.shop.requests.open(asking))
    if ask.is_open_dsr and caller is Caller.SECRET:
        return answer(as_open_dsr(serving, request, sent=asked.body), status=HTTPStatus.CREATED)
    return answer(_said(serving, request, stranger=asking.stranger))


async def confirm(serving: Serving, asked: Asked) -> Reply:
    """Take the code that was sent to the subject's address."""
    key = given_key(asked)
    caller = None if key is None else caller_with(serving, key)
    limit = serving.opened.settings.server.max_expanded_bytes
    ask = decode(_code, unpack(asked.body, limit=limit))
    caller or caller_with(serving, ask.write_key)
    number, requests = asked.path["id"], serving.opened.shop.requests
    try:
        request = await serving.in_thread(lambda: requests.confirm(number, ask.code))
    except NotFound as wrong:
        raise Declined(HTTPStatus.FORBIDDEN, str(wrong)) from None
    return answer(_said(serving, request))


async def see(serving: Serving, asked: Asked) -> Reply:
    """Answer how a request stands: to the shop, or to whom it is about."""
    request = await serving.in_thread(lambda: _entitled(serving, asked))
    if request.channel == OPEN_DSR:
        return answer(as_open_dsr(serving, request))
    return answer(_said(serving, request))


async def appeal(serving: Serving, asked: Asked) -> Reply:
    """Ask that a refusal be looked at again: for the shop, or for whom it is about."""
    limit = serving.opened.settings.server.max_expanded_bytes
    ask = decode(_appeal, unpack(asked.body, limit=limit)) if asked.body else AppealAsk()
    request = await serving.in_thread(lambda: _entitled(serving, asked))
    requests = serving.opened.shop.requests
    appealed = await serving.in_thread(lambda: requests.appeal(request.id, note=ask.note))
    return answer(_said(serving, appealed))


async def package(serving: Serving, asked: Asked) -> Reply:
    """Answer the copy of the data that a request was for, once it is done."""
    request = await serving.in_thread(lambda: _entitled(serving, asked))
    requests = serving.opened.shop.requests
    return answer(await serving.in_thread(lambda: requests.package(request.id)))


def _asking(asked: Asked, ask: RequestAsk, *, caller: Caller | None, holder: str | None) -> Asking:
    """Return what is asked for, as far as the caller may ask it."""
    if holder is not None:
        return _own(asked, ask, holder)
    if caller is Caller.SECRET:
        return _by_shop(asked, ask)
    _require_nothing_claimed(ask)
    return Asking(
        kind=_kind(ask),
        identifier=_named_by_stranger(asked, ask),
        region=region_required(asked, ask.region, caller),
        channel=API,
        stranger=True,
        note=ask.note,
        traits=ask.traits,
        purposes=ask.purposes,
    )


def _own(asked: Asked, ask: RequestAsk, holder: str) -> Asking:
    """Return what the holder of a signed link asks for, for themselves."""
    _require_nothing_claimed(ask)
    return Asking(
        kind=_kind(ask),
        identifier=Identifier(IdentifierKind.USER_ID, holder),
        region=region_required(asked, ask.region, None),
        channel=API,
        proof=Proof.SIGNED_IN,
        note=ask.note,
        traits=ask.traits,
        purposes=ask.purposes,
    )


def _by_shop(asked: Asked, ask: RequestAsk) -> Asking:
    """Return what the shop's own server asks for; OpenDSR's controllers have verified whom."""
    dsr = ask.is_open_dsr
    return Asking(
        kind=_kind(ask),
        identifier=_named_by_controller(ask) if dsr else _named_by_shop(asked, ask),
        region=region_required(asked, ask.region, Caller.SECRET),
        by=_speaker(ask.by),
        channel=OPEN_DSR if dsr else API,
        proof=Proof.SIGNED_IN if dsr else _proof(ask.proof),
        reference=_reference(ask) if dsr else "",
        note=ask.note,
        authority=ask.authority,
        traits=ask.traits,
        purposes=ask.purposes,
    )


def _named_by_stranger(asked: Asked, ask: RequestAsk) -> Identifier:
    """Return whom a page names: by an address, or for a no by the browser's own id."""
    if ask.user_id is not None:
        raise Declined(
            HTTPStatus.FORBIDDEN,
            "a page cannot ask for a userId: send an email, to which a code goes, a signed link, "
            "or call from your server with the secret key",
        )
    kind = _kind(ask)
    if ask.anonymous_id is not None and kind.at_once:
        return _named_by_shop(asked, msgspec.structs.replace(ask, email=None))
    identities = [i.identity_value for i in ask.subject_identities if i.identity_type == "email"]
    email = ask.email or next(iter(identities), None)
    if not email:
        raise Mistake('"email" is needed: a code is sent there, to know that the request is yours')
    return Identifier(IdentifierKind.EMAIL, email)


def _named_by_shop(asked: Asked, ask: RequestAsk) -> Identifier:
    who = who_is_named(asked, user_id=ask.user_id, anonymous_id=ask.anonymous_id, region=None)
    emails = [Identifier(IdentifierKind.EMAIL, ask.email)] if ask.email else []
    named = [*who.identifiers, *emails]
    if len(named) != 1:
        raise Mistake("say whom the request is about, by one of userId, email and anonymousId")
    return named[0]


def _named_by_controller(ask: RequestAsk) -> Identifier:
    """Return whom OpenDSR's identities name: by the first kind that is known here."""
    for said in ask.subject_identities:
        kind = _IDENTITIES.get(said.identity_type)
        if kind is not None and said.identity_format == "raw" and said.identity_value:
            return Identifier(kind, said.identity_value)
    raise Mistake(
        "none of the subject_identities can be used: send one in the format raw, of the types "
        f"{', '.join(_IDENTITIES)}"
    )


def _kind(ask: RequestAsk) -> RequestKind:
    said = ask.subject_request_type if ask.is_open_dsr else ask.type
    if said not in set(RequestKind):
        what = "subject_request_type" if ask.is_open_dsr else "type"
        raise Mistake(f'"{what}" must be one of {", ".join(RequestKind)}')
    return RequestKind(said)


def _proof(said: str) -> Proof | None:
    if said not in {"", Proof.SIGNED_IN, Proof.DOCUMENT}:
        raise Mistake('"proof" is signed_in or document, or left out')
    return Proof(said) if said else None


def _speaker(said: str) -> Speaker:
    if said not in set(Speaker):
        raise Mistake(f'"by" must be one of {", ".join(Speaker)}')
    return Speaker(said)


def _reference(ask: RequestAsk) -> str:
    if not _REFERENCE.fullmatch(ask.subject_request_id):
        raise Mistake("subject_request_id must be a UUID: letters, digits and hyphens, at most 64")
    return ask.subject_request_id


def _require_nothing_claimed(ask: RequestAsk) -> None:
    """
    Take it from the shop alone who was verified, and who speaks for somebody else.

    Raises:
        Declined: a page says so (403).
    """
    if ask.proof or ask.authority or ask.by != Speaker.SUBJECT:
        raise Declined(
            HTTPStatus.FORBIDDEN,
            '"proof", "authority" and "by" need the secret key: check them, and call from your '
            "server",
        )


def _holder(serving: Serving, token: str) -> str:
    holder = serving.opened.links.read(token)
    if holder is None:
        raise Declined(HTTPStatus.UNAUTHORIZED, "the link is not valid, or too old: ask for a new")
    return holder


def _entitled(serving: Serving, asked: Asked) -> Request:
    """
    Return the request, to the shop or to whom it is about.

    Raises:
        NotFound: there is none, or it is somebody else's: both look the same.
        Declined: nobody has shown who they are.
    """
    number, shop = asked.path["id"], serving.opened.shop
    if (token := asked.query.get("token")) is not None:
        own = shop.requests.of(_subject(serving, _holder(serving, token)))
        found = next((request for request in own if request.id == number), None)
        if found is None:
            raise NotFound("there is no such request")
        return found
    if caller_with(serving, given_key(asked)) is not Caller.SECRET:
        raise Declined(
            HTTPStatus.FORBIDDEN, "a write key cannot see a request: use the secret key, or a link"
        )
    return shop.requests.referred(OPEN_DSR, number) or shop.requests.find(number)


def _subject(serving: Serving, user_id: str) -> Subject:
    try:
        return serving.opened.shop.subject(user_id)
    except NotFound:
        raise NotFound("there is no such request") from None


def _said(serving: Serving, request: Request, *, stranger: bool = False) -> RequestSaid:
    """Return how *request* stands; to a stranger, only what holds for everybody."""
    if stranger:
        at_once = request.kind.at_once
        return RequestSaid(
            id=request.id,
            type=request.kind.value,
            status=(RequestState.DONE if at_once else RequestState.RECEIVED).value,
            received_at=request.received_at,
            verification="none" if at_once else "code",
        )
    clock = serving.opened.shop.requests.clock(request)
    return RequestSaid(
        id=request.id,
        type=request.kind.value,
        status=request.state.value,
        received_at=request.received_at,
        verification=request.proof,
        due=clock.due,
        acknowledge_by=clock.acknowledge_by,
        overdue=clock.overdue,
        paused=clock.paused,
        regime=request.regime,
        steps=tuple(
            StepSaid(step=step.kind.value, at=step.at, by=step.by, reason=step.reason)
            for step in request.steps
        ),
    )

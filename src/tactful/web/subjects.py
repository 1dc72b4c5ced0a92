"""A subject's rights over HTTP: see, correct, restrict, erase."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec

from tactful.shop import Subject
from tactful.terms import Identifier, IdentifierKind, Mistake, Statement, TraitOrigin
from tactful.web.bodies import decode, unpack
from tactful.web.consenting import signed_said
from tactful.web.exchange import Asked, Declined, Reply, Serving, answer
from tactful.web.keys import Caller, caller_with, given_key, require_rights_over
from tactful.web.messages import (
    CorrectionAsk,
    ErasureSaid,
    HistorySaid,
    ReceiptsSaid,
    SaidThen,
    UsedOn,
    UsesSaid,
)
from tactful.web.visitors import who_is_named

SOURCE: Final = "api"

_correction: Final = msgspec.json.Decoder(CorrectionAsk)


async def see(serving: Serving, asked: Asked) -> Reply:
    """Answer everything that is known about the subject (Art. 15, 20)."""
    user_id = _entitled(serving, asked, fresh=True)
    return answer(await serving.in_thread(lambda: _subject(serving, user_id).export()))


async def find(serving: Serving, asked: Asked) -> Reply:
    """Answer everything about whom one exact identifier names, for the privacy officer."""
    if caller_with(serving, given_key(asked)) is not Caller.SECRET:
        raise Declined(
            HTTPStatus.FORBIDDEN, "a write key cannot look anybody up: use the secret key"
        )
    identifier = _identifier(asked)
    found = await serving.in_thread(lambda: serving.opened.shop.look_up(identifier))
    return answer(found)


async def correct(serving: Serving, asked: Asked) -> Reply:
    """Set traits, restrict or lift a restriction (Art. 16, 18); answer what is known then."""
    user_id = _entitled(serving, asked)
    limit = serving.opened.settings.server.max_expanded_bytes
    ask = decode(_correction, unpack(asked.body, limit=limit))
    if ask == CorrectionAsk():
        raise Mistake(
            'nothing to do: give "traits", "observeAgain", "restricted", "residence" or "born"'
        )
    serving.places.require(ask.residence)
    by = TraitOrigin.SUBJECT if "token" in asked.query else TraitOrigin.OFFICER
    return answer(await serving.in_thread(lambda: _correct(_subject(serving, user_id), ask, by)))


async def statements(serving: Serving, asked: Asked) -> Reply:
    """Answer everything the subject has said, with all that proves it (Art. 7(1))."""
    user_id = _entitled(serving, asked)
    said = await serving.in_thread(lambda: _subject(serving, user_id).statements())
    return answer(HistorySaid(statements=[_said_then(statement) for statement in said]))


async def receipts(serving: Serving, asked: Asked) -> Reply:
    """Answer a signed receipt for everything the subject ever said (Art. 7(1))."""
    user_id = _entitled(serving, asked)
    signed = await serving.in_thread(lambda: _subject(serving, user_id).receipts())
    return answer(ReceiptsSaid(receipts=[signed_said(one) for one in signed]))


async def uses(serving: Serving, asked: Asked) -> Reply:
    """Answer what the subject's data was used for, by day and activity."""
    user_id = _entitled(serving, asked)
    counted = await serving.in_thread(lambda: _subject(serving, user_id).uses())
    register = serving.opened.shop.policy.activities
    by_day = sorted(counted.items(), key=lambda use: use[0][0])
    newest = sorted(by_day, key=lambda use: use[0][1], reverse=True)
    return answer(
        UsesSaid(
            uses=[
                UsedOn(
                    day=day,
                    activity=name,
                    purpose=register[name].purpose if name in register else "",
                    title=register[name].title if name in register else "",
                    count=count,
                )
                for (name, day), count in newest
            ]
        )
    )


def _said_then(statement: Statement) -> SaidThen:
    return SaidThen(
        purpose=statement.purpose,
        statement=statement.kind.value,
        at=statement.at,
        notice=statement.notice,
        notice_hash=statement.notice_hash,
        regime=statement.regime,
        locale=statement.locale,
        source=statement.source,
        ui=statement.ui,
        by=statement.by.value,
        record=statement.record,
    )


async def erase(serving: Serving, asked: Asked) -> Reply:
    """Erase the subject, from rows and models (Art. 17); durable when answered."""
    user_id = _entitled(serving, asked, fresh=True)
    erasure = await serving.in_thread(lambda: _subject(serving, user_id).erase())
    return answer(
        ErasureSaid(
            erased=True,
            removed=dict(erasure.removed),
            models_changed=erasure.models_changed,
            case=erasure.case,
            certificate=dict(erasure.certificate),
        )
    )


def _entitled(serving: Serving, asked: Asked, *, fresh: bool = False) -> str:
    user_id = asked.path["id"]
    require_rights_over(serving, asked, user_id, fresh=fresh)
    who_is_named(asked, user_id=user_id, anonymous_id=None, region=None)
    return user_id


def _subject(serving: Serving, user_id: str) -> Subject:
    return serving.opened.shop.subject(user_id)


def _identifier(asked: Asked) -> Identifier:
    """Return the one identifier that the query names; there is no listing, and no part of one."""
    named = [(kind, asked.query[kind.value]) for kind in IdentifierKind if kind in asked.query]
    if len(named) != 1 or not named[0][1]:
        kinds = ", ".join(kind.value for kind in IdentifierKind)
        raise Mistake(f"name one identifier, whole, as one of {kinds}: /v1/subjects?userId=...")
    return Identifier(*named[0])


def _correct(subject: Subject, ask: CorrectionAsk, by: TraitOrigin) -> dict[str, object]:
    if ask.residence is not None:
        subject.settle(ask.residence)
    if ask.born is not None:
        subject.born(ask.born)
    if ask.traits:
        subject.correct(ask.traits, by=by, source=SOURCE)
    if ask.observe_again:
        subject.observe_again(ask.observe_again)
    if ask.restricted is not None:
        subject.restrict(lift=not ask.restricted)
    return subject.export()

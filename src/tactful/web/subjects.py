"""A subject's rights over HTTP: see, correct, restrict, erase."""

from __future__ import annotations

from typing import Final

import msgspec

from tactful.shop import Subject
from tactful.terms import Mistake
from tactful.web.bodies import decode, unpack
from tactful.web.exchange import Asked, Reply, Serving, answer
from tactful.web.keys import require_rights_over
from tactful.web.messages import CorrectionAsk, ErasureSaid
from tactful.web.visitors import who_is_named

_correction: Final = msgspec.json.Decoder(CorrectionAsk)


async def see(serving: Serving, asked: Asked) -> Reply:
    """Answer everything that is known about the subject (Art. 15, 20)."""
    user_id = _entitled(serving, asked)
    return answer(await serving.in_thread(lambda: _subject(serving, user_id).export()))


async def correct(serving: Serving, asked: Asked) -> Reply:
    """Set traits, restrict or lift a restriction (Art. 16, 18); answer what is known then."""
    user_id = _entitled(serving, asked)
    limit = serving.opened.settings.server.max_expanded_bytes
    ask = decode(_correction, unpack(asked.body, limit=limit))
    if not ask.traits and ask.restricted is None:
        raise Mistake('nothing to do: give "traits", or "restricted" as true or false')
    return answer(await serving.in_thread(lambda: _correct(_subject(serving, user_id), ask)))


async def erase(serving: Serving, asked: Asked) -> Reply:
    """Erase the subject, from rows and models (Art. 17); durable when answered."""
    user_id = _entitled(serving, asked)
    erasure = await serving.in_thread(lambda: _subject(serving, user_id).erase())
    return answer(
        ErasureSaid(
            erased=True, removed=dict(erasure.removed), models_changed=erasure.models_changed
        )
    )


def _entitled(serving: Serving, asked: Asked) -> str:
    user_id = asked.path["id"]
    require_rights_over(serving, asked, user_id)
    who_is_named(asked, user_id=user_id, anonymous_id=None, region=None)
    return user_id


def _subject(serving: Serving, user_id: str) -> Subject:
    return serving.opened.shop.subject(user_id)


def _correct(subject: Subject, ask: CorrectionAsk) -> dict[str, object]:
    if ask.traits:
        subject.correct(ask.traits)
    if ask.restricted is not None:
        subject.restrict(lift=not ask.restricted)
    return subject.export()

"""Take from the shop's server that somebody bought or enquired."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec

from tactful.web.bodies import decode, unpack
from tactful.web.exchange import Asked, Declined, Reply, Serving, answer
from tactful.web.keys import Caller, caller_with, given_key
from tactful.web.messages import DealingAsk, DealingTaken
from tactful.web.visitors import who_is_named

_ask: Final = msgspec.json.Decoder(DealingAsk)


async def tell(serving: Serving, asked: Asked) -> Reply:
    """
    Note a dealing.  Only the shop may tell of one: a consent follows from it.

    Raises:
        Declined: the caller has not shown the secret key (401, 403).
    """
    if caller_with(serving, given_key(asked)) is not Caller.SECRET:
        raise Declined(
            HTTPStatus.FORBIDDEN, "a dealing is told with the secret key, from your server"
        )
    limit = serving.opened.settings.server.max_expanded_bytes
    ask = decode(_ask, unpack(asked.body, limit=limit))
    region = serving.places.require(ask.region)
    who = who_is_named(asked, user_id=ask.user_id, anonymous_id=ask.anonymous_id, region=region)
    kept = await serving.in_thread(
        lambda: serving.opened.shop.tell_dealing(
            who, ask.kind, at=ask.at, opt_out_offered=ask.opt_out_offered
        )
    )
    return answer(DealingTaken(recorded=kept))

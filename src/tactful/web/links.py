"""Signed links over HTTP: the shop's backend lets a subject in whom it knows to be signed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import msgspec

from tactful.assembly import LINK_LASTS, Opened
from tactful.web.exchange import Asked, Declined, Reply, Serving, answer
from tactful.web.keys import Caller, caller_with, given_key
from tactful.web.visitors import who_is_named

SECOND: Final = timedelta(seconds=1)


class LinkSaid(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """A link to a subject's own page, the token in it, and until when it lets in."""

    link: str
    token: str
    until: datetime


async def sign(serving: Serving, asked: Asked) -> Reply:
    """Answer a link that lets the subject in to their own page; whoever has it is let in."""
    if caller_with(serving, given_key(asked)) is not Caller.SECRET:
        raise Declined(
            HTTPStatus.FORBIDDEN,
            "a write key lets nobody in: call from your server, by the secret key",
        )
    user_id = asked.path["id"]
    who_is_named(asked, user_id=user_id, anonymous_id=None, region=None)
    opened = serving.opened
    token = opened.links.sign(user_id)
    link = f"{home_in_settings(opened)}/me?{urlencode({'token': token})}"
    until = datetime.now(UTC).replace(microsecond=0) + LINK_LASTS
    return answer(LinkSaid(link=link, token=token, until=until))


def home_in_settings(opened: Opened) -> str:
    """Return where people reach the shop, as its settings say."""
    said, server = opened.settings.mail.base_url, opened.settings.server
    return said.rstrip("/") if said else f"http://{server.host}:{server.port}"

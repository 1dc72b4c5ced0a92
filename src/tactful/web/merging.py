"""Merges over HTTP: for the shop alone, with its secret key."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

import msgspec

from tactful.terms import Merge
from tactful.web.bodies import decode, unpack
from tactful.web.exchange import Asked, Declined, Reply, Serving, answer
from tactful.web.keys import Caller, caller_with, given_key
from tactful.web.messages import MergeAsk, MergeSaid, MergesSaid, UnmergeAsk
from tactful.web.visitors import who_is_named

_merge: Final = msgspec.json.Decoder(MergeAsk)
_unmerge: Final = msgspec.json.Decoder(UnmergeAsk)

BY: Final = "shop"


async def merge(serving: Serving, asked: Asked) -> Reply:
    """Make one person of the subject and another."""
    user_id = _by_the_shop(serving, asked)
    other = str(decode(_merge, _body(serving, asked)).other)
    who_is_named(asked, user_id=other, anonymous_id=None, region=None)
    shop = serving.opened.shop
    made = await serving.in_thread(lambda: shop.subject(user_id).merge(other, by=BY))
    return answer(_said(made))


async def unmerge(serving: Serving, asked: Asked) -> Reply:
    """Take a merge of the subject back."""
    user_id = _by_the_shop(serving, asked)
    number = decode(_unmerge, _body(serving, asked)).merge
    shop = serving.opened.shop
    undone = await serving.in_thread(lambda: shop.subject(user_id).unmerge(number))
    return answer(_said(undone))


async def merges(serving: Serving, asked: Asked) -> Reply:
    """Answer every merge of the subject."""
    user_id = _by_the_shop(serving, asked)
    shop = serving.opened.shop
    found = await serving.in_thread(lambda: shop.subject(user_id).merges())
    return answer(MergesSaid(merges=[_said(one) for one in found]))


def _by_the_shop(serving: Serving, asked: Asked) -> str:
    """
    Return whom the path names, where the caller is the shop.

    Raises:
        Declined: the caller has not shown the secret key (401, 403).
    """
    if caller_with(serving, given_key(asked)) is not Caller.SECRET:
        raise Declined(
            HTTPStatus.FORBIDDEN, "who is one person is for the shop to say: use the secret key"
        )
    user_id = asked.path["id"]
    who_is_named(asked, user_id=user_id, anonymous_id=None, region=None)
    return user_id


def _body(serving: Serving, asked: Asked) -> bytes:
    return unpack(asked.body, limit=serving.opened.settings.server.max_expanded_bytes)


def _said(merge: Merge) -> MergeSaid:
    return MergeSaid(
        merge=merge.id,
        at=merge.at,
        evidence=merge.evidence,
        by=merge.by,
        identifier=merge.shown.value if merge.shown else None,
        undone_at=merge.undone_at,
    )

"""Take statements and give receipts; answer what stands, and which notice to show."""

from __future__ import annotations

from typing import Final

import msgspec

from tactful.capabilities.consent import Answer, NoticeShown
from tactful.shop import Receipt
from tactful.terms import Mistake
from tactful.web.bodies import decode, unpack
from tactful.web.exchange import Asked, Reply, Serving, answer
from tactful.web.keys import caller_with, given_key, require_may_name
from tactful.web.messages import (
    ConsentAsk,
    NoticeSaid,
    PurposeOffered,
    ReceiptSaid,
    StandingOf,
    StandingSaid,
    StatementSaid,
)
from tactful.web.visitors import region_code, who_in_query, who_is_named

LONGEST_LABEL: Final = 64
"""Bytes that `source` and `locale` may take."""

_ask: Final = msgspec.json.Decoder(ConsentAsk)


async def say(serving: Serving, asked: Asked) -> Reply:
    """Record answers by purpose."""
    key = given_key(asked)
    caller = None if key is None else caller_with(serving, key)
    limit = serving.opened.settings.server.max_expanded_bytes
    ask = decode(_ask, unpack(asked.body, limit=limit))
    caller = caller or caller_with(serving, ask.write_key)
    who = who_is_named(asked, user_id=ask.user_id, anonymous_id=ask.anonymous_id, region=ask.region)
    require_may_name(serving, caller, who.user_id)
    locale, source = _label("locale", ask.locale), _label("source", ask.source)
    receipt = await serving.in_thread(
        lambda: serving.opened.shop.consent(
            who, ask.statements, notice=ask.notice, locale=locale, source=source
        )
    )
    return answer(_receipt(receipt, ask.notice))


async def standing(serving: Serving, asked: Asked) -> Reply:
    """Answer the last word on every purpose."""
    caller = caller_with(serving, given_key(asked))
    who = who_in_query(asked)
    if not who.identifiers:
        raise Mistake("userId or anonymousId is needed in the query: whose choices?")
    require_may_name(serving, caller, who.user_id)
    said = await serving.in_thread(lambda: serving.opened.shop.standing(who))
    return answer(StandingSaid(purposes=[_standing_of(one) for one in said]))


async def current_notice(serving: Serving, asked: Asked) -> Reply:
    """Answer the notice to show before a choice.  It is public: no key is needed."""
    region = region_code(asked.query.get("region"))
    locale = asked.query.get("locale") or "en"
    return answer(_notice(serving.opened.shop.notice(region=region, locale=locale)))


def _label(name: str, value: str) -> str:
    if len(value.encode()) > LONGEST_LABEL or not value.isprintable():
        raise Mistake(f"{name} must be at most {LONGEST_LABEL} printable bytes")
    return value


def _receipt(receipt: Receipt, notice: str) -> ReceiptSaid:
    return ReceiptSaid(
        statements=[
            StatementSaid(
                purpose=s.purpose,
                statement=s.kind.value,
                at=s.at,
                notice=s.notice,
                regime=s.regime,
            )
            for s in receipt.statements
        ],
        notice=notice,
        hash=receipt.notice_hash,
        regime=receipt.regime,
        recorded_at=receipt.recorded_at,
    )


def _standing_of(one: Answer) -> StandingOf:
    return StandingOf(
        purpose=one.purpose,
        title=one.title,
        said=one.said,
        at=one.at,
        notice=one.notice,
        source=one.source,
        mode=one.mode,
        basis=one.basis,
    )


def _notice(shown: NoticeShown) -> NoticeSaid:
    notice = shown.notice
    return NoticeSaid(
        id=notice.id,
        version=notice.version,
        hash=notice.hash,
        locale=notice.locale,
        regime=shown.regime.id,
        purposes=[
            PurposeOffered(
                purpose=p.purpose, title=p.title, default=p.default, basis=p.basis, text=p.text
            )
            for p in shown.purposes
        ],
        text=notice.text,
    )

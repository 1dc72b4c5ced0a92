"""Take statements and give receipts; answer what stands, and which notice to show."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec

from tactful.assembly import words_in
from tactful.capabilities.collect import signals_in
from tactful.capabilities.consent import Answer, NoticeShown, SignalsOut, SignedReceipt
from tactful.shop import Receipt, Who
from tactful.terms import Mistake, Speaker
from tactful.web.bodies import decode, unpack
from tactful.web.exchange import Asked, Declined, Reply, Serving, answer
from tactful.web.keys import Caller, caller_with, given_key, require_may_name
from tactful.web.messages import (
    ConsentAsk,
    KeysSaid,
    NoticeSaid,
    PurposeOffered,
    ReceiptSaid,
    SignalsSaid,
    SignedSaid,
    StandingOf,
    StandingSaid,
    StatementSaid,
)
from tactful.web.visitors import region_required, who_in_query, who_is_named

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
    region = region_required(asked, ask.region, caller)
    who = who_is_named(asked, user_id=ask.user_id, anonymous_id=ask.anonymous_id, region=region)
    require_may_name(serving, caller, who.user_id)
    _require_may_speak(caller, ask.by)
    return answer(await serving.in_thread(lambda: _record(serving, who, ask)))


async def keys(serving: Serving, _asked: Asked) -> Reply:
    """Answer the public keys that receipts are checked with.  No key is needed for these."""
    known = await serving.in_thread(serving.opened.receipt_keys)
    return answer(KeysSaid(keys=[key.jwk() for key in known]))


async def standing(serving: Serving, asked: Asked) -> Reply:
    """Answer the last word on every purpose."""
    caller = caller_with(serving, given_key(asked))
    who = who_in_query(asked, caller)
    if not who.identifiers:
        raise Mistake("userId or anonymousId is needed in the query: whose choices?")
    require_may_name(serving, caller, who.user_id)
    said = await serving.in_thread(lambda: serving.opened.shop.standing(who))
    return answer(StandingSaid(purposes=[_standing_of(one) for one in said]))


async def signals(serving: Serving, asked: Asked) -> Reply:
    """Answer the state to hand to other tags on a page."""
    caller = caller_with(serving, given_key(asked))
    who = who_in_query(asked, caller)
    require_may_name(serving, caller, who.user_id)
    refused = frozenset(asked.query.get("refused", "").split(","))
    out = await serving.in_thread(lambda: serving.opened.shop.signals(who, refused=refused))
    return answer(
        SignalsSaid(
            google_consent_mode=dict(out.consent_mode),
            why_denied=dict(out.why_denied),
            gpp=out.gpp,
            tcf=out.tcf,
        )
    )


async def current_notice(serving: Serving, asked: Asked) -> Reply:
    """Answer the notice to show before a choice.  It is public: no key is needed."""
    region = region_required(asked, asked.query.get("region"), None)
    locale = asked.query.get("locale") or "en"
    ui = _label("ui", asked.query.get("ui") or "")
    shown = serving.opened.shop.show_notice(region=region, locale=locale, ui=ui)
    before = serving.opened.shop.signals(Who(region=region, gpc=asked.gpc))
    words = words_in(serving.opened.words, shown.notice.locale)
    return answer(_notice(shown, before, words))


def _require_may_speak(caller: Caller, by: str) -> None:
    """
    Take it from the shop alone that somebody else spoke: it has to have checked who (Art. 8(2)).

    Raises:
        Declined: a page says so (403).
    """
    if by != Speaker.SUBJECT and caller is not Caller.SECRET:
        raise Declined(
            HTTPStatus.FORBIDDEN,
            f'"by": {by[:32]!r} needs the secret key: check who speaks, and call from your server',
        )


def _record(serving: Serving, who: Who, ask: ConsentAsk) -> ReceiptSaid:
    """Record what *ask* says, and sign the receipt: both take their time."""
    if ask.signals:
        return _receipt(_record_signals(serving, who, ask))
    receipt = serving.opened.shop.consent(
        who,
        ask.statements,
        notice=ask.notice,
        locale=_label("locale", ask.locale),
        source=_label("source", ask.source),
        ui=_label("ui", ask.ui),
        by=ask.by,
    )
    return _receipt(receipt)


def _record_signals(serving: Serving, who: Who, ask: ConsentAsk) -> Receipt:
    """Record what a consent platform's signals say, which stand in place of statements."""
    if ask.statements or ask.notice:
        raise Mistake(
            '"signals" stand alone: leave out "statements" and "notice", or "signals" '
            "(the notice of the platform stands in policy/signals.toml)"
        )
    return serving.opened.shop.consent_by_signals(
        who,
        signals_in(ask.signals),
        locale=_label("locale", ask.locale),
        ui=_label("ui", ask.ui),
        by=ask.by,
    )


def _label(name: str, value: str) -> str:
    if len(value.encode()) > LONGEST_LABEL or not value.isprintable():
        raise Mistake(f"{name} must be at most {LONGEST_LABEL} printable bytes")
    return value


def _receipt(receipt: Receipt) -> ReceiptSaid:
    return ReceiptSaid(
        record=receipt.record,
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
        notice=next((s.notice for s in receipt.statements if s.notice), ""),
        hash=receipt.notice_hash,
        regime=receipt.regime,
        recorded_at=receipt.recorded_at,
        signed=signed_said(receipt.signed),
    )


def signed_said(signed: SignedReceipt) -> SignedSaid:
    """Return *signed* as it goes over the wire."""
    return SignedSaid(
        receipt=dict(signed.receipt), signature=signed.signature, key=dict(signed.key)
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
        on=one.on,
        why_not=one.why_not,
        ask=one.ask,
        ask_from=one.ask_from,
    )


def _notice(shown: NoticeShown, before: SignalsOut, words: Mapping[str, str]) -> NoticeSaid:
    notice = shown.notice
    return NoticeSaid(
        id=notice.id,
        version=notice.version,
        hash=notice.hash,
        locale=notice.locale,
        regime=shown.regime.id,
        purposes=[
            PurposeOffered(
                purpose=p.purpose,
                title=p.title,
                default=p.default,
                basis=p.basis,
                text=p.text,
                gpc=p.gpc,
            )
            for p in shown.purposes
        ],
        title=notice.title,
        text=notice.text,
        google_consent_mode=dict(before.consent_mode),
        words=dict(words),
    )

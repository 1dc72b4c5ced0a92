"""Fill slots, and take what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import msgspec

from tactful.capabilities.collect import signals_in
from tactful.shop import Question, Who
from tactful.terms import Candidate, Decision, Item, Level, Mistake
from tactful.web.bodies import decode, unpack
from tactful.web.exchange import Asked, Endpoint, Reply, Serving, answer
from tactful.web.keys import Caller, caller_with, given_key, require_may_name
from tactful.web.messages import (
    DecideAsk,
    DecisionSaid,
    FeedbackAsk,
    FeedbackTaken,
    ItemShown,
    LevelRefused,
    ProductSaid,
    ReasonSaid,
)
from tactful.web.pages.words import reasons
from tactful.web.visitors import region_if_known, who_is_named

_ask: Final = msgspec.json.Decoder(DecideAsk)
_feedback: Final = msgspec.json.Decoder(FeedbackAsk)
_LEVELS: Final = {level.value: level for level in Level}


async def decide(serving: Serving, asked: Asked) -> Reply:
    """Fill a slot at the highest level that the gate permits."""
    key = given_key(asked)
    caller = None if key is None else caller_with(serving, key)
    ask = decode(_ask, _unpacked(serving, asked))
    caller = caller or caller_with(serving, ask.write_key)
    question = _question(ask, asked, caller)
    require_may_name(serving, caller, question.who.user_id)
    shop = serving.opened.shop
    if question.who.gpc or question.who.signals:
        # A signal of a known subject is a statement: it is written, and the models forget.
        decision = await serving.in_thread(lambda: shop.decide(question))
    else:
        decision = shop.decide(question)
    return answer(_said(decision, shop.catalogue if ask.details else None))


def feedback(kind: str) -> Endpoint:
    """Return the endpoint that takes feedback of *kind* on a decision."""

    async def take(serving: Serving, asked: Asked) -> Reply:
        key = given_key(asked)
        if key is None and asked.body:
            key = decode(_feedback, _unpacked(serving, asked)).write_key
        caller_with(serving, key)
        counted = serving.opened.shop.feedback(asked.path["decision"], kind, gpc=asked.gpc)
        return answer(FeedbackTaken(recorded=counted))

    return take


def _unpacked(serving: Serving, asked: Asked) -> bytes:
    return unpack(asked.body, limit=serving.opened.settings.server.max_expanded_bytes)


def _question(ask: DecideAsk, asked: Asked, caller: Caller) -> Question:
    around = ask.context
    return Question(
        slot=ask.slot,
        who=_who(ask, asked, caller),
        session=ask.session,
        page=around.item if around else None,
        limit=ask.limit,
        ceiling=_level(ask.level),
    )


def _who(ask: DecideAsk, asked: Asked, caller: Caller) -> Who:
    around = ask.context
    who = who_is_named(
        asked,
        user_id=ask.user_id,
        anonymous_id=ask.anonymous_id,
        region=region_if_known(asked, around.region if around else None, caller),
    )
    said = around.consent if around else None
    return replace(who, signals=signals_in(said)) if isinstance(said, dict) else who


def _level(said: str | None) -> Level:
    if said is None:
        return Level.INDIVIDUAL
    level = _LEVELS.get(said)
    if level is None:
        raise Mistake(f"unknown level {said[:32]!r}: it must be one of {', '.join(_LEVELS)}")
    return level


def _said(decision: Decision, catalogue: Mapping[str, Item] | None) -> DecisionSaid:
    """Return *decision* for the wire, with what a page shows where there is a *catalogue*."""
    return DecisionSaid(
        decision=decision.id,
        slot=decision.slot,
        level=decision.level.value,
        purpose=decision.purpose,
        basis=decision.basis,
        items=[_shown(candidate, catalogue) for candidate in decision.items],
        refused=[
            LevelRefused(level=r.level.value, rule=r.rule, reason=r.reason)
            for r in decision.refused
        ],
        products={} if catalogue is None else _products(decision, catalogue),
    )


def _shown(candidate: Candidate, catalogue: Mapping[str, Item] | None) -> ItemShown:
    because = [ReasonSaid(item=reason.item, kind=reason.kind) for reason in candidate.because]
    why: tuple[str, ...] = ()
    if catalogue is not None:
        why = reasons(candidate.because, item=candidate.item, catalogue=catalogue)
    return ItemShown(id=candidate.item, score=candidate.score, because=because, why=why)


def _products(decision: Decision, catalogue: Mapping[str, Item]) -> dict[str, ProductSaid]:
    lines = (catalogue.get(candidate.item) for candidate in decision.items)
    return {
        line.id: ProductSaid(
            title=line.title,
            category=line.category,
            brand=line.brand,
            price=line.price,
            currency=line.currency,
            url=line.url,
            image=line.image,
        )
        for line in lines
        if line is not None
    }

"""
Take Segment-shaped calls in, from every client that `docs/reference/clients.md` lists.

Answered only once what is kept is durable; a call that may not be kept is answered 200 like any
other, because clients retry everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

import msgspec

from tactful.capabilities.collect import (
    Incoming,
    only_named,
    read_batch,
    read_posthog,
    read_single,
)
from tactful.terms import Busy, Mistake
from tactful.web.bodies import unpack
from tactful.web.exchange import Asked, Endpoint, Reply, Serving, answer
from tactful.web.keys import Caller, caller_with, given_key
from tactful.web.messages import CallRefused, NoFlags, Taken

SHORT_NAMES: Final = {
    "t": "track",
    "i": "identify",
    "p": "page",
    "s": "screen",
    "g": "group",
    "a": "alias",
}

_TAKEN: Final = answer(Taken(success=True))


async def take_batch(serving: Serving, asked: Asked) -> Reply:
    """Take a batch; calls that cannot be read are named, and do not take the others with them."""
    return await _take(serving, asked, read_batch)


def take_single(kind: str) -> Endpoint:
    """Return the endpoint that takes one call of *kind*."""
    read = partial(read_single, kind)

    async def take(serving: Serving, asked: Asked) -> Reply:
        return await _take(serving, asked, read)

    return take


async def take_import(serving: Serving, asked: Asked) -> Reply:
    """Take a batch of the shop's own past; with the write key it is a batch like any other."""
    return await _take(serving, asked, read_batch, past=True)


async def take_posthog(serving: Serving, asked: Asked) -> Reply:
    """Take a batch of events of PostHog's clients."""
    return await _take(serving, asked, read_posthog)


async def no_flags(_serving: Serving, _asked: Asked) -> Reply:
    """Answer PostHog's clients that there are no feature flags: they ask without being told to."""
    return answer(NoFlags())


async def _take(
    serving: Serving, asked: Asked, read: Callable[[bytes], Incoming], *, past: bool = False
) -> Reply:
    key = given_key(asked)
    caller = None if key is None else caller_with(serving, key)
    incoming = _read(serving, asked, read)
    caller = caller or caller_with(serving, incoming.write_key)
    by_shop = caller is Caller.SECRET
    incoming = incoming if by_shop else only_named(incoming)
    if not incoming.calls:
        return _nothing_taken(incoming)
    history = past and by_shop
    source = "import:api" if history else "api"
    incoming = _as_recorded(incoming) if history else incoming
    await store(serving, incoming, asked, by_shop=by_shop, source=source, history=history)
    return _taken(incoming)


def _as_recorded(incoming: Incoming) -> Incoming:
    """Return *incoming* with the times that it states: a past has no clock to be corrected by."""
    calls = (msgspec.structs.replace(call, sent_at=None) for call in incoming.calls)
    return replace(incoming, calls=tuple(calls), sent_at=None)


async def take_told(serving: Serving, asked: Asked, incoming: Incoming, *, source: str) -> Reply:
    """Take what a signed webhook tells: the shop's own word."""
    if not incoming.calls:
        return _nothing_taken(incoming)
    await store(serving, incoming, asked, by_shop=True, source=source)
    return _taken(incoming)


def _read(serving: Serving, asked: Asked, read: Callable[[bytes], Incoming]) -> Incoming:
    body = unpack(asked.body, limit=serving.opened.settings.server.max_expanded_bytes)
    if asked.room:
        asked.room.hold(max(len(body), len(asked.body)))
    try:
        return read(body)
    except RecursionError:
        raise Mistake("the body is nested too deeply") from None


async def store(
    serving: Serving,
    incoming: Incoming,
    asked: Asked,
    *,
    by_shop: bool,
    source: str,
    history: bool = False,
) -> None:
    """Hand the calls to the shop and wait until what is kept of them is durable."""
    calls = len(incoming.calls)
    if serving.waiting_calls + calls > serving.opened.settings.server.queue_calls:
        raise serving.backlog.full("calls")
    serving.waiting_calls += calls
    try:
        # A new sender is written down at once, and a signal is a statement: both wait for the disk.
        await serving.taking.take(
            lambda: (
                serving.opened.shop.take(
                    incoming,
                    gpc=asked.gpc,
                    whence=asked.origin.region_of_call,
                    source=source,
                    by_shop=by_shop,
                    history=history,
                ).stored
            ),
            calls=calls,
        )
    except Busy:
        raise serving.backlog.full("store") from None
    finally:
        serving.waiting_calls -= calls


def _nothing_taken(incoming: Incoming) -> Reply:
    if incoming.malformed:
        first = incoming.malformed[0]
        raise Mistake(f"no call can be read; the first, at {first.index}: {first.reason}")
    return _TAKEN


def _taken(incoming: Incoming) -> Reply:
    if not incoming.malformed:
        return _TAKEN
    rejected = [CallRefused(index=m.index, reason=m.reason) for m in incoming.malformed]
    return answer(Taken(success=True, rejected=rejected))

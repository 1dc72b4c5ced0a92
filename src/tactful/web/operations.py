"""What operators and clients ask about the server itself: health, figures, settings."""

from __future__ import annotations

import asyncio
import shutil
from http import HTTPStatus
from typing import Final

from tactful.capabilities.collect import Incoming
from tactful.terms import NotFound, TactfulError
from tactful.web.exchange import Asked, Reply, Serving, answer
from tactful.web.messages import Health
from tactful.web.metrics import CONTENT_TYPE

ENOUGH_BYTES: Final = 64 * 1024 * 1024
"""With less room on the disk than this the shop is not ready: the next commits may fail."""

STORE_SECONDS: Final = 2.0
"""A store that does not commit within this time is not ready."""


async def alive(_serving: Serving, _asked: Asked) -> Reply:
    """Answer that the process runs."""
    return answer(Health(status="alive"))


async def ready(serving: Serving, _asked: Asked) -> Reply:
    """Answer whether requests can be served, or why not."""
    reasons = await _hindrances(serving)
    if reasons:
        return answer(
            Health(status="not ready", reasons=reasons), status=HTTPStatus.SERVICE_UNAVAILABLE
        )
    return answer(Health(status="ready"))


async def figures(serving: Serving, _asked: Asked) -> Reply:
    """Answer all figures in Prometheus' text format."""
    text = await serving.in_thread(serving.metrics.text)
    return Reply(body=text, media_type=CONTENT_TYPE)


async def client_settings(serving: Serving, asked: Asked) -> Reply:
    """
    Answer what Segment's browser client asks for before it sends anything.

    Without plug-ins from other hosts, and without reports to its maker.
    """
    key = asked.path["writeKey"]
    if not serving.opened.access.is_public(key):
        raise NotFound("no shop has this write key")
    host = asked.headers.get(b"host", b"").decode("latin-1")
    sender = {
        "apiKey": key,
        "apiHost": f"{host}/v1",
        "protocol": asked.scheme,
        "unbundledIntegrations": [],
        "addBundledMetadata": True,
        "maybeBundledConfigIds": {},
        "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
    }
    allowed = {"__default": {"enabled": True, "integrations": {}}}
    return answer(
        {
            "integrations": {"Segment.io": sender},
            "plan": {"track": allowed, "identify": allowed, "group": allowed},
            "edgeFunction": {},
            "analyticsNextEnabled": True,
            "middlewareSettings": {},
            "enabledMiddleware": {},
            "metrics": {"sampleRate": 0},
            "legacyVideoPluginsEnabled": False,
            "remotePlugins": [],
        }
    )


async def _hindrances(serving: Serving) -> list[str]:
    reasons = []
    if serving.stopping:
        reasons.append("draining: the server is stopping")
    opened = serving.opened
    if shutil.disk_usage(opened.folder / opened.settings.store.data).free < ENOUGH_BYTES:
        reasons.append("the disk is nearly full")
    if not await _commits(serving):
        reasons.append("the store does not commit")
    return reasons


async def _commits(serving: Serving) -> bool:
    nothing = Incoming(calls=())
    try:
        stored = serving.opened.shop.take(nothing, source="readiness").stored
        await asyncio.wait_for(asyncio.wrap_future(stored), STORE_SECONDS)
        pace, probe = serving.opened.pace, serving.opened.probe
        if pace is not None and pace.stuck and probe is not None:
            await asyncio.wait_for(serving.in_thread(probe), STORE_SECONDS)
    except (TactfulError, TimeoutError):
        return False
    return True

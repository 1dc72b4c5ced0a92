"""
The outermost layer: counts every request, and makes every answer safe to show.

Answers the busiest routes without the framework, by the same functions that the framework calls.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, unquote

import structlog
from litestar.types import ASGIApp

from tactful.web.bodies import read_body
from tactful.web.exchange import Asked, Header, Message, Receive, Reply, Scope, Send, Serving
from tactful.web.problems import problem_of
from tactful.web.route import Route
from tactful.web.routes import ROUTES

_SAFE: Final[tuple[Header, ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
)
_POLICY: Final = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_API: Final[tuple[Header, ...]] = (*_SAFE, _POLICY, (b"cache-control", b"no-store"))
_ANY_ORIGIN: Final[tuple[Header, ...]] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"retry-after"),
)
_PREFLIGHT: Final[tuple[Header, ...]] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (
        b"access-control-allow-headers",
        b"authorization, content-type, content-encoding, x-write-key, x-enable-debug, x-ip-policy",
    ),
    (b"access-control-max-age", b"7200"),
)

_FAULT: Final = 400
_QUOTED_SLASH: Final = re.compile("%2f", re.IGNORECASE)
_NO_PARTS: Final[Mapping[str, str]] = {}

_log = structlog.get_logger("tactful.web")


async def respond(serving: Serving, route: Route, scope: Scope, receive: Receive) -> Reply:
    """Answer one request to *route*: read it, call the route's function, explain what failed."""
    headers = dict(scope["headers"])
    limit = serving.opened.settings.server.max_body_bytes
    try:
        with serving.backlog.room(headers, limit=limit) as room:
            body = await read_body(receive, headers, limit=limit)
            room.read(len(body))
            asked = Asked(
                origin=serving.places.origin(scope),
                headers=headers,
                body=body,
                query_string=scope["query_string"],
                path=_parts(route, scope) if "{" in route.path else _NO_PARTS,
                scheme=scope["scheme"],
                room=room,
            )
            return await route.endpoint(serving, asked)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets a problem document
        return problem_of(error)


def headers_of(reply: Reply, *, public: bool) -> list[Header]:
    """Return all headers that *reply* goes out with."""
    return [
        (b"content-type", reply.media_type),
        (b"content-length", str(len(reply.body)).encode()),
        *_API,
        *(_ANY_ORIGIN if public else ()),
        *reply.headers,
    ]


class Front:
    """An ASGI application around another."""

    def __init__(self, inner: ASGIApp, serving: Serving) -> None:
        self._inner = inner
        self.serving = serving
        self._busy = {(route.method, route.path): route for route in ROUTES if route.busy}
        self._public = {route.path for route in ROUTES if route.public}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; everything else that ASGI knows goes to the framework."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        started = time.perf_counter()
        busy = self._busy.get((scope["method"], scope["path"].rstrip("/")))
        if busy is None:
            template, status = await self._pass_on(scope, receive, send)
        else:
            template, status = busy.path, await self._answer(busy, scope, receive, send)
        seconds = time.perf_counter() - started
        self.serving.metrics.note(template, status, seconds)
        if busy is None or status >= _FAULT:
            _log.info(
                "request",
                method=scope["method"],
                route=template,
                status=status,
                ms=round(1000 * seconds, 2),
            )

    async def _answer(self, route: Route, scope: Scope, receive: Receive, send: Send) -> int:
        reply = await respond(self.serving, route, scope, receive)
        headers = headers_of(reply, public=route.public)
        await send({"type": "http.response.start", "status": reply.status, "headers": headers})
        await send({"type": "http.response.body", "body": reply.body, "more_body": False})
        return reply.status

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> tuple[str, int]:
        status = 0
        _keep_slashes_apart(scope)

        async def send_safely(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                message["headers"] = _made_safe(list(message["headers"]))
                if scope["method"] == "OPTIONS" and scope.get("path_template") in self._public:
                    message["headers"].extend(_PREFLIGHT)
            await send(message)

        await self._inner(scope, receive, send_safely)
        return scope.get("path_template") or "unknown", status


def _parts(route: Route, scope: Scope) -> Mapping[str, str]:
    """Return the parts of the path that *route* names, each unquoted by itself."""
    said = zip(route.path.split("/"), _raw_path(scope).split("/"), strict=False)
    return {name[1:-1]: unquote(part) for name, part in said if name.startswith("{")}


def _keep_slashes_apart(scope: Scope) -> None:
    """Let a quoted slash stay inside its part of the path: a subject's id may hold one."""
    raw = _raw_path(scope)
    if _QUOTED_SLASH.search(raw):
        scope["path"] = unquote(_QUOTED_SLASH.sub("%252F", raw))


def _raw_path(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    return raw.decode("latin-1").partition("?")[0]


def _made_safe(headers: list[Header]) -> list[Header]:
    """Add what is missing; a page states a policy of its own and keeps it."""
    given = {name.lower() for name, _ in headers}
    return headers + [header for header in (*_SAFE, _POLICY) if header[0] not in given]

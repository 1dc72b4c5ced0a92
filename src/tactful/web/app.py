"""
Put the web application together: the routes of the API, the pages, and the front before both.

`create_app` may be given to any ASGI server; `tactful.web.server` is the one that ships.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from tactful.assembly import Opened
from tactful.web.exchange import Reply, Serving
from tactful.web.front import Front, headers_of, respond
from tactful.web.pages import friendly, wants_page
from tactful.web.pages import handlers as pages
from tactful.web.problems import problem, problem_of
from tactful.web.route import Route
from tactful.web.routes import ROUTES

_DETAILS: Final = {
    HTTPStatus.NOT_FOUND: "there is nothing at this address: /openapi.json lists what there is",
    HTTPStatus.METHOD_NOT_ALLOWED: "this address takes other methods: see the Allow header",
}

AnyRequest = Request[Any, Any, Any]


def create_app(opened: Opened) -> Front:
    """Return the application that serves *opened*; whoever opened the shop closes it."""
    serving = Serving.of(opened)
    return Front(_framework(serving), serving)


def _framework(serving: Serving) -> Litestar:
    return Litestar(
        route_handlers=[
            *(_handler(serving, route) for route in ROUTES),
            *pages,
        ],
        exception_handlers={HTTPException: _known, Exception: _unexpected},
        lifespan=[partial(_threads, serving)],
        logging_config=None,
        openapi_config=None,
        state=State({"opened": serving.opened, "places": serving.places}),
    )


def _handler(serving: Serving, route: Route) -> HTTPRouteHandler:
    async def handle(request: AnyRequest) -> Response[bytes]:
        reply = await respond(serving, route, request.scope, request.receive)
        return _response(reply, public=route.public)

    return HTTPRouteHandler(_template(route), http_method=route.method, status_code=HTTPStatus.OK)(
        handle
    )


def _template(route: Route) -> str:
    """Return the path as the framework writes it."""
    return route.path.replace("}", ":str}")


def _response(reply: Reply, *, public: bool) -> Response[bytes]:
    headers = headers_of(reply, public=public)
    return Response(
        reply.body,
        status_code=reply.status,
        media_type=reply.media_type.decode(),
        headers={name.decode(): value.decode() for name, value in headers[2:]},
    )


def _known(request: AnyRequest, error: HTTPException) -> Response[bytes] | Response[str]:
    if wants_page(request):
        return friendly(request, error)
    headers = tuple((k.encode(), v.encode()) for k, v in (error.headers or {}).items())
    status = HTTPStatus(error.status_code)
    reply = problem(status, _DETAILS.get(status, error.detail), *headers)
    return _response(reply, public=False)


def _unexpected(request: AnyRequest, error: Exception) -> Response[bytes] | Response[str]:
    if wants_page(request):
        return friendly(request, error)
    return _response(problem_of(error), public=False)


@asynccontextmanager
async def _threads(serving: Serving, _: Litestar) -> AsyncIterator[None]:
    yield
    await asyncio.to_thread(serving.close)

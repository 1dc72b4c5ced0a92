"""
Put the web application together: the routes of the API, the pages, and the front before both.

`create_app` may be given to any ASGI server; `tactful.web.server` is the one that ships.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from typing import Any

from litestar import Litestar, MediaType, Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, ControllerRouterHandler

from tactful.assembly import Opened
from tactful.web import operations
from tactful.web.exchange import Asked, Reply, Serving
from tactful.web.front import PREFLIGHT, Front, headers_of, respond
from tactful.web.metrics import CONTENT_TYPE, Metrics
from tactful.web.openapi import document
from tactful.web.problems import problem, problem_of
from tactful.web.routes import ROUTES, Needs, Route

AnyRequest = Request[Any, Any, Any]


def create_app(opened: Opened) -> ASGIApp:
    """Return the application that serves *opened*; whoever opened the shop closes it."""
    serving = Serving(opened=opened)
    return app_of(serving)


def app_of(serving: Serving) -> Front:
    """Return the application over *serving*."""
    metrics = Metrics(serving)
    routes = (*ROUTES, *_own_routes(metrics))
    return Front(_framework(serving, routes), serving=serving, metrics=metrics)


def _framework(serving: Serving, routes: Sequence[Route]) -> Litestar:
    public = sorted({_template(route) for route in routes if route.public})
    return Litestar(
        route_handlers=[
            *(_handler(serving, route) for route in routes),
            HTTPRouteHandler(public, http_method="OPTIONS", name="preflight")(_preflight),
            *_pages(),
        ],
        exception_handlers={HTTPException: _known, Exception: _unexpected},
        lifespan=[partial(_threads, serving)],
        logging_config=None,
        openapi_config=None,
        state=State({"opened": serving.opened}),
    )


def _handler(serving: Serving, route: Route) -> HTTPRouteHandler:
    async def handle(request: AnyRequest) -> Response[bytes]:
        params = {name: str(value) for name, value in request.path_params.items()}
        reply = await respond(serving, route, request.scope, request.receive, params)
        return _response(reply, public=route.public)

    return HTTPRouteHandler(_template(route), http_method=route.method)(handle)


def _own_routes(metrics: Metrics) -> tuple[Route, ...]:
    """Return the routes that speak of the application itself."""
    ...


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


async def _preflight() -> Response[None]:
    headers = {name.decode(): value.decode() for name, value in PREFLIGHT}
    return Response(None, status_code=HTTPStatus.NO_CONTENT, headers=headers)


def _known(_: AnyRequest, error: HTTPException) -> Response[bytes]:
    headers = tuple((k.encode(), v.encode()) for k, v in (error.headers or {}).items())
    reply = problem(HTTPStatus(error.status_code), error.detail, *headers)
    return _response(reply, public=False)


def _unexpected(_: AnyRequest, error: Exception) -> Response[bytes]:
    return _response(problem_of(error), public=False)


@asynccontextmanager
async def _threads(serving: Serving, _: Litestar) -> AsyncIterator[None]:
    yield
    serving.threads.shutdown()


def _pages() -> Sequence[ControllerRouterHandler]:
    try:
        from tactful.web.pages import handlers
    except ModuleNotFoundError:
        return ()
    return handlers

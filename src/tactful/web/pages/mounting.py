"""What an application mounts: every page, the style sheet, and the answer when there is no page."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from litestar import Request, Response, Router, get
from litestar.datastructures import CacheControlHeader, State
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from litestar.static_files import create_static_files_router
from litestar.types import ControllerRouterHandler

from tactful.terms import Mistake, NotFound, Trouble
from tactful.web.pages import (
    console,
    console_requests,
    looking_up,
    mine,
    my_requests,
    outbox,
    privacy,
    shop_buying,
    shop_front,
    shop_presenting,
    signing_in,
)
from tactful.web.pages.guards import same_site
from tactful.web.pages.holder import NeedsProof, NeedsSignIn
from tactful.web.pages.rendering import FOLDER, page, see_other
from tactful.web.problems import log_unexpected

AnyRequest = Request[Any, Any, Any]

_A_YEAR: Final = 365 * 24 * 3600


@get("/", sync_to_thread=False)
def start(state: State) -> Response[str] | Redirect:
    """Lead to the shop of a demonstration, or say where things are."""
    if state.opened.settings.shop.demo:
        return see_other("/shop")
    return page("start.html", {"shop_name": state.opened.settings.shop.name})


def wants_page(request: AnyRequest) -> bool:
    """Tell whether whoever asks is a browser that wants a page, not a client of the API."""
    return "text/html" in request.headers.get("accept", "")


def friendly(_: AnyRequest, error: Exception) -> Response[str]:
    """Return a page that says what went wrong and what to do, without a word about people."""
    status, detail = _explained(error)
    heading = _HEADINGS.get(status, "Sorry")
    shown = {"status": int(status), "heading": heading, "detail": detail}
    return page("error.html", shown, status=status)


_HEADINGS: Final = {
    HTTPStatus.FORBIDDEN: "Not open to you",
    HTTPStatus.NOT_FOUND: "Nothing here",
    HTTPStatus.BAD_REQUEST: "That did not work",
}
_UNEXPECTED: Final = "Something went wrong on our side. Nothing was lost; please try again."


def _explained(error: Exception) -> tuple[HTTPStatus, str]:
    match error:
        case HTTPException():
            return HTTPStatus(error.status_code), error.detail
        case NotFound():
            return HTTPStatus.NOT_FOUND, str(error)
        case Mistake():
            return HTTPStatus.BAD_REQUEST, str(error)
        case Trouble():
            return HTTPStatus.SERVICE_UNAVAILABLE, str(error)
    log_unexpected(error)
    return HTTPStatus.INTERNAL_SERVER_ERROR, _UNEXPECTED


_pages = Router(
    "/",
    route_handlers=[
        start,
        *shop_front.HANDLERS,
        *shop_buying.HANDLERS,
        *shop_presenting.HANDLERS,
        *mine.HANDLERS,
        *signing_in.HANDLERS,
        *outbox.HANDLERS,
        *console.HANDLERS,
        *privacy.HANDLERS,
        *looking_up.HANDLERS,
        *console_requests.HANDLERS,
        *my_requests.HANDLERS,
    ],
    guards=[same_site],
    before_request=signing_in.exchange,
    exception_handlers={
        NeedsSignIn: signing_in.sign_in_first,
        NeedsProof: signing_in.prove_first,
        HTTPException: friendly,
        Exception: friendly,
    },
)

_static = create_static_files_router(
    path="/static",
    directories=[FOLDER / "static"],
    name="pages-static",
    cache_control=CacheControlHeader(max_age=_A_YEAR, public=True, immutable=True),
)

handlers: Final[list[ControllerRouterHandler]] = [_pages, _static]
"""Every route of the pages.  They read the shop from `app.state.opened`."""

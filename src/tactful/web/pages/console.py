"""The console: what the engine did, in totals.  This page names nobody."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie, State
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from tactful.assembly import Opened
from tactful.shop import Shop
from tactful.web.pages.console_key import COOKIE, PATHS, may_see, session_cookies
from tactful.web.pages.figures import (
    counted,
    decisions_by_level,
    kept_and_refused,
    levels_measured,
    read_evaluation,
    refusals_by_rule,
    statements_by_purpose,
    subjects_by_activity,
)
from tactful.web.pages.rendering import page, see_other

AnyRequest = Request[Any, Any, Any]
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/console", sync_to_thread=True)
def console(request: AnyRequest, state: State) -> Response[str]:
    """Show the figures to whoever may see them; ask for the secret key otherwise."""
    opened: Opened = state.opened
    if not may_see(request, opened):
        return _sign_in_page(opened, wrong=False)
    settings = opened.settings.shop
    frame = {
        "shop_name": settings.name,
        "demo": settings.demo,
        "signed_in": COOKIE in request.cookies,
    }
    return page("console.html", frame | _measured(opened) | _counts(opened.shop))


@post("/console/session", sync_to_thread=False)
def sign_in(data: Form, request: AnyRequest, state: State) -> Response[str] | Redirect:
    """Let the holder of the secret key in for a few hours."""
    opened: Opened = state.opened
    if not opened.access.is_secret(data.get("key", "").strip()):
        return _sign_in_page(opened, wrong=True)
    return see_other("/console", cookies=session_cookies(request, opened))


@post("/console/session/end", sync_to_thread=False)
def sign_out() -> Redirect:
    """Take the cookie back."""
    gone = [
        Cookie(key=name, value="", path=path, max_age=0, httponly=True)
        for name, path in PATHS.items()
    ]
    return see_other("/console", cookies=gone)


HANDLERS: Final = (console, sign_in, sign_out)


def _sign_in_page(opened: Opened, *, wrong: bool) -> Response[str]:
    status = HTTPStatus.FORBIDDEN if wrong else HTTPStatus.OK
    return page(
        "sign_in.html", {"shop_name": opened.settings.shop.name, "wrong": wrong}, status=status
    )


def _measured(opened: Opened) -> dict[str, object]:
    evaluation = read_evaluation(opened.folder)
    return {
        "evaluation": evaluation,
        "measured": levels_measured(evaluation) if evaluation else (),
        "subjects": subjects_by_activity(opened.shop),
    }


def _counts(shop: Shop) -> dict[str, object]:
    totals = shop.totals()
    titles = {purpose.name: purpose.title for purpose in shop.policy.purposes.values()}
    return {
        "events": kept_and_refused(totals),
        "kept": counted(totals, "kept", titles),
        "refused": counted(totals, "refused"),
        "dropped": counted(totals, "dropped"),
        "identity": counted(totals, "identity"),
        "decisions": decisions_by_level(totals),
        "statements": statements_by_purpose(totals, titles),
        "refusals": refusals_by_rule(totals),
        "gaps": sum(name == "gap" for name, _ in totals),
    }

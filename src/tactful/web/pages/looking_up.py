"""
The privacy officer's search: one whole identifier finds one person, and nothing lists anybody.

The identifier is sent in a form, never in an address: those are kept in logs and histories.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from tactful.assembly import Opened
from tactful.shop import Shop
from tactful.terms import Identifier, IdentifierKind, Mistake, NotFound
from tactful.web.pages.console_key import COOKIE, may_see
from tactful.web.pages.holdings import Holdings, in_words
from tactful.web.pages.rendering import page, see_other
from tactful.web.pages.words import IDENTIFIERS_OF_THEM

AnyRequest = Request[Any, Any, Any]
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/console/subject", sync_to_thread=False)
def ask_whom(request: AnyRequest, state: State) -> Response[str] | Redirect:
    """Ask by which identifier, whoever may see the console."""
    opened: Opened = state.opened
    if not may_see(request, opened):
        return see_other("/console")
    return page("subject.html", _frame(request, opened))


@post("/console/subject", sync_to_thread=True, status_code=HTTPStatus.OK)
def look_up(data: Form, request: AnyRequest, state: State) -> Response[str] | Redirect:
    """Show what is known of whom the identifier names."""
    opened: Opened = state.opened
    if not may_see(request, opened):
        return see_other("/console")
    kind = data.get("kind", "")
    known = _known(opened.shop, kind, data.get("value", "").strip())
    shown = {"asked": True, "chosen": kind, "known": known}
    status = HTTPStatus.OK if known else HTTPStatus.NOT_FOUND
    return page("subject.html", _frame(request, opened) | shown, status=status)


HANDLERS: Final = (ask_whom, look_up)


def _frame(request: AnyRequest, opened: Opened) -> dict[str, object]:
    return {
        "shop_name": opened.settings.shop.name,
        "signed_in": COOKIE in request.cookies,
        "kinds": [kind.value for kind in IdentifierKind],
        "names": IDENTIFIERS_OF_THEM,
        "chosen": "",
        "asked": False,
        "known": None,
    }


def _known(shop: Shop, kind: str, value: str) -> Holdings | None:
    if kind not in list(IdentifierKind) or not value:
        raise Mistake("Choose a kind of identifier, and write it whole.")
    try:
        return in_words(shop, shop.look_up(Identifier(IdentifierKind(kind), value)))
    except NotFound:
        return None

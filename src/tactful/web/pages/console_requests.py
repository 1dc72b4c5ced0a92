"""The privacy officer's work list: what subjects asked for, the next due first, and the answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from tactful.assembly import Opened
from tactful.capabilities.rights import PAUSES, REFUSALS
from tactful.shop import Requesting
from tactful.terms import Mistake, RequestState, StepKind
from tactful.web.pages.console_key import COOKIE, may_see
from tactful.web.pages.rendering import HEADERS, page, see_other
from tactful.web.pages.request_words import shown

AnyRequest = Request[Any, Any, Any]
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

_LATEST_CLOSED: Final = 50


@get("/console/requests", sync_to_thread=True)
def work_list(request: AnyRequest, state: State) -> Response[str] | Redirect:
    """Show what is owed an answer, the next due first."""
    opened: Opened = state.opened
    if not may_see(request, opened):
        return see_other("/console")
    requests = opened.shop.requests
    told = {
        "due": [shown(requests, one) for one, _ in requests.due()],
        "closed": [shown(requests, one) for one in requests.closed(most=_LATEST_CLOSED)],
        "officer": opened.settings.requests.officer,
    }
    return page("requests/list.html", _frame(request, opened) | told)


@get("/console/requests/{number:str}", sync_to_thread=True)
def one_request(
    number: FromPath[str], request: AnyRequest, state: State
) -> Response[str] | Redirect:
    """Show one request, every step, and what can be done now."""
    opened: Opened = state.opened
    if not may_see(request, opened):
        return see_other("/console")
    requests = opened.shop.requests
    found = requests.find(number)
    told = {
        "one": shown(requests, found, whole=True),
        "asked": requests.asked(found),
        "can": _can(found.state),
        "verified": any(step.kind is StepKind.VERIFIED for step in found.steps),
        "refusals": REFUSALS,
        "pauses": PAUSES,
    }
    return page("requests/one.html", _frame(request, opened) | told)


@post("/console/requests/{number:str}", sync_to_thread=True)
def act(number: FromPath[str], data: Form, request: AnyRequest, state: State) -> Redirect:
    """Do what the officer decided, and show the request again."""
    opened: Opened = state.opened
    if not may_see(request, opened):
        return see_other("/console")
    do = _DEEDS.get(data.get("do", ""))
    if do is None:
        raise Mistake("Choose what to do with this request.")
    done = do(opened.shop.requests, number, data)
    return see_other(f"/console/requests/{done.id}")


@get("/console/requests/{number:str}/package", sync_to_thread=True)
def take_package(
    number: FromPath[str], request: AnyRequest, state: State
) -> Response[bytes] | Redirect:
    """Hand the copy out to the officer, as a file."""
    opened: Opened = state.opened
    if not may_see(request, opened):
        return see_other("/console")
    return copy_of(opened.shop.requests.package(number), f"request-{number[:8]}.json")


HANDLERS: Final = (work_list, one_request, act, take_package)


def copy_of(package: dict[str, object], name: str) -> Response[bytes]:
    """Return *package* as a file called *name*."""
    return Response(
        msgspec.json.format(msgspec.json.encode(package), indent=2),
        media_type="application/json",
        headers={**HEADERS, "Content-Disposition": f'attachment; filename="{name}"'},
    )


Deed = Callable[[Requesting, str, dict[str, str]], Any]

_DEEDS: Final[dict[str, Deed]] = {
    "verify": lambda r, n, data: r.verify(n, note=data.get("note", "")),
    "acknowledge": lambda r, n, _: r.acknowledge(n),
    "approve": lambda r, n, data: r.approve(n, note=data.get("note", "")),
    "run": lambda r, n, _: r.run(n),
    "refuse": lambda r, n, data: r.refuse(
        n, reason=data.get("reason", ""), note=data.get("note", "")
    ),
    "extend": lambda r, n, data: r.extend(n, note=data.get("note", "")),
    "pause": lambda r, n, data: r.pause(
        n, reason=data.get("reason", ""), note=data.get("note", "")
    ),
    "resume": lambda r, n, _: r.resume(n),
}


def _can(state: RequestState) -> dict[str, bool]:
    """Return which buttons make sense in *state*."""
    return {
        "verify": state is RequestState.RECEIVED,
        "approve": state in {RequestState.VERIFIED, RequestState.APPEALED},
        "run": state is RequestState.REVIEWED,
        "answer": state.is_open,
    }


def _frame(request: AnyRequest, opened: Opened) -> dict[str, object]:
    return {"shop_name": opened.settings.shop.name, "signed_in": COOKIE in request.cookies}

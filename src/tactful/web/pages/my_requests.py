"""A subject's own requests: ask for something, see how far it is, take the copy, appeal."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from tactful.shop import Asking, Requesting
from tactful.terms import (
    Identifier,
    IdentifierKind,
    Mistake,
    NotFound,
    Proof,
    RequestKind,
)
from tactful.terms import Request as SubjectRequest
from tactful.web.pages.console_requests import copy_of
from tactful.web.pages.holder import SOURCE, Holder, holder_of
from tactful.web.pages.rendering import page, see_other
from tactful.web.pages.request_words import KINDS, shown

AnyRequest = Request[Any, Any, Any]
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

PATH: Final = "/me/requests"
_PROVEN: Final = {RequestKind.ACCESS, RequestKind.PORTABILITY, RequestKind.ERASURE}
"""What takes data out of the shop, or away for good: who asks proves anew who they are."""

_DONE: Final = {
    "asked": "We have your request. Below you see how far it is, and when you have an answer.",
    "appealed": "We look at it again.",
}


@get(PATH, sync_to_thread=True)
def my_requests(request: AnyRequest, state: State) -> Response[str]:
    """Show the holder's requests with their clocks, and the form for a new one."""
    holder = holder_of(request, state.opened, request.query_params)
    requests = state.opened.shop.requests
    told = {
        "mine": [shown(requests, one, whole=True) for one in _own(holder)],
        "query": _query(holder),
        "kinds": {kind.value: KINDS[kind] for kind in RequestKind},
        "done": _DONE.get(request.query_params.get("done", ""), ""),
    }
    return page("requests/mine.html", holder.shown() | told)


@post(PATH, sync_to_thread=True)
def ask(data: Form, request: AnyRequest, state: State) -> Redirect:
    """Open a request of the holder's, who is signed in: nothing more needs to be made sure."""
    holder = holder_of(request, state.opened, data)
    kind = data.get("kind", "")
    if kind not in set(RequestKind):
        raise Mistake("Choose what you ask for.")
    note = data.get("note", "").strip()
    if kind == RequestKind.RECTIFICATION and not note:
        raise Mistake("Say what is wrong, and what is right.")
    if kind in _PROVEN:
        holder.require_step_up()
    state.opened.shop.requests.open(
        Asking(
            kind=RequestKind(kind),
            identifier=Identifier(IdentifierKind.USER_ID, holder.user_id),
            region=holder.region,
            channel=SOURCE,
            proof=Proof.SIGNED_IN,
            note=note,
        )
    )
    return _back(holder, "asked")


@post("/me/requests/{number:str}/appeal", sync_to_thread=True)
def appeal(number: FromPath[str], data: Form, request: AnyRequest, state: State) -> Redirect:
    """Ask the shop to look at a refusal again."""
    holder = holder_of(request, state.opened, data)
    requests: Requesting = state.opened.shop.requests
    requests.appeal(_mine(holder, number).id, note=data.get("note", "").strip())
    return _back(holder, "appealed")


@get("/me/requests/{number:str}/package", sync_to_thread=True)
def take_copy(number: FromPath[str], request: AnyRequest, state: State) -> Response[bytes]:
    """Hand out the copy that was asked for."""
    holder = holder_of(request, state.opened, request.query_params)
    found = _mine(holder, number)
    holder.require_step_up()
    return copy_of(state.opened.shop.requests.package(found.id), "my-data.json")


HANDLERS: Final = (my_requests, ask, appeal, take_copy)


def _own(holder: Holder) -> tuple[SubjectRequest, ...]:
    shop = holder.opened.shop
    try:
        return shop.requests.of(shop.subject(holder.user_id))
    except NotFound:
        return ()


def _mine(holder: Holder, number: str) -> SubjectRequest:
    """
    Return the holder's own request of that id.

    Raises:
        NotFound: there is none, or it is somebody else's: both look the same.
    """
    found = next((one for one in _own(holder) if one.id == number), None)
    if found is None:
        raise NotFound("You have no such request.")
    return found


def _query(holder: Holder, **more: str) -> str:
    """Return what an address of the holder's carries along."""
    given = {"region": holder.named or "", **more}
    return urlencode({name: value for name, value in given.items() if value})


def _back(holder: Holder, done: str) -> Redirect:
    return see_other(f"{PATH}?{_query(holder, done=done)}")

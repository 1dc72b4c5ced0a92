"""
Sign in to one's own page by a letter, show once more who one is, sign out.

Whoever asks for a letter gets one answer, before anything is looked up: it tells nothing about the
address.  Following a letter's link changes nothing either, for mail is read by scanners that follow
links; the button on the page does.
"""

from __future__ import annotations

import asyncio
import re
import threading
from typing import Annotated, Any, Final

from litestar import Request, Response, get, post
from litestar.background_tasks import BackgroundTask
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from tactful.assembly import Opened
from tactful.web.pages.addresses import letter_address
from tactful.web.pages.entering import (
    HOME,
    Cookies,
    exchange,
    held_by,
    home_of,
    mails,
    network_of,
    refused,
)
from tactful.web.pages.holder import Holder, NeedsProof, NeedsSignIn, holder_of
from tactful.web.pages.rendering import page, see_other

__all__ = ["HANDLERS", "exchange", "prove_first", "sign_in_first"]

AnyRequest = Request[Any, Any, Any]
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

MOST_WAITING: Final = 1_000
_waiting: Final = threading.BoundedSemaphore(MOST_WAITING)

_OWN_PATH: Final = re.compile(r"/me(/[a-z0-9-]+){0,4}")
_USED_UP: Final = (
    "This link does not work any more: it works once, for 15 minutes. Ask for a new one here."
)


@get("/me/sign-in", sync_to_thread=False)
def ask_for_link(state: State) -> Response[str]:
    """Ask for the address that a link is to be mailed to."""
    return refused(state.opened, "", status=200)


@post("/me/sign-in", sync_to_thread=False, status_code=200)
def mail_link(data: Form, request: AnyRequest, state: State) -> Response[str]:
    """Answer the same to everybody; then look whom the address is of, and mail a link."""
    opened: Opened = state.opened
    network, home = network_of(request), home_of(request, opened)
    shown = {
        "shop_name": opened.settings.shop.name,
        "why": "",
        "mails": mails(opened),
        "asked": True,
    }
    answer = page("me_sign_in.html", shown)
    address = data.get("address", "").strip()
    answer.background = BackgroundTask(_mail, opened, address, network=network, home=home)
    return answer


@get("/me/sign-in/link", sync_to_thread=True)
def follow_link(request: AnyRequest, state: State) -> Response[str]:
    """Show the button that signs in; that changes nothing, whoever looks."""
    key = request.query_params.get("key", "")
    if not state.opened.signing_in.is_open(key):
        return refused(state.opened, _USED_UP)
    shown = {"shop_name": state.opened.settings.shop.name, "key": key}
    return page("me_letter.html", shown)


@post("/me/sign-in/link", sync_to_thread=True)
def use_link(data: Form, request: AnyRequest, state: State) -> Response[str] | Redirect:
    """Use the link up, and sign in with a session that nobody held before."""
    opened: Opened = state.opened
    cookies = Cookies.of(request, opened)
    held = opened.signing_in.follow(data.get("key", ""), ending=held_by(request, cookies))
    if held is None:
        return refused(opened, _USED_UP)
    return see_other(HOME, cookies=[cookies.given(held)])


@post("/me/sign-out", sync_to_thread=True)
def sign_out(data: Form, request: AnyRequest, state: State) -> Redirect:
    """End the session here and in the store."""
    return holder_of(request, state.opened, data).leave(see_other("/me/sign-in"))


@get("/me/confirm", sync_to_thread=True)
def ask_for_code(request: AnyRequest, state: State) -> Response[str]:
    """Offer to mail a code, before somebody takes their data away or has it erased."""
    holder = holder_of(request, state.opened, request.query_params)
    return _confirm_page(holder, request.query_params.get("to", ""))


@post("/me/confirm/code", sync_to_thread=True, status_code=200)
def mail_code(data: Form, request: AnyRequest, state: State) -> Response[str]:
    """Mail a code to the address that the shop knows, and ask for it."""
    holder = holder_of(request, state.opened, data)
    sent = state.opened.signing_in.mail_code(holder.held, network=network_of(request))
    return _confirm_page(holder, data.get("to", ""), sent=sent)


@post("/me/confirm", sync_to_thread=True, status_code=200)
def take_code(data: Form, request: AnyRequest, state: State) -> Response[str] | Redirect:
    """Take the code, and lead back to what it was asked for."""
    holder = holder_of(request, state.opened, data)
    if state.opened.signing_in.prove(holder.held, data.get("code", "")):
        return see_other(_own(data.get("to", "")))
    return _confirm_page(holder, data.get("to", ""), sent=True, wrong=True)


HANDLERS: Final = (
    ask_for_link,
    mail_link,
    follow_link,
    use_link,
    sign_out,
    ask_for_code,
    mail_code,
    take_code,
)


def sign_in_first(request: AnyRequest, error: NeedsSignIn) -> Response[str] | Redirect:
    """Lead whoever is not signed in to where they can; say what was refused, if anything was."""
    if not error.why and request.method == "GET":
        return see_other("/me/sign-in")
    return refused(request.app.state.opened, error.why or error.detail)


def prove_first(_: AnyRequest, error: NeedsProof) -> Redirect:
    """Lead to where one shows once more who one is."""
    return see_other(f"/me/confirm?to={_own(error.path)}")


def _confirm_page(
    holder: Holder, to: str, *, sent: bool = False, wrong: bool = False
) -> Response[str]:
    addresses = holder.opened.signing_in.addresses(holder.session)
    shown = {
        "to": _own(to),
        "address": _hinted(addresses[0]) if addresses and mails(holder.opened) else "",
        "sent": sent and bool(addresses),
        "wrong": wrong,
    }
    return page("me_confirm.html", holder.shown() | shown)


async def _mail(opened: Opened, address: str, *, network: str, home: str) -> None:
    """Mail a link beside the event loop; of a flood of questions only so many wait."""
    if not _waiting.acquire(blocking=False):
        return
    try:
        await asyncio.to_thread(
            opened.signing_in.ask,
            address,
            network=network,
            page=lambda key: letter_address(home, key),
        )
    finally:
        _waiting.release()


def _own(path: str) -> str:
    """Return *path* if it is of one's own pages, else the first of them: never another site."""
    return path if _OWN_PATH.fullmatch(path) else HOME


def _hinted(address: str) -> str:
    """Return an address as far as its owner needs it: `a…@example.org`."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}…@{domain}"

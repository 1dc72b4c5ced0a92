"""The preference centre: what is known about who is signed in, and their switches."""

from __future__ import annotations

import base64
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from tactful.shop import Erasure, Shop
from tactful.terms import Mistake, NotFound
from tactful.web.pages.choices import answer, dial_of, move_to
from tactful.web.pages.holder import SOURCE, holder_of
from tactful.web.pages.holdings import LATEST, holdings_of
from tactful.web.pages.rendering import HEADERS, page
from tactful.web.pages.words import BASES, IDENTIFIERS, MODES, SAID

AnyRequest = Request[Any, Any, Any]
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

_DONE: Final = {
    "choices": "Your choice is recorded. It holds from the next page on.",
    "trait": "Done. This is what counts from now on.",
    "restrict": "Your data is now only kept, and used for nothing else.",
    "lift": "Your data may be used again, for what you allow below.",
}
_WORDS: Final = {"modes": MODES, "bases": BASES, "said": SAID, "identifiers": IDENTIFIERS}


@get("/me", sync_to_thread=True)
def my_page(request: AnyRequest, state: State) -> Response[str]:
    """Show what is known about who is signed in, and what they chose."""
    holder = holder_of(request, state.opened, request.query_params)
    shop, choices = state.opened.shop, holder.choices()
    shown = {
        "known": holdings_of(shop, holder.user_id),
        "latest": LATEST,
        "choices": choices,
        "dial_state": dial_of(shop, choices),
        "words": _WORDS,
        "done": _DONE.get(request.query_params.get("done", ""), ""),
    }
    return page("me.html", holder.shown() | shown)


@post("/me/level", sync_to_thread=True)
def set_level(data: Form, request: AnyRequest, state: State) -> Redirect:
    """Record what the dial was set to."""
    holder = holder_of(request, state.opened, data)
    said = move_to(data.get("level", ""), teach="teach" in data, choices=holder.choices())
    return holder.say(said, notice=data.get("notice", ""))


@post("/me/answer", sync_to_thread=True)
def set_purpose(data: Form, request: AnyRequest, state: State) -> Redirect:
    """Record a yes or a no to one purpose; `say` is `purpose=yes` or `purpose=no`."""
    holder = holder_of(request, state.opened, data)
    purpose, _, word = data.get("say", "").partition("=")
    if word not in {"yes", "no"}:
        raise Mistake("Say yes or no to one of the points.")
    said = answer(yes=word == "yes", purpose=purpose, choices=holder.choices())
    return holder.say({purpose: said}, notice=data.get("notice", ""))


@post("/me/restriction", sync_to_thread=True)
def set_restriction(data: Form, request: AnyRequest, state: State) -> Redirect:
    """Stop all use of the data but keeping it, or lift that (Art. 18)."""
    holder = holder_of(request, state.opened, data)
    lift = data.get("say") == "lift"
    state.opened.shop.subject(holder.user_id).restrict(lift=lift)
    return holder.back("lift" if lift else "restrict")


@post("/me/trait", sync_to_thread=True)
def set_trait(data: Form, request: AnyRequest, state: State) -> Redirect:
    """Set a trait right, remove it, or let it be observed again (Art. 16)."""
    holder = holder_of(request, state.opened, data)
    subject, name = state.opened.shop.subject(holder.user_id), data.get("name", "")
    value, do = data.get("value", "").strip(), data.get("do", "")
    if do == "observe":
        subject.observe_again([name])
    elif do in {"set", "remove"}:
        subject.correct({name: value or None if do == "set" else None}, source=SOURCE)
    else:
        raise Mistake("Say whether to save or to remove it.")
    return holder.back("trait")


@get("/me/export", sync_to_thread=True)
def take_away(request: AnyRequest, state: State) -> Response[bytes]:
    """Hand out everything known, as JSON (Art. 15 and 20)."""
    holder = holder_of(request, state.opened, request.query_params)
    holder.require_step_up()
    export = state.opened.shop.subject(holder.user_id).export()
    return Response(
        msgspec.json.format(msgspec.json.encode(export), indent=2),
        media_type="application/json",
        headers={**HEADERS, "Content-Disposition": 'attachment; filename="my-data.json"'},
    )


@get("/me/erasure", sync_to_thread=True)
def confirm_erasure(request: AnyRequest, state: State) -> Response[str]:
    """Ask once more: erasing cannot be undone."""
    holder = holder_of(request, state.opened, request.query_params)
    holder.require_step_up()
    return page("erase.html", holder.shown())


@post("/me/erasure", sync_to_thread=True, status_code=HTTPStatus.OK)
def erase(data: Form, request: AnyRequest, state: State) -> Response[str]:
    """Erase everything, and say what was removed (Art. 17)."""
    holder = holder_of(request, state.opened, data)
    holder.require_step_up()
    erasure = _erased(state.opened.shop, holder.user_id)
    shown = {"removed": {}} if erasure is None else _told(erasure)
    return holder.leave(page("erased.html", holder.shown() | shown))


HANDLERS: Final = (
    my_page,
    set_level,
    set_purpose,
    set_restriction,
    set_trait,
    take_away,
    confirm_erasure,
    erase,
)


def _erased(shop: Shop, user_id: str) -> Erasure | None:
    """Erase *user_id*, if they are still there."""
    try:
        return shop.subject(user_id).erase()
    except NotFound:
        return None


def _told(erasure: Erasure) -> dict[str, object]:
    """Return what the last page says, with the certificate as a file that lies in the page."""
    file = msgspec.json.format(msgspec.json.encode(erasure.certificate), indent=2)
    return {
        "removed": {kind: count for kind, count in sorted(erasure.removed.items()) if count},
        "models_changed": erasure.models_changed,
        "case": erasure.case,
        "certificate": f"data:application/json;base64,{base64.b64encode(file).decode()}",
    }

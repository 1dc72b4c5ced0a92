"""
The preference centre: what is known about the person who holds a signed link, and their switches.

The link's token is the only key.  It stands in the address and in every form, never in a cookie:
a page of another site does not know it, so it cannot send a form in the subject's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.exceptions import PermissionDeniedException
from litestar.params import Body
from litestar.response import Redirect

from tactful.assembly import Opened
from tactful.shop import Shop, Who
from tactful.terms import Mistake, NotFound
from tactful.web.pages.choices import (
    Choice,
    answer,
    choices_of,
    dial_of,
    move_to,
)
from tactful.web.pages.guards import sends_signal
from tactful.web.pages.holdings import LATEST, holdings_of
from tactful.web.pages.rendering import HEADERS, page, see_other
from tactful.web.pages.words import BASES, IDENTIFIERS, MODES, SAID

AnyRequest = Request[Any, Any, Any]
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

SOURCE: Final = "preference centre"
LOCALE: Final = "en"

_DONE: Final = {
    "choices": "Your choice is recorded. It holds from the next page on.",
    "restrict": "Your data is now only kept, and used for nothing else.",
    "lift": "Your data may be used again, for what you allow below.",
}


@get("/me", sync_to_thread=True)
def my_page(request: AnyRequest, state: State) -> Response[str]:
    """Show what is known about the holder of the link, and what they chose."""
    opened, token = _opened(request, state)
    user_id = require_holder(opened, token)
    known = holdings_of(opened.shop, user_id)
    region = known.export.region if known else None
    who = Who(user_id=user_id, region=region, gpc=sends_signal(request))
    choices = choices_of(opened.shop, who)
    shown = {
        "known": known,
        "latest": LATEST,
        "choices": choices,
        "dial_state": dial_of(opened.shop, choices),
        "words": {"modes": MODES, "bases": BASES, "said": SAID, "identifiers": IDENTIFIERS},
        "done": _DONE.get(request.query_params.get("done", ""), ""),
    }
    return page("me.html", _frame(opened, token) | shown)


@post("/me/level", sync_to_thread=True)
def set_level(data: Form, state: State) -> Redirect:
    """Record what the dial was set to."""
    answering = _answering(state, data)
    said = move_to(data.get("level", ""), teach="teach" in data, choices=answering.choices)
    return answering.say(said)


@post("/me/answer", sync_to_thread=True)
def set_purpose(data: Form, state: State) -> Redirect:
    """Record a yes or a no to one purpose; `say` is `purpose=yes` or `purpose=no`."""
    answering = _answering(state, data)
    purpose, _, word = data.get("say", "").partition("=")
    if word not in {"yes", "no"}:
        raise Mistake("Say yes or no to one of the points.")
    said = answer(yes=word == "yes", purpose=purpose, choices=answering.choices)
    return answering.say({purpose: said})


@post("/me/restriction", sync_to_thread=True)
def set_restriction(data: Form, state: State) -> Redirect:
    """Stop all use of the data but keeping it, or lift that (Art. 18)."""
    opened, token = state.opened, data.get("token", "")
    user_id = require_holder(opened, token)
    lift = data.get("say") == "lift"
    opened.shop.subject(user_id).restrict(lift=lift)
    return _back(token, "lift" if lift else "restrict")


@get("/me/export", sync_to_thread=True)
def take_away(request: AnyRequest, state: State) -> Response[bytes]:
    """Hand out everything known, as JSON (Art. 15 and 20)."""
    opened, token = _opened(request, state)
    user_id = require_holder(opened, token)
    export = opened.shop.subject(user_id).export()
    return Response(
        msgspec.json.format(msgspec.json.encode(export), indent=2),
        media_type="application/json",
        headers={**HEADERS, "Content-Disposition": 'attachment; filename="my-data.json"'},
    )


@get("/me/erasure", sync_to_thread=True)
def confirm_erasure(request: AnyRequest, state: State) -> Response[str]:
    """Ask once more: erasing cannot be undone."""
    opened, token = _opened(request, state)
    require_holder(opened, token)
    return page("erase.html", _frame(opened, token))


@post("/me/erasure", sync_to_thread=True, status_code=HTTPStatus.OK)
def erase(data: Form, state: State) -> Response[str]:
    """Erase everything, and say what was removed (Art. 17)."""
    opened: Opened = state.opened
    token = data.get("token", "")
    user_id = require_holder(opened, token)
    removed, changed = _erased(opened.shop, user_id)
    shown = {"removed": removed, "models_changed": changed}
    return page("erased.html", _frame(opened, token) | shown)


HANDLERS: Final = (
    my_page,
    set_level,
    set_purpose,
    set_restriction,
    take_away,
    confirm_erasure,
    erase,
)


def require_holder(opened: Opened, token: str) -> str:
    """
    Return whom *token* speaks for.

    Raises:
        PermissionDeniedException: it is not ours, or too old.
    """
    user_id = opened.links.read(token)
    if user_id is None:
        raise PermissionDeniedException(
            "This link is not valid, or older than a week. Ask the shop for a new one."
        )
    return user_id


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Answering:
    """The holder of a link, about to answer; `notice` is the one that the form stood beside."""

    opened: Opened
    user_id: str
    token: str
    notice: str
    choices: tuple[Choice, ...]

    def say(self, said: dict[str, str]) -> Redirect:
        who = Who(user_id=self.user_id)
        self.opened.shop.consent(who, said, notice=self.notice, locale=LOCALE, source=SOURCE)
        return _back(self.token, "choices")


def _answering(state: State, data: dict[str, str]) -> _Answering:
    opened, token = state.opened, data.get("token", "")
    user_id = require_holder(opened, token)
    return _Answering(
        opened=opened,
        user_id=user_id,
        token=token,
        notice=data.get("notice", ""),
        choices=choices_of(opened.shop, Who(user_id=user_id)),
    )


def _erased(shop: Shop, user_id: str) -> tuple[dict[str, int], bool]:
    """Erase *user_id*; return the rows removed by kind, and whether the models changed."""
    try:
        erasure = shop.subject(user_id).erase()
    except NotFound:
        return {}, False
    removed = {kind: count for kind, count in sorted(erasure.removed.items()) if count}
    return removed, erasure.models_changed


def _opened(request: AnyRequest, state: State) -> tuple[Opened, str]:
    return state.opened, request.query_params.get("token", "")


def _frame(opened: Opened, token: str) -> dict[str, object]:
    settings = opened.settings.shop
    return {"shop_name": settings.name, "token": token, "demo": settings.demo}


def _back(token: str, done: str) -> Redirect:
    return see_other(f"/me?{urlencode({'token': token, 'done': done})}")

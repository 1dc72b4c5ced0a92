"""
The preference centre: what is known about the person who holds a signed link, and their switches.

The link's token is the only key.  It stands in the address and in every form, never in a cookie:
a page of another site does not know it, so it cannot send a form in the subject's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final

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
    TEACHING,
    Choice,
    answer,
    choices_of,
    is_on,
    level_of,
    move_to,
)
from tactful.web.pages.guards import sends_signal
from tactful.web.pages.holdings import LATEST, holdings_of
from tactful.web.pages.rendering import HEADERS, page, see_other
from tactful.web.pages.words import BASES, IDENTIFIERS, LEVELS, MODES, SAID

AnyRequest = Request[Any, Any, Any]
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

SOURCE: Final = "preference centre"

_DONE: Final = {
    "choices": "Your choice is recorded. It holds from the next page on.",
    "restrict": "Your data is now only kept, and used for nothing else.",
    "lift": "Your data may be used again, for what you allow below.",
}


@get("/me", sync_to_thread=True)
def my_page(request: AnyRequest, state: State, token: str = "", done: str = "") -> Response[str]:
    """Show what is known about the holder of the link, and what they chose."""
    opened: Opened = state.opened
    user_id = require_holder(opened, token)
    known = holdings_of(opened.shop, user_id)
    region = known.export.region if known else None
    who = Who(user_id=user_id, region=region, gpc=sends_signal(request))
    choices = choices_of(opened.shop, who)
    shown = {
        "known": known,
        "latest": LATEST,
        "notice": opened.shop.notice().notice,
        "words": {"modes": MODES, "bases": BASES, "said": SAID, "identifiers": IDENTIFIERS},
        "done": _DONE.get(done, ""),
    }
    return page("me.html", _frame(opened, token) | _switches(choices) | shown)


@post("/me/level", sync_to_thread=True)
def set_level(data: Form, state: State) -> Redirect:
    """Record what the dial was set to."""
    opened, user_id, choices = _asked(state, data)
    _say(opened, user_id, move_to(data.get("level", ""), teach="teach" in data, choices=choices))
    return _back(data, "choices")


@post("/me/answer", sync_to_thread=True)
def set_purpose(data: Form, state: State) -> Redirect:
    """Record a yes or a no to one purpose; `say` is `purpose=yes` or `purpose=no`."""
    opened, user_id, choices = _asked(state, data)
    purpose, _, word = data.get("say", "").partition("=")
    if word not in {"yes", "no"}:
        raise Mistake("Say yes or no to one of the points.")
    _say(opened, user_id, {purpose: answer(yes=word == "yes", purpose=purpose, choices=choices)})
    return _back(data, "choices")


@post("/me/restriction", sync_to_thread=True)
def set_restriction(data: Form, state: State) -> Redirect:
    """Stop all use of the data but keeping it, or lift that (Art. 18)."""
    opened: Opened = state.opened
    user_id = require_holder(opened, data.get("token", ""))
    lift = data.get("say") == "lift"
    opened.shop.subject(user_id).restrict(lift=lift)
    return _back(data, "lift" if lift else "restrict")


@get("/me/export", sync_to_thread=True)
def take_away(state: State, token: str = "") -> Response[bytes]:
    """Hand out everything known, as JSON (Art. 15 and 20)."""
    user_id = require_holder(state.opened, token)
    export = state.opened.shop.subject(user_id).export()
    return Response(
        msgspec.json.format(msgspec.json.encode(export), indent=2),
        media_type="application/json",
        headers={**HEADERS, "Content-Disposition": 'attachment; filename="my-data.json"'},
    )


@get("/me/erasure", sync_to_thread=True)
def confirm_erasure(state: State, token: str = "") -> Response[str]:
    """Ask once more: erasing cannot be undone."""
    require_holder(state.opened, token)
    return page("erase.html", _frame(state.opened, token))


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


def _asked(state: State, data: dict[str, str]) -> tuple[Opened, str, tuple[Choice, ...]]:
    opened: Opened = state.opened
    user_id = require_holder(opened, data.get("token", ""))
    return opened, user_id, choices_of(opened.shop, Who(user_id=user_id))


def _say(opened: Opened, user_id: str, said: dict[str, str]) -> None:
    notice = opened.shop.notice().notice
    opened.shop.consent(
        Who(user_id=user_id), said, notice=notice.name, locale=notice.locale, source=SOURCE
    )


def _erased(shop: Shop, user_id: str) -> tuple[dict[str, int], bool]:
    """Erase *user_id*; return the rows removed by kind, and whether the models changed."""
    try:
        erasure = shop.subject(user_id).erase()
    except NotFound:
        return {}, False
    removed = {kind: count for kind, count in sorted(erasure.removed.items()) if count}
    return removed, erasure.models_changed


def _switches(choices: Sequence[Choice]) -> dict[str, object]:
    return {
        "choices": choices,
        "levels": tuple(LEVELS.values()),
        "chosen": level_of(choices),
        "teaching": is_on(choices, TEACHING),
    }


def _frame(opened: Opened, token: str) -> dict[str, object]:
    settings = opened.settings.shop
    return {"shop_name": settings.name, "token": token, "demo": settings.demo}


def _back(data: dict[str, str], done: str) -> Redirect:
    # The token was read before: only what the link signed can stand in this address.
    return see_other(f"/me?token={data['token']}&done={done}")

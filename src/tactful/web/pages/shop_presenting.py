"""
What a presenter does in the demonstration's bar: be somebody, turn the dial.

Signing in without a password is for demonstrations only; everything else is the shop's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Final

from litestar import Request, post
from litestar.datastructures import State
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from tactful.assembly import Opened
from tactful.shop import Who
from tactful.terms import Level, Mistake
from tactful.web.pages.addresses import my_address
from tactful.web.pages.choices import LADDER, choices_of, move_to
from tactful.web.pages.guards import demo_only
from tactful.web.pages.rendering import see_other
from tactful.web.pages.scene import (
    COOKIE,
    NEW_VISITORS,
    SOURCE,
    Posing,
    Scene,
    new_account,
    read_personas,
    scene_of,
)
from tactful.web.pages.shop_buying import BROWSER
from tactful.web.pages.shop_cookies import cookie

AnyRequest = Request[Any, Any, Any]
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]

LOCALE: Final = "en"


@post("/shop/shopper", sync_to_thread=True, guards=[demo_only])
def be_somebody(data: Form, request: AnyRequest, state: State) -> Redirect:
    """
    Look at the shop as one of its people, or as somebody new.

    Raises:
        Mistake: there is nobody of that number.
    """
    said = data.get("as", "")
    if said in NEW_VISITORS:
        posing = Posing(region=said.partition("-")[2])
    elif said in {persona.id for persona in read_personas(state.opened.folder)}:
        posing = Posing(user=said)
    else:
        raise Mistake("There is nobody of that number here: choose somebody from the list.")
    return see_other("/shop", cookies=[cookie(request, COOKIE, _plain(posing))])


@post("/shop/account", sync_to_thread=True, guards=[demo_only])
def open_account(data: Form, request: AnyRequest, state: State) -> Redirect:
    """Open an account, know the browser by it where it has a number, and lead to one's own page."""
    scene = scene_of(request, state.opened)
    if scene.user_id is None:
        scene = _with_account(scene, state.opened, browser=data.get("anonymousId", ""))
    token = state.opened.links.sign(str(scene.user_id))
    posing = scene.cookie()
    address = my_address(token, region=scene.named)
    return see_other(address, cookies=[posing] if posing else [])


@post("/shop/choices", sync_to_thread=True, guards=[demo_only])
def choose(data: Form, request: AnyRequest, state: State) -> Redirect:
    """
    Record what the dial was set to, and lead back to the shop.

    Without scripts a choice needs somebody who is remembered: an account is opened for it.
    """
    scene = scene_of(request, state.opened)
    level = data.get("level", "")
    said = move_to(level, teach="teach" in data, choices=scene.choices)
    if scene.user_id is None:
        scene = _with_account(scene, state.opened)
    state.opened.shop.consent(
        scene.who, said, notice=data.get("notice", ""), locale=LOCALE, source=SOURCE
    )
    if said[LADDER[Level.SESSION]] != "grant":
        scene = replace(scene, posing=Posing(user=scene.posing.user, region=scene.posing.region))
    posing = scene.cookie()
    return see_other("/shop", cookies=[posing] if posing else [])


HANDLERS: Final = (be_somebody, open_account, choose)


def _with_account(scene: Scene, opened: Opened, *, browser: str = "") -> Scene:
    """Return *scene* with a new account, which is one person with the *browser*'s number."""
    user_id = new_account()
    who = Who(user_id=user_id, region=scene.region, gpc=scene.gpc)
    if BROWSER.fullmatch(browser):
        call = {"type": "identify", "userId": user_id, "anonymousId": browser}
        opened.shop.collect([call], gpc=scene.gpc, region=scene.region, source=SOURCE)
    return replace(
        scene,
        posing=Posing(user=user_id, region=scene.posing.region),
        user_id=user_id,
        choices=choices_of(opened.shop, who),
    )


def _plain(posing: Posing) -> dict[str, object]:
    """Return *posing* as a cookie holds it; empty, and so deleted, where it says nothing."""
    held = {"user": posing.user, "region": posing.region}
    return {name: value for name, value in held.items() if value}

"""
The outbox: letters that wait to be sent, for a demonstration or for a shop without `[mail]`.

Whoever may see the console may read them: they hold links that let in.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.response import Redirect

from tactful.assembly import Opened
from tactful.web.pages.console_key import may_see
from tactful.web.pages.rendering import page, see_other

AnyRequest = Request[Any, Any, Any]

LATEST: Final = 50


@get("/outbox", sync_to_thread=True)
def outbox(request: AnyRequest, state: State) -> Response[str] | Redirect:
    """Show the letters that wait, the newest first."""
    opened: Opened = state.opened
    if not may_see(request, opened):
        return see_other("/console")
    shown = {
        "shop_name": opened.settings.shop.name,
        "demo": opened.settings.shop.demo,
        "sends": bool(opened.settings.mail.host),
        "letters": opened.outbox.waiting(opened.shop.now(), LATEST),
        "latest": LATEST,
        "outcomes": sorted(opened.outbox.outcomes().items()),
    }
    return page("outbox.html", shown)


HANDLERS: Final = (outbox,)

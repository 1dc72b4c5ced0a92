"""
The privacy officer's page: who says yes to what over time, gaps, evidence, and reviews due.

Totals only, like the rest of the console: nobody can be named here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.response import Redirect

from tactful.assembly import Opened
from tactful.capabilities.policy import reviews_due, seen_of
from tactful.shop import Shop
from tactful.web.pages.console_key import COOKIE, may_see
from tactful.web.pages.figures import Row, Totals, counted, register, rows
from tactful.web.pages.rates import WEEKS, Said, answers_said, rates
from tactful.web.pages.rendering import page, see_other

AnyRequest = Request[Any, Any, Any]

EVERY_PURPOSE: Final = ""


@get("/console/privacy", sync_to_thread=True)
def privacy(request: AnyRequest, state: State) -> Response[str] | Redirect:
    """Show the privacy officer's figures to whoever may see the console."""
    opened: Opened = state.opened
    if not may_see(request, opened):
        return see_other("/console")
    shop = opened.shop
    named = request.query_params.get("purpose", EVERY_PURPOSE)
    purpose = named if named in shop.policy.purposes else EVERY_PURPOSE
    frame = {
        "shop_name": opened.settings.shop.name,
        "demo": opened.settings.shop.demo,
        "signed_in": COOKIE in request.cookies,
        "weeks": WEEKS,
        "chosen": purpose,
        "purposes": [(p.name, p.title) for p in shop.policy.purposes.values()],
        "activities": register(shop),
    }
    return page("privacy.html", frame | _over_time(shop, purpose) | _attention(shop))


HANDLERS: Final = (privacy,)


def _over_time(shop: Shop, purpose: str) -> dict[str, object]:
    said = answers_said(shop.daily("said"))
    narrowed = [one for one in said if purpose in {EVERY_PURPOSE, one.purpose}]
    today = shop.now().date()
    titles = {p.name: p.title for p in shop.policy.purposes.values()}
    return {
        "by_purpose": rates(said, lambda one: one.purpose, today=today, names=titles),
        "by_regime": rates(narrowed, lambda one: one.regime, today=today, names={}),
        "by_notice": rates(_informed(narrowed), lambda one: one.notice, today=today, names={}),
    }


def _informed(said: Sequence[Said]) -> list[Said]:
    """Leave out what was said without a notice: a no needs none."""
    return [one for one in said if one.notice != "none"]


def _attention(shop: Shop) -> dict[str, object]:
    totals = shop.totals()
    return {
        "gaps": counted(totals, "gap"),
        "signals": counted(totals, "signal"),
        "conflicts": counted(totals, "conflict"),
        "shown": _shown(totals),
        "seen": seen_of(shop.daily("seen"), shop.policy.plan),
        "masked": counted(totals, "masked"),
        "missing": counted(totals, "missing"),
        "reviews": reviews_due(shop.policy, shop.now().date()),
        "changes_on": shop.policy.changes_on,
        "today": shop.now().date(),
    }


def _shown(totals: Totals) -> tuple[Row, ...]:
    """Return how often each notice was served for a choice, in which language, law and place."""
    found = ((label, n) for (counter, label), n in totals.items() if counter == "notice")
    return rows((", ".join(part for part in label.split("|") if part), n) for label, n in found)

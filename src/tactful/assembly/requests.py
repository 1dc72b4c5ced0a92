"""Put together how a shop handles requests: its settings, its days off, its own key."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Final

from tactful.adapters.settings import Settings, zone_of
from tactful.adapters.sqlite.shop_keys import RECEIPTS
from tactful.adapters.sqlite.subject_keys import SubjectKeys
from tactful.capabilities.rights import PAUSES, REFUSALS, Almanac, Clock, Letters
from tactful.mechanisms.sealing import blind_index
from tactful.shop import RequestRules, Shop
from tactful.shop.background import Chore
from tactful.terms import RequestKind

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

__all__ = ["PAUSES", "REFUSALS", "Clock", "request_chores", "request_rules"]


def request_rules(
    settings: Settings, keys: SubjectKeys, letters: Letters | None = None
) -> RequestRules:
    """Return how the shop of *settings* handles requests; *letters* are sent where there are."""
    said, key = settings.requests, keys.shop.all(RECEIPTS)[-1]
    server = settings.server
    home = settings.mail.base_url or f"http://{server.host}:{server.port}"
    return RequestRules(
        digest=lambda what, value: blind_index(key, what, value),
        new_code=lambda: f"{secrets.randbelow(1_000_000):06}",
        letters=letters,
        almanac=Almanac(place=said.place, zone=zone_of(said.time_zone)),
        review=frozenset(map(RequestKind, said.review)),
        officer=said.officer,
        complaint=said.complaint,
        page=f"{home.rstrip('/')}/me/requests",
    )


def request_chores(shop: Shop) -> tuple[Chore, ...]:
    """Return what is done about requests in the background."""
    return (
        Chore(name="requests", every=HOUR, do=lambda _: shop.requests.tidy()),
        Chore(name="remind", every=DAY, do=lambda _: shop.requests.remind()),
    )

"""Take the goods from the shop's server: put items into the catalogue, and take them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Final

import msgspec

from tactful.capabilities.collect.tables.feeds import items_of_catalogue
from tactful.capabilities.collect.tables.mapping import common_names
from tactful.capabilities.collect.tables.rows import Reject, Row
from tactful.shop import Shop
from tactful.terms import Item, Mistake
from tactful.web.bodies import decode, unpack
from tactful.web.exchange import Asked, Declined, Reply, Serving, answer
from tactful.web.keys import Caller, caller_with, given_key

MOST_ITEMS: Final = 5_000

_NAMES: Final = common_names("catalogue", regions={})


class ItemsAsk(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """Items to put into the catalogue, each replacing what was known of it."""

    items: list[dict[str, object]]


class ItemRefused(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """An item that cannot be used, and why."""

    index: int
    reason: str


class ItemsTaken(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """How many items were put; the `rejected` ones take no other with them."""

    put: int
    rejected: list[ItemRefused] = []


class ItemRemoved(msgspec.Struct, rename="camel", kw_only=True, frozen=True):
    """Whether the item was there until now; it is not shown any more either way."""

    removed: bool


_ask: Final = msgspec.json.Decoder(ItemsAsk)


async def put(serving: Serving, asked: Asked) -> Reply:
    """
    Put items into the catalogue; decisions know them at once.

    Raises:
        Declined: the caller has not shown the secret key (401, 403).
        Mistake: there are too many, or none of them can be used.
    """
    _require_shop(serving, asked)
    limit = serving.opened.settings.server.max_expanded_bytes
    given = decode(_ask, unpack(asked.body, limit=limit)).items
    if len(given) > MOST_ITEMS:
        raise Mistake(f"a request holds at most {MOST_ITEMS} items: send them in parts")
    return answer(await serving.in_thread(lambda: _put(serving.opened.shop, given)))


def _put(shop: Shop, given: Sequence[Mapping[str, object]]) -> ItemsTaken:
    rows = (Row(index, values) for index, values in enumerate(given))
    found = list(items_of_catalogue(rows, _NAMES))
    good = [item for item in found if isinstance(item, Item)]
    bad = [ItemRefused(index=f.line, reason=f.reason) for f in found if isinstance(f, Reject)]
    if bad and not good:
        raise Mistake(f"no item can be used; the first, at {bad[0].index}: {bad[0].reason}")
    return ItemsTaken(put=shop.put_items(good) if good else 0, rejected=bad)


async def remove(serving: Serving, asked: Asked) -> Reply:
    """
    Take an item out of the catalogue; also one that only orders know, so that it is never shown.

    Raises:
        Declined: the caller has not shown the secret key (401, 403).
        Mistake: no item is named.
    """
    _require_shop(serving, asked)
    item = asked.path.get("id") or asked.query.get("id", "")
    if not item or "\0" in item:
        raise Mistake("name the item: /v1/items/ID, or ?id=ID where the id holds a slash")
    count = await serving.in_thread(lambda: serving.opened.shop.remove_items([item]))
    return answer(ItemRemoved(removed=count > 0))


def _require_shop(serving: Serving, asked: Asked) -> None:
    if caller_with(serving, given_key(asked)) is not Caller.SECRET:
        raise Declined(
            HTTPStatus.FORBIDDEN, "the catalogue changes with the secret key, from your server"
        )

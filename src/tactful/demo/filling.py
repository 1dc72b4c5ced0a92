"""What the demonstration shop is filled with: goods, people's choices, and their behaviour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from urllib.parse import quote

import msgspec

from tactful.assembly import read_orders
from tactful.demo.choices import Choice, simulate_choices
from tactful.demo.narration import Narration
from tactful.demo.simulated_shop import SimulatedShop
from tactful.shop import Shop, Who
from tactful.terms import Item

SEED = 7
BATCH = 500
TELLERS = 32
"""How many choices are told at once: they share the commits of the store."""

Message = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """
    Goods, choices and behaviour; `now` is when the behaviour ends.

    `shop` is what a shop of these is called.

    `browsers` are the anonymous ids of subjects that have one.
    """

    title: str
    shop: str
    now: datetime
    items: Sequence[Item]
    choices: Sequence[Choice]
    browsers: Mapping[str, str]
    events: Sequence[Message]
    real: bool


def simulated(now: datetime, *, shoppers: int) -> Filling:
    """Return the built-in simulated shop."""
    world = SimulatedShop(seed=SEED, now=now, shoppers=shoppers)
    return Filling(
        title="the simulated shop",
        shop="Linden & Lark",
        now=now,
        items=[msgspec.convert(item.line(), Item) for item in world.items],
        choices=list(world.choices()),
        browsers={shopper.id: shopper.anonymous_id for shopper in world.shoppers},
        events=list(world.events()),
        real=False,
    )


def real(path: Path, voice: Narration) -> Filling:
    """
    Return the purchase log at *path*, with simulated choices of its customers.

    Raises:
        Mistake: the file cannot be read as a purchase log.
    """
    with voice.progress() as bar:
        task = bar.add_task(f"read {path.name}", total=path.stat().st_size)
        log = read_orders(path, on_bytes=lambda done: bar.update(task, completed=done))
    times = [datetime.fromisoformat(str(call["timestamp"])) for call in log.calls]
    regions = {str(call["userId"]): _region(call) for call in reversed(log.calls)}
    title = path.name.partition(".")[0].replace("_", " ")
    choices = simulate_choices(sorted(regions.items()), seed=SEED, at=min(times))
    return Filling(
        title=title,
        shop=title.capitalize(),
        now=max(times) + timedelta(hours=1),
        items=[_with_a_page(item) for item in log.items],
        choices=list(choices),
        browsers={},
        events=log.calls,
        real=True,
    )


def fill(shop: Shop, filling: Filling, voice: Narration) -> None:
    """Put goods, choices and behaviour into *shop*, in this order, each through the gate."""
    shop.put_items(filling.items)
    told = _tell_choices(shop, filling)
    for _ in voice.track(told, what="record choices", total=len(filling.choices)):
        pass
    silent = {choice.shopper for choice in filling.choices if choice.gpc}
    sent = _send(shop, filling.events, silent)
    for _ in voice.track(sent, what="collect behaviour", total=len(filling.events)):
        pass


def _tell_choices(shop: Shop, filling: Filling) -> Iterator[None]:
    notice = shop.notice(region=None, locale="en").notice.name

    def tell(choice: Choice) -> None:
        if not choice.statements:
            return
        who = Who(
            user_id=choice.shopper,
            anonymous_id=filling.browsers.get(choice.shopper),
            region=choice.region or None,
        )
        shop.consent(who, choice.statements, notice=notice, source="simulated", at=choice.made_at)

    with ThreadPoolExecutor(TELLERS) as tellers:
        yield from tellers.map(tell, filling.choices)


def _send(shop: Shop, events: Iterable[Message], silent: set[str]) -> Iterator[None]:
    """Send *events* in batches; those of a browser with the signal go with the signal."""
    waiting = iter(events)
    while batch := list(islice(waiting, BATCH)):
        for gpc in (False, True):
            part = [event for event in batch if (event.get("userId") in silent) is gpc]
            if part:
                shop.collect(part, gpc=gpc, source="demo")
        yield from (None for _ in batch)


def _with_a_page(item: Item) -> Item:
    """Return *item* with the addresses of its page and picture, which a purchase log lacks."""
    name = quote(item.id)
    return replace(item, url=f"/shop/items/{name}", image=f"/shop/pictures/{name}.svg")


def _region(call: Message) -> str:
    context = call.get("context")
    return str(context.get("region") or "") if isinstance(context, dict) else ""

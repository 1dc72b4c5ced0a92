"""Goods, a clock that the test moves, and short ways to let people say and do things."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tactful.shop import Shop, Who
from tactful.terms import Item

NOTICE = "privacy@1"
EVERYTHING = (
    "session_personalization",
    "segment_personalization",
    "individual_personalization",
    "model_training",
    "measurement",
)
GOODS = [
    Item(id="kettle", title="Kettle", category="Kitchen", price=2500, currency="EUR"),
    Item(id="teapot", title="Teapot", category="Kitchen", price=3000, currency="EUR"),
    Item(id="mug", title="Mug", category="Kitchen", price=900, currency="EUR"),
    Item(id="lamp", title="Lamp", category="Lights", price=4900, currency="EUR"),
    Item(id="rug", title="Rug", category="Textiles", price=9900, currency="EUR"),
]


@dataclass
class Clock:
    """The shop's time, moved by hand."""

    now: datetime = field(default_factory=lambda: datetime(2026, 3, 1, 12, tzinfo=UTC))

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def go(self, **by: float) -> None:
        """Let time pass, as `timedelta` counts it."""
        self.now += timedelta(**by)


def track(
    user: str, event: str, *items: str, message: str = "", **more: object
) -> dict[str, object]:
    """Return a call of a client about *items*."""
    one = {"product_id": items[0]} if len(items) == 1 else {}
    many = {"products": [{"product_id": i} for i in items]} if len(items) > 1 else {}
    call: dict[str, object] = {
        "type": "track",
        "event": event,
        "userId": user,
        "messageId": message or f"{user}-{event}-{'-'.join(items)}",
        "properties": one | many,
    }
    return call | more


def agree(shop: Shop, user: str, *purposes: str, region: str = "DE") -> Who:
    """Let *user* grant *purposes* (all that shape pages, by default) to the notice in force."""
    who = Who(user_id=user, region=region)
    shop.consent(who, dict.fromkeys(purposes or EVERYTHING, "grant"), notice=NOTICE)
    return who


def teach(shop: Shop, *, people: int = 6) -> None:
    """Let some people buy a kettle with a teapot, others a lamp with a rug, and train on that."""
    for number in range(people):
        for pair in (("kettle", "teapot"), ("lamp", "rug")):
            name = f"{pair[0]}-{number}"
            agree(shop, name)
            shop.collect([track(name, "Order Completed", *pair)])
    shop.train()

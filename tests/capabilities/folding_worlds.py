"""Events as features see them, made by hand or drawn at random."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from hypothesis import strategies as st

from tactful.capabilities.profile.folding import Folded, fold
from tactful.gate import Permit
from tactful.terms import Event, Item, SubjectId

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA = SubjectId(1)
PERSONAL = "individual_personalization"
GOODS = {
    "kettle": Item(id="kettle", title="Kettle", category="Kitchen", price=2500, currency="EUR"),
    "lamp": Item(id="lamp", title="Lamp", category="Lights", price=4900, currency="EUR"),
}


def happened(name: str, *items: str, ago: float = 0, message: str = "", **said: Any) -> Event:
    """Return what Ada did *ago* days before now."""
    at = NOW - timedelta(days=ago)
    named = message or f"{name} {items} {at.isoformat()} {sorted(said.items())}"
    return Event(
        subject=ADA,
        name=name,
        at=at,
        items=items,
        purposes=frozenset({PERSONAL}),
        properties=said,
        source="tests",
        message=sha256(named.encode()).digest()[:16],
    )


def folded(*events: Event) -> Folded:
    """Return all of *events*, folded from nothing."""
    return fold(Folded(), events)


def permit_for(purpose: str = PERSONAL, activity: str = "recommend-individual") -> Permit:
    """Return a permit, as the door would give it now."""
    return Permit(
        scope=ADA,
        activity=activity,
        purpose=purpose,
        basis="consent",
        regime="EU-GDPR",
        decided_at=NOW,
        expires_at=NOW + timedelta(minutes=5),
    )


_NAMES = (
    "Product Viewed",
    "Product Clicked",
    "Product Added",
    "Product Removed",
    "Product Added to Wishlist",
    "Wishlist Product Added to Cart",
    "Order Completed",
    "Order Updated",
    "Order Refunded",
    "Order Cancelled",
    "page",
)
_SAID = st.fixed_dictionaries(
    {},
    optional={
        "order_id": st.sampled_from(["o-1", "o-2", "o-3", ""]),
        "total": st.one_of(st.floats(0, 500), st.sampled_from([float("inf"), "12", None, True])),
        "currency": st.sampled_from(["EUR", "usd", "JPY", "", 7]),
        "quantity": st.integers(-1, 3),
        "price": st.floats(0, 100),
        "category": st.sampled_from(["Kitchen", "Lights"]),
        "products": st.lists(
            st.one_of(
                st.just("no line"),
                st.fixed_dictionaries({"price": st.integers(1, 9), "quantity": st.integers(0, 3)}),
            ),
            max_size=2,
        ),
    },
)


def _event(number: int) -> st.SearchStrategy[Event]:
    """Return events; few moments, so that several often fall on one."""
    return st.builds(
        lambda name, items, ago, said: happened(
            name, *items, ago=ago, message=f"message {number}", **said
        ),
        name=st.sampled_from(_NAMES),
        items=st.lists(st.sampled_from(["kettle", "lamp", "rug"]), max_size=2, unique=True),
        ago=st.integers(0, 5),
        said=_SAID,
    )


histories = st.integers(0, 12).flatmap(lambda n: st.tuples(*(_event(each) for each in range(n))))
"""Whatever may be known of what one person did, each event once."""

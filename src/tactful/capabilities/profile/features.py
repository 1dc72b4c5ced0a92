"""
The features that are computed of a subject: which there are, who may read them, what they say.

A feature is read under a permit of one of its purposes, or by its subject (Art. 15(1)(h): how it
was come by).  It is computed from events kept for that purpose alone, and from nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tactful.capabilities.profile import telling
from tactful.capabilities.profile.folding import CART, ITEMS, ORDERS, READS, SEEN, Folded
from tactful.gate import Permit
from tactful.terms import Feature, Item, PermitMisuse

ANSWER_REQUEST: Final = ("necessary", "answer-request")
"""The purpose and activity under which subjects read what is known of them."""

_PERSONAL: Final = "individual_personalization"
_COUNTING: Final = "measurement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """
    One feature: its name, which purposes may read it, and how it is computed, in plain words.

    `parts` are the parts of a fold that it needs, `tell` says its value and a sentence about it.
    """

    name: str
    title: str
    purposes: tuple[str, ...]
    how: str
    parts: frozenset[str]
    tell: telling.Tell


FEATURES: Final = (
    Declared(
        name="last_seen",
        title="Last active",
        purposes=(_PERSONAL, _COUNTING),
        how="the day of the newest event that is kept",
        parts=frozenset({SEEN}),
        tell=telling.last_seen,
    ),
    Declared(
        name="last_order",
        title="Last order",
        purposes=(_PERSONAL, _COUNTING),
        how="the day of the newest order that was not cancelled",
        parts=frozenset({ORDERS}),
        tell=telling.last_order,
    ),
    Declared(
        name="orders",
        title="Orders",
        purposes=(_PERSONAL, _COUNTING),
        how="how many orders are kept; one that was cancelled or wholly returned does not count",
        parts=frozenset({ORDERS}),
        tell=telling.orders,
    ),
    Declared(
        name="spent",
        title="Spent",
        purposes=(_PERSONAL, _COUNTING),
        how="the amounts of those orders less what was refunded, each currency by itself",
        parts=frozenset({ORDERS}),
        tell=telling.spent,
    ),
    Declared(
        name="categories",
        title="Interests",
        purposes=(_PERSONAL,),
        how="a look at a product counts 1, the cart or wish list 3, an order 5; by category",
        parts=frozenset({ORDERS, ITEMS}),
        tell=telling.categories,
    ),
    Declared(
        name="prices",
        title="Usual prices",
        purposes=(_PERSONAL,),
        how="the range in which the middle half of the prices lies, weighed the same way",
        parts=frozenset({ORDERS, ITEMS}),
        tell=telling.prices,
    ),
    Declared(
        name="rhythm",
        title="Time between orders",
        purposes=(_PERSONAL,),
        how="the median number of days between orders, from three days with orders on",
        parts=frozenset({ORDERS}),
        tell=telling.rhythm,
    ),
    Declared(
        name="cart",
        title="In the cart",
        purposes=(_PERSONAL,),
        how="what was put in and not taken out since the last order",
        parts=frozenset({CART}),
        tell=telling.cart,
    ),
)
"""Every feature there is."""


def feature_purposes(permit: Permit) -> tuple[str, ...]:
    """
    Return of which purposes' features *permit* may read: its own; all, for the subject's own eyes.

    Raises:
        PermitMisuse: no feature serves the permit's purpose.
    """
    if (permit.purpose, permit.activity) == ANSWER_REQUEST:
        return PURPOSES
    if permit.purpose not in PURPOSES:
        raise PermitMisuse(f"no feature may be read for {permit.purpose}: it has none")
    return (permit.purpose,)


def computed(
    permit: Permit, folded: Mapping[str, Folded], goods: Callable[[str], Item | None]
) -> tuple[Feature, ...]:
    """
    Return the features of the permit's subject that *permit* may read, those with a value.

    Args:
        permit: Of a purpose that reads features, or for answering the subject.
        folded: What was folded of their events, by the purpose that these are kept for.
        goods: Looks an item up in the catalogue.
    """
    purposes = [purpose for purpose in feature_purposes(permit) if purpose in folded]
    return tuple(
        feature
        for purpose in purposes
        for feature in _of(purpose, folded[purpose], goods, permit.decided_at)
    )


def parts_for(purpose: str) -> frozenset[str]:
    """Return the parts of a fold that the features of *purpose* need; no others are kept."""
    return frozenset().union(*(f.parts for f in FEATURES if purpose in f.purposes))


def reads_for(purpose: str) -> frozenset[str]:
    """Return the properties that the features of *purpose* are computed from."""
    return frozenset().union(*(READS[part] for part in parts_for(purpose)))


def _of(
    purpose: str, folded: Folded, goods: Callable[[str], Item | None], at: datetime
) -> Iterator[Feature]:
    told = telling.Told(folded=folded, goods=goods, at=at)
    for feature in FEATURES:
        if purpose in feature.purposes and (said := feature.tell(told)) is not None:
            value, sentence = said
            yield Feature(
                name=feature.name,
                title=feature.title,
                purpose=purpose,
                value=value,
                explanation=f"{sentence} How it is computed: {feature.how}.",
            )


PURPOSES: Final = tuple(dict.fromkeys(p for feature in FEATURES for p in feature.purposes))
"""The purposes that read any feature."""

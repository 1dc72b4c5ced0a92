"""
The catalogue of the simulated shop, and the hidden facts that make its items sell.

Nothing here knows of shoppers; the pictures are drawn in `tactful.demo.pictures`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from tactful.demo.departments import COLLECTIONS, DEPARTMENTS, Department, Finish, Thing

CURRENCY = "EUR"
COMPANIONS = 4
"""How many items go together with each item."""

_OUT_OF_STOCK = 0.04
_POPULARITY_SPREAD = 0.9  # sigma of a log-normal: the best tenth of items takes a third of views
_PRICE_ENDINGS = (0, 50, 90, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the catalogue, as `tactful import --as catalogue` reads it.  Minor units."""

    id: str
    title: str
    category: str
    price: int
    currency: str
    brand: str
    url: str
    image: str
    availability: str
    attributes: Mapping[str, str]

    def line(self) -> dict[str, object]:
        """Return the item as one line of a catalogue file, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assortment:
    """
    All items with what only the simulation knows about them, in the order of `items`.

    `department` and `collection` are places in their lists (n,); `popularity` sums to 1 (n,);
    `tier` says how dear an item is among its kind, 0 to 1 (n,); `companions` are the places of
    the items that go with it, the closest first (n, COMPANIONS).
    """

    items: tuple[Item, ...]
    department: NDArray[np.int64]
    collection: NDArray[np.int64]
    popularity: NDArray[np.float64]
    tier: NDArray[np.float64]
    companions: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Design:
    department: int
    collection: int
    thing: Thing
    material: str
    finish: Finish


def assortment(size: int, rng: np.random.Generator) -> Assortment:
    """
    Return a catalogue of *size* items, spread evenly over the departments.

    Raises:
        ValueError: *size* is more than the words can name, or too few to fill each department.
    """
    designs = list(_designs(size, rng))
    tier = rng.beta(2.0, 2.0, size)
    popularity = rng.lognormal(0.0, _POPULARITY_SPREAD, size)
    popularity /= popularity.sum()
    department = np.array([d.department for d in designs])
    collection = np.array([d.collection for d in designs])
    return Assortment(
        items=tuple(
            _item(i, d, float(t), rng) for i, (d, t) in enumerate(zip(designs, tier, strict=True))
        ),
        department=department,
        collection=collection,
        popularity=popularity,
        tier=tier,
        companions=_companions(department, collection, popularity, rng),
    )


def _designs(size: int, rng: np.random.Generator) -> Iterator[_Design]:
    """Yield *size* different designs, taking the departments in turn."""
    decks = [_deck(i, department, rng) for i, department in enumerate(DEPARTMENTS)]
    most = len(decks) * min(map(len, decks))
    if not len(decks) <= size <= most:
        raise ValueError(f"a catalogue has {len(decks)} to {most} items, not {size}")
    for i in range(size):
        yield decks[i % len(decks)].pop()


def _deck(place: int, department: Department, rng: np.random.Generator) -> list[_Design]:
    every = [
        _Design(department=place, collection=line, thing=thing, material=material, finish=finish)
        for line, thing, material in product(
            range(len(COLLECTIONS)), department.things, department.materials
        )
        for finish in thing.finishes or department.finishes
    ]
    return [every[i] for i in rng.permutation(len(every))]


def _item(number: int, design: _Design, tier: float, rng: np.random.Generator) -> Item:
    department, collection = DEPARTMENTS[design.department], COLLECTIONS[design.collection]
    thing, finish = design.thing, design.finish
    item_id = f"{thing.name.replace(' ', '-')}-{number:04}"
    return Item(
        id=item_id,
        title=f"{collection} {design.material} {thing.name}, {finish.name}",
        category=department.name,
        price=_price(thing, tier, rng),
        currency=CURRENCY,
        brand=str(rng.choice(department.brands)),
        url=f"/shop/items/{item_id}",
        image=f"/shop/pictures/{item_id}.svg",
        availability="out_of_stock" if rng.random() < _OUT_OF_STOCK else "in_stock",
        attributes={
            "collection": collection,
            "kind": thing.name,
            "material": design.material,
            "finish": finish.name,
            "colour": finish.colour,
        },
    )


def _price(thing: Thing, tier: float, rng: np.random.Generator) -> int:
    whole = round(thing.low + tier * (thing.high - thing.low)) // 100 * 100
    return whole + int(rng.choice(_PRICE_ENDINGS))


def _companions(
    department: NDArray[np.int64],
    collection: NDArray[np.int64],
    popularity: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Draw for each item what goes with it: mostly its own collection, in a related department."""
    names = [d.name for d in DEPARTMENTS]
    related = np.eye(len(names)) * 0.5
    for i, other in enumerate(DEPARTMENTS):
        related[i, [names.index(name) for name in other.goes_with]] = 1.0
    together = related[department][:, department] + 0.01
    together *= np.where(collection[:, None] == collection, 1.0, 0.05)
    weights = np.log(together * np.sqrt(popularity))
    np.fill_diagonal(weights, -np.inf)
    return best(weights + rng.gumbel(size=weights.shape), COMPANIONS)


def best(scores: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """
    Return the places of the *count* highest of each row, best first (n, count).

    With Gumbel noise on log weights this is a draw without replacement.
    """
    found: NDArray[np.int64] = np.argsort(-scores, axis=1)[:, :count]
    return found

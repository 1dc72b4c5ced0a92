"""
The simulated shoppers: where they live, what they like, what their household uses up.

They are made up.  Mail addresses end in domains reserved for examples (RFC 2606).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tactful.demo.assortment import Assortment, best
from tactful.demo.departments import COLLECTIONS, DEPARTMENTS

REGIONS: Mapping[str, float] = {
    "DE": 0.25,
    "FR": 0.16,
    "NL": 0.10,
    "ES": 0.09,
    "IT": 0.07,
    "AT": 0.05,
    "PL": 0.04,
    "GB": 0.13,
    "US-CA": 0.08,
    "": 0.03,
}
"""Where shoppers live (ISO 3166 codes) and in which shares; empty where the shop cannot tell."""

FAVOURITES = 6
"""How many items each shopper comes back to."""

_MAIL_DOMAINS = ("example.com", "example.org", "example.net")
_WITH_EMAIL = 0.6
_WITH_STAPLES = 0.25
_VISITS_PER_WEEK = (0.5, 0.19)  # gamma: a few come weekly, most hardly once in two months
_REFILL_DAYS = (21.0, 63.0)
_FIRST_NAMES = (
    "alma",
    "bram",
    "clara",
    "dario",
    "elif",
    "finn",
    "greta",
    "hugo",
    "ines",
    "jonas",
    "kaja",
    "liam",
    "mila",
    "noor",
    "oskar",
    "paula",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Household:
    """A way of living: how old such people are, and which departments draw them."""

    age: int
    drawn_to: tuple[str, ...]


_HOUSEHOLDS = (
    _Household(age=26, drawn_to=("Stationery", "Bags", "Plants & Pots", "Candles")),
    _Household(age=36, drawn_to=("Kitchen", "Tableware", "Tea & Coffee")),
    _Household(age=45, drawn_to=("Lamps", "Cushions & Throws", "Candles")),
    _Household(age=55, drawn_to=("Knitwear", "Socks & Slippers", "Bath")),
    _Household(age=66, drawn_to=("Plants & Pots", "Tea & Coffee", "Tableware", "Knitwear")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staple:
    """An item that a household uses up, as its place in the catalogue, and in how many days."""

    item: int
    days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopper:
    """
    A simulated person.  `email` is empty for those who gave none.

    `tastes` are shares of the departments; `favourites` are places in the catalogue, the best
    liked first; `price_taste` runs from 0 (the cheapest of a kind) to 1.
    """

    id: str
    anonymous_id: str
    email: str = field(repr=False)
    region: str
    age: int
    tastes: tuple[float, ...]
    price_taste: float
    favourites: tuple[int, ...]
    staples: tuple[Staple, ...]
    visits_per_week: float


def population(size: int, goods: Assortment, rng: np.random.Generator) -> tuple[Shopper, ...]:
    """Return *size* shoppers with tastes for what *goods* has to offer."""
    household = rng.integers(len(_HOUSEHOLDS), size=size)
    tastes = _tastes(household, rng)
    price_taste = rng.beta(2.0, 2.0, size)
    liking = _liking(goods, tastes, price_taste, rng)
    favourites = best(liking, FAVOURITES)
    staples = best(liking + np.log(_used_up(goods) + 1e-12), 2)
    regions = rng.choice(list(REGIONS), size=size, p=list(REGIONS.values()))
    return tuple(
        Shopper(
            id=f"shopper-{i:05}",
            anonymous_id=str(UUID(bytes=rng.bytes(16), version=4)),
            email=_email(i, rng),
            region=str(regions[i]),
            age=_age(_HOUSEHOLDS[household[i]].age, rng),
            tastes=tuple(tastes[i].tolist()),
            price_taste=float(price_taste[i]),
            favourites=tuple(favourites[i].tolist()),
            staples=_staples(staples[i], rng),
            visits_per_week=float(rng.gamma(_VISITS_PER_WEEK[0], _VISITS_PER_WEEK[1])),
        )
        for i in range(size)
    )


def _tastes(household: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return each shopper's shares of the departments (n, departments), near their household's."""
    drawn = np.array(
        [[6.0 if d.name in h.drawn_to else 1.0 for d in DEPARTMENTS] for h in _HOUSEHOLDS]
    )
    weights = rng.gamma(0.35 * drawn[household]) + 1e-3
    shares: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _liking(
    goods: Assortment,
    tastes: NDArray[np.float64],
    price_taste: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return how much each shopper likes each item, as noisy log weights (shoppers, items)."""
    style = rng.gamma(0.5, size=(len(tastes), len(COLLECTIONS))) + 0.05
    far_in_price = np.abs(price_taste[:, None] - goods.tier)
    weights = tastes[:, goods.department] * style[:, goods.collection] * np.sqrt(goods.popularity)
    noise = rng.gumbel(size=weights.shape)
    return np.asarray(np.log(weights) - 3.0 * far_in_price + noise, dtype=np.float64)


def _used_up(goods: Assortment) -> NDArray[np.float64]:
    """Return 1 for what households use up, 0 for the rest (items,)."""
    return np.array([float(d.used_up) for d in DEPARTMENTS])[goods.department]


def _staples(liked: NDArray[np.int64], rng: np.random.Generator) -> tuple[Staple, ...]:
    if rng.random() >= _WITH_STAPLES:
        return ()
    chosen = liked[: int(rng.integers(1, len(liked) + 1))]
    return tuple(Staple(item=int(i), days=float(rng.uniform(*_REFILL_DAYS))) for i in chosen)


def _age(middle: int, rng: np.random.Generator) -> int:
    return int(np.clip(round(rng.normal(middle, 6.0)), 18, 90))


def _email(number: int, rng: np.random.Generator) -> str:
    name, domain = str(rng.choice(_FIRST_NAMES)), str(rng.choice(_MAIL_DOMAINS))
    return f"{name}.{number}@{domain}" if rng.random() < _WITH_EMAIL else ""

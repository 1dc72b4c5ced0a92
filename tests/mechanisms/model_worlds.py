"""Random logs, and what tests ask of models over them."""

import dataclasses

import numpy as np
from hypothesis import strategies as st

from tactful.mechanisms.arrays import Arrays
from tactful.mechanisms.models import Models, Settings
from tactful.mechanisms.popularity import PopularitySettings

ITEMS = ("apron", "bowl", "cup", "dish", "ewer", "fork", "\ud800", "größe")

items = st.sampled_from(ITEMS)
baskets = st.lists(items, max_size=6)
sessions = st.tuples(st.integers(0, 4), st.integers(-5, 50), baskets)
logs = st.lists(sessions, max_size=15)
groups = st.dictionaries(st.integers(1, 4), st.sampled_from(["north", "south"]))

SMALL = Settings(popularity=PopularitySettings(half_life_seconds=10, least_owners=2))


def with_least_owners(count: int) -> Settings:
    """Return the small settings with another threshold of owners."""
    return dataclasses.replace(
        SMALL, popularity=PopularitySettings(half_life_seconds=10, least_owners=count)
    )


def identical(one: Arrays, other: Arrays) -> bool:
    """Tell whether both hold the same bytes under the same names; a solution, to 1e-9."""
    return one.keys() == other.keys() and all(
        one[name].dtype == other[name].dtype
        and one[name].shape == other[name].shape
        and (one[name].tobytes() == other[name].tobytes() or _close(name, one, other))
        for name in one
    )


def _close(name: str, one: Arrays, other: Arrays) -> bool:
    return name == "ease_inverse" and bool(np.allclose(one[name], other[name], rtol=0, atol=1e-9))


def answers(models: Models) -> list[object]:
    """Return everything that the models say about the items of `ITEMS`."""
    asked = [list(ITEMS[:3]), list(ITEMS[2:]), [ITEMS[0]], []]
    return [
        *(
            ask(ids, limit=5)
            for ask in (models.nearest, models.beside, models.fused, models.discover)
            for ids in asked
        ),
        models.popular(limit=5),
        *(models.popular_in(name, limit=5) for name in ("north", "south", "east")),
    ]

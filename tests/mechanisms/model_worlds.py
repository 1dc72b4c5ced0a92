"""Random logs, and what tests ask of models over them."""

import dataclasses

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
    """Tell whether both hold the same bytes under the same names."""
    return one.keys() == other.keys() and all(
        one[name].dtype == other[name].dtype
        and one[name].shape == other[name].shape
        and one[name].tobytes() == other[name].tobytes()
        for name in one
    )


def answers(models: Models) -> list[object]:
    """Return everything that the models say about the items of `ITEMS`."""
    asked = [list(ITEMS[:3]), list(ITEMS[2:]), [ITEMS[0]], []]
    return [
        *(
            ask(ids, limit=5)
            for ask in (models.nearest, models.beside, models.fused)
            for ids in asked
        ),
        models.popular(limit=5),
        *(models.popular_in(name, limit=5) for name in ("north", "south", "east")),
    ]

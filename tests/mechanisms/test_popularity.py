"""Popularity: what many chose, and nothing of what few did."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_worlds import groups, logs, with_least_owners

from tactful.mechanisms.interactions import Interactions, Session
from tactful.mechanisms.models import Models


def owners_of(log: list[Session], among: set[int] | None = None) -> dict[str, set[int]]:
    """Return which owners chose each item."""
    owners = defaultdict(set)
    for owner, _, items in log:
        if among is None or owner in among:
            for item in items:
                owners[item].add(owner)
    return owners


@settings(max_examples=50, deadline=None)
@given(logs, groups, st.integers(1, 4))
def test_what_fewer_than_k_owners_chose_is_never_shown(
    log: list[Session], named: dict[int, str], least: int
) -> None:
    """Over everybody and within each group, exactly the items of at least k owners are listed."""
    models = Models.build(Interactions.of(log, groups=named), with_least_owners(least))

    def enough(among: set[int] | None) -> set[str]:
        return {item for item, who in owners_of(log, among).items() if len(who) >= least}

    assert {c.item for c in models.popular(limit=99)} == enough(None)
    for name in ("north", "south"):
        members = {owner for owner, group in named.items() if group == name}
        assert {c.item for c in models.popular_in(name, limit=99)} == enough(members)


def test_one_owner_counts_once_and_by_the_last_time() -> None:
    """Ten visits of one do not outweigh two others; a half-life halves."""
    log: list[Session] = [(1, end, ["cup"]) for end in range(10)]
    log += [(2, 20, ["mug"]), (3, 10, ["mug"])]

    answer = Models.build(Interactions.of(log), with_least_owners(1)).popular(limit=9)

    assert [(c.item, c.score) for c in answer] == [
        ("mug", 1.5),
        ("cup", pytest.approx(2 ** (-11 / 10))),
    ]


def test_sessions_of_nobody_are_one_owner_but_count_each() -> None:
    """Nobody knows whether they are many: they cannot reach a threshold alone."""
    log: list[Session] = [(0, 5, ["cup"]), (0, 5, ["cup"]), (0, 5, ["mug"]), (1, 5, ["cup"])]

    answer = Models.build(Interactions.of(log), with_least_owners(2)).popular(limit=9)

    assert [(c.item, c.score) for c in answer] == [("cup", 3.0)]


def test_excluded_items_make_room_for_the_next() -> None:
    """A limit counts what is shown."""
    log: list[Session] = [(1, 1, ["cup", "mug", "pot"]), (2, 2, ["cup", "mug"]), (3, 3, ["cup"])]
    models = Models.build(Interactions.of(log), with_least_owners(1))

    assert [c.item for c in models.popular(limit=1, exclude=frozenset(["cup"]))] == ["mug"]

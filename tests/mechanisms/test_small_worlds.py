"""Worlds so small that the right answer can be seen by eye."""

import dataclasses

import pytest

from tactful.mechanisms.co_occurrence import CoOccurrenceSettings
from tactful.mechanisms.ease import EaseSettings
from tactful.mechanisms.interactions import Interactions, Session
from tactful.mechanisms.models import Candidate, Models, Settings
from tactful.mechanisms.nearest_sessions import NearestSettings
from tactful.mechanisms.popularity import PopularitySettings

PLAIN = Settings(
    nearest=NearestSettings(recent=2, nearest=2, fading=0.5, length_damping=0.0, ageing=0.0),
    beside=CoOccurrenceSettings(
        neighbours=2, length_damping=0, from_popularity=0, to_popularity=0, sharpness=1, again=1
    ),
    ease=EaseSettings(most_items=0),
)

COUNTS = Settings(ease=EaseSettings(most_items=0))
"""Baskets are completed by counts alone."""

TEA: list[Session] = [
    (1, 10, ["kettle", "teapot"]),
    (2, 20, ["teapot", "cup", "saucer"]),
    (3, 30, ["cup", "saucer"]),
    (4, 40, ["kettle", "mug"]),
]


def names(answer: tuple[Candidate, ...]) -> list[str]:
    """Return which items were answered, in order."""
    return [candidate.item for candidate in answer]


@pytest.fixture(scope="module")
def tea() -> Models:
    """Four sessions around a tea table."""
    return Models.build(Interactions.of(TEA), PLAIN)


def test_the_nearest_sessions_share_most_with_the_question(tea: Models) -> None:
    """Session 2 shares the teapot and the cup; of those that share one, the newest also votes."""
    answer = tea.nearest(["teapot", "cup"], limit=9, exclude=frozenset(["teapot", "cup"]))

    assert names(answer) == ["saucer"]
    assert dict(answer[0].because).keys() == {"teapot", "cup"}


def test_a_newer_choice_weighs_more(tea: Models) -> None:
    """Kettle last: the kettle's company comes first; cup last: the cup's."""
    asked = frozenset(["kettle", "cup"])

    assert names(tea.nearest(["cup", "kettle"], limit=1, exclude=asked)) == ["mug"]
    assert names(tea.nearest(["kettle", "cup"], limit=1, exclude=asked)) == ["saucer"]


def test_only_the_most_recent_sessions_of_an_item_are_looked_at() -> None:
    """Of three sessions with the kettle the oldest is past the limit of two."""
    log: list[Session] = [(0, end, ["kettle", item]) for end, item in enumerate(["a", "b", "c"])]
    many = dataclasses.replace(PLAIN, nearest=dataclasses.replace(PLAIN.nearest, nearest=9))

    answer = Models.build(Interactions.of(log), many).nearest(["kettle"], limit=9)

    assert set(names(answer)) == {"kettle", "b", "c"}


def test_a_vote_fades_with_the_distance_from_the_match() -> None:
    """Two places from the match a vote counts half of what it counts next to it."""
    log: list[Session] = [(0, 1, ["kettle", "near", "far"]), (0, 2, ["other"])]

    answer = Models.build(Interactions.of(log), PLAIN).nearest(["kettle"], limit=9)

    score = {candidate.item: candidate.score for candidate in answer}
    assert score["far"] == pytest.approx(score["near"] / 2)


def test_distance_is_counted_from_the_newest_match() -> None:
    """What stands beside the last choice comes before what stands beside an older one."""
    log: list[Session] = [(0, 1, ["left", "older", "between", "newer", "right"]), (0, 2, ["x"])]
    asked = frozenset(["older", "newer"])

    answer = Models.build(Interactions.of(log), PLAIN).nearest(
        ["older", "newer"], limit=9, exclude=asked
    )

    assert names(answer) == ["between", "right", "left"]


def test_an_item_of_every_session_tells_little() -> None:
    """The bag is in every session, the pen in one: the pen comes first."""
    log: list[Session] = [(0, 1, ["ink", "bag", "pen"]), (0, 2, ["bag", "x"]), (0, 3, ["bag"])]
    flat = dataclasses.replace(PLAIN, nearest=dataclasses.replace(PLAIN.nearest, fading=1.0))

    answer = Models.build(Interactions.of(log), flat).nearest(["ink"], limit=9)

    assert names(answer) == ["ink", "pen", "bag"]


def test_likeness_counts_the_sessions_shared(tea: Models) -> None:
    """Cup and saucer stand together twice, cup and teapot once."""
    answer = tea.beside(["cup"], limit=9)

    assert [(c.item, c.score) for c in answer] == [("saucer", 2.0), ("teapot", 1.0)]
    assert answer[0].because == (("cup", 2.0),)


def test_likeness_adds_up_over_a_basket(tea: Models) -> None:
    """Nothing in the basket is answered, and its order does not matter."""
    answer = tea.beside(["cup", "saucer"], limit=9)

    assert [(c.item, c.score) for c in answer] == [("teapot", 2.0)]
    assert [(c.item, c.score) for c in tea.beside(["saucer", "cup"], limit=9)] == [("teapot", 2.0)]


def test_a_neighbour_past_the_cut_moves_up_when_another_is_forgotten() -> None:
    """Lists are cut after counting: who was third is second once the second is gone."""
    log: list[Session] = [
        *((1, end, ["hub", "a"]) for end in range(3)),
        *((2, end, ["hub", "b"]) for end in range(2)),
        (3, 0, ["hub", "c"]),
    ]
    models = Models.build(Interactions.of(log), PLAIN)

    assert names(models.beside(["hub"], limit=9)) == ["a", "b"]
    assert names(models.without(2).beside(["hub"], limit=9)) == ["a", "c"]


def test_popular_items_and_long_sessions_can_be_damped() -> None:
    """The bag goes with everything, so it goes with the pen less than the ink does."""
    log: list[Session] = [
        (0, 1, ["pen", "ink"]),
        (0, 2, ["pen", "bag"]),
        (0, 3, ["bag", "a"]),
        (0, 4, ["bag", "b"]),
    ]

    answer = Models.build(Interactions.of(log), COUNTS).beside(["pen"], limit=9)

    assert names(answer) == ["ink", "bag"]


def test_what_both_lists_name_comes_first(tea: Models) -> None:
    """The fused score is the sum of what the two lists give; shares tell where it came from."""
    answer = tea.fused(["cup"], limit=9)

    assert names(answer)[:2] == ["cup", "saucer"]
    assert answer[0].score == pytest.approx(1.6 / 11)


def order_of_votes(
    log: list[Session], *, nearest: int = 2, ageing: float = 0.0, length_damping: float = 0.0
) -> list[str]:
    """Return what the sessions nearest to the kettle answer, with other settings."""
    flat = NearestSettings(nearest=nearest, ageing=ageing, length_damping=length_damping, fading=1)
    models = Models.build(Interactions.of(log), dataclasses.replace(PLAIN, nearest=flat))
    return names(models.nearest(["kettle"], limit=9, exclude=frozenset(["kettle"])))


OLD_AND_NEW: list[Session] = [(0, 1, ["kettle", "a"]), (0, 2, ["kettle", "b"]), (0, 3, ["c"])]
SHORT_AND_LONG: list[Session] = [
    (0, 1, ["kettle", "z"]),
    (0, 2, ["kettle", "a", "b"]),
    (0, 3, ["c"]),
]


def test_older_sessions_count_less_when_they_age() -> None:
    """Equal votes go by name; an ageing log prefers the newer."""
    assert order_of_votes(OLD_AND_NEW) == ["a", "b"]
    assert order_of_votes(OLD_AND_NEW, ageing=1.0) == ["b", "a"]


def test_longer_sessions_count_less_when_damped() -> None:
    """In a short session each item says more; damped, it is also nearer."""
    assert order_of_votes(SHORT_AND_LONG) == ["a", "b", "z"]
    assert order_of_votes(SHORT_AND_LONG, length_damping=1.0) == ["z", "a", "b"]
    assert order_of_votes(SHORT_AND_LONG, nearest=1) == ["a", "b"]
    assert order_of_votes(SHORT_AND_LONG, nearest=1, length_damping=1.0) == ["z"]


def test_a_session_met_long_ago_is_trusted_less() -> None:
    """One place back an item weighs half, and its sessions are believed nine tenths."""
    log: list[Session] = [(0, 1, ["kettle", "a"]), (0, 2, ["cup", "b"])]

    answer = Models.build(Interactions.of(log), PLAIN).nearest(["kettle", "cup"], limit=9)

    score = {candidate.item: candidate.score for candidate in answer}
    assert score["a"] == pytest.approx(score["b"] * 0.45)


def test_likeness_is_damped_by_length_and_sharpened() -> None:
    """A session of four counts half; sharpened, a half becomes a quarter."""
    log: list[Session] = [(0, 1, ["cup", "a", "b", "c"]), (0, 2, ["cup", "z"])]
    beside = dataclasses.replace(PLAIN.beside, length_damping=1.0, sharpness=2.0, neighbours=9)
    models = Models.build(Interactions.of(log), dataclasses.replace(PLAIN, beside=beside))

    assert [(c.item, c.score) for c in models.beside(["cup"], limit=2)] == [("z", 1.0), ("a", 0.25)]


def test_what_was_chosen_most_often_comes_again_first() -> None:
    """Two cups before one dish; of equals the later, unless the other is the popular one."""
    popular: list[Session] = [(owner, 40 + owner, ["mug"]) for owner in range(1, 6)]
    least = dataclasses.replace(PLAIN, popularity=PopularitySettings(least_owners=2))
    own = ["cup", "mug", "dish", "cup"]

    alone = Models.build(Interactions.of([]), least).again(own, limit=9)
    among = Models.build(Interactions.of(popular), least).again(own, limit=9)

    assert names(alone) == ["cup", "dish", "mug"]
    assert names(among) == ["mug", "cup", "dish"]
    assert names(Models.build(Interactions.of([]), least).again(own, limit=1)) == ["cup"]


def test_what_was_chosen_is_no_discovery() -> None:
    """A kettle and a cup: what completes them is neither, and the popular one comes first."""
    both: list[Session] = [(n, n, ["kettle", "mug"]) for n in range(1, 11)]
    log = both + [(20 + n, n, ["kettle", "saucer"]) for n in range(1, 9)]
    log += [(40 + n, 10, ["saucer"]) for n in range(30)]
    models = Models.build(
        Interactions.of(log), Settings(popularity=PopularitySettings(least_owners=2))
    )

    answer = models.discover(["kettle", "cup", "kettle"], limit=9)

    assert names(answer) == ["saucer", "mug"]
    assert names(models.beside(["kettle"], limit=9)) == ["mug", "saucer"]

"""The linear model of baskets: its solution, its reasons, and what it forgets."""

import dataclasses
import random

import numpy as np
import pytest
from hypothesis import given, settings
from model_worlds import logs

from tactful.mechanisms.co_occurrence import UNIT
from tactful.mechanisms.ease import DRIFT, Ease, EaseSettings
from tactful.mechanisms.interactions import Interactions, Session
from tactful.mechanisms.models import equal

TINY = EaseSettings(least_sessions=1, regularisation=0.5)

few = settings(max_examples=50, deadline=None)


def solved(sessions: list[Session], how: EaseSettings = TINY) -> tuple[Interactions, Ease]:
    """Return a log and its model."""
    log = Interactions.of(sessions)
    return log, Ease.of(log, how)


def by_definition(log: Interactions, how: EaseSettings) -> np.ndarray:
    """Return (items, items) what each item says for another, as the paper writes it."""
    x = np.zeros((len(log), len(log.vocabulary)))
    for session in range(len(log)):
        x[session, log.items[log.offsets[session] : log.offsets[session + 1]]] = 1.0
    size = np.maximum(x.sum(axis=1), 2)
    weights = np.rint(UNIT * (size / 2) ** -how.length_damping) / UNIT
    gram = x.T @ (x * weights[:, None]) + how.regularisation * np.eye(x.shape[1])
    inverse = np.linalg.inv(gram)
    says: np.ndarray = inverse / -np.diag(inverse)[None, :]
    np.fill_diagonal(says, 0.0)
    return says


@few
@given(logs)
def test_the_scores_are_those_of_the_paper(sessions: list[Session]) -> None:
    """Two items asked with: each answer's reasons are the entries of the paper's matrix."""
    log, model = solved(sessions)
    if len(log.vocabulary) < 3:
        return
    asked = np.array([0, 1], np.int32)

    found, shares = model.rank(asked, np.ones(2), factors=None, banned=asked, limit=9)

    expected = by_definition(log, TINY)[:2]
    assert shares == pytest.approx(expected[:, found].T, abs=1e-9)
    better = set(np.flatnonzero(expected.sum(axis=0) > 1e-9)) - {0, 1}
    assert better <= set(found.tolist())
    assert not {0, 1} & set(found.tolist())
    assert np.all(np.diff(shares.sum(axis=1)) <= 1e-9)


@few
@given(logs)
def test_forgetting_equals_never_having_known(sessions: list[Session]) -> None:
    """One after another, every owner leaves, down to an empty log."""
    log, model = solved(sessions)
    for owner in (3, 1, 2, 4):
        rest = log.without(owner)
        if rest is not log:
            model, log = model.without(log, rest, owner), rest
        afresh = Ease.of(log, TINY)
        assert model.items.tolist() == afresh.items.tolist()
        assert np.allclose(model.inverse, afresh.inverse, rtol=0, atol=1e-9)


def a_large_log() -> list[Session]:
    """1,200 owners with two baskets each of 60 items."""
    chance = random.Random(7)  # noqa: S311 - no secret
    goods = [f"item {n:02}" for n in range(60)]
    return [
        (owner, chance.randrange(9_999), chance.sample(goods, chance.randint(1, 6)))
        for owner in range(1, 1_201)
        for _ in range(2)
    ]


def test_a_thousand_removals_leave_no_drift() -> None:
    """The inverse is that of the rest though never solved anew, and the same items come first."""
    log, model = solved(a_large_log())
    for owner in range(1, 1_001):
        rest = log.without(owner)
        model, log = model.without(log, rest, owner), rest
    afresh = Ease.of(log, TINY)

    assert 0.0 < np.abs(model.inverse - afresh.inverse).max() <= 1e-9
    asked = np.array([3, 9], np.int32)
    ranked = [
        m.rank(asked, np.ones(2), factors=None, banned=asked, limit=20)[0].tolist()
        for m in (model, afresh)
    ]
    assert ranked[0] == ranked[1]
    assert len(ranked[0]) == 20


def test_an_inverse_that_has_drifted_is_solved_anew() -> None:
    """An error past the bound is seen at the next removal, and gone after it."""
    log, model = solved(a_large_log())
    spoilt = dataclasses.replace(model, inverse=model.inverse * 1.001)
    rest = log.without(5)

    assert model.drift(log) <= DRIFT < spoilt.drift(log)
    healed = spoilt.without(log, rest, 5)
    assert np.array_equal(healed.inverse, Ease.of(rest, TINY).inverse)


def test_too_many_items_give_no_model() -> None:
    """The inverse would hold their square; once few enough are left, there is one."""
    small = dataclasses.replace(TINY, most_items=2)
    log, model = solved([(1, 1, ["cup", "dish"]), (2, 2, ["ewer"])], small)
    rest = log.without(2)

    assert len(model.items) == 0
    assert not model.knows(np.array([0], np.int32))
    assert len(model.without(log, rest, 2).items) == 2


def test_an_item_of_too_few_sessions_has_no_place() -> None:
    """The ewer was chosen once; with the dish's second choice gone, the dish is out too."""
    twice = dataclasses.replace(TINY, least_sessions=2)
    sessions: list[Session] = [
        (1, 1, ["cup", "dish"]),
        (2, 2, ["cup", "ewer"]),
        (3, 3, ["cup", "dish"]),
        *((9, end, ["fork", "glass"]) for end in range(4, 9)),
    ]
    log, model = solved(sessions, twice)
    rest = log.without(3)
    after = model.without(log, rest, 3)

    assert [log.vocabulary.ids[code] for code in model.items] == ["cup", "dish", "fork", "glass"]
    assert [rest.vocabulary.ids[code] for code in after.items] == ["cup", "fork", "glass"]
    assert np.allclose(after.inverse, Ease.of(rest, twice).inverse, rtol=0, atol=1e-12)


def test_equal_models_are_told_from_others() -> None:
    """A count is equal or not; an inverse may be a billionth away, and no more."""
    log, model = solved([(1, 1, ["cup", "dish"])])
    arrays = {**log.arrays(), **model.arrays()}

    assert equal(arrays, {**arrays, "ease_inverse": model.inverse + 9e-10})
    assert not equal(arrays, {**arrays, "ease_inverse": model.inverse + 2e-9})
    assert not equal(arrays, {**arrays, "items": log.items + 1})
    assert not equal(arrays, {**arrays, "items": log.items[:1]})
    assert not equal(arrays, log.arrays())

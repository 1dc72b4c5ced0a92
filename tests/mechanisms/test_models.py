"""The promises of the models, over every log that could have been."""

import math
import random
import threading
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_worlds import (
    ITEMS,
    SMALL,
    answers,
    baskets,
    groups,
    identical,
    logs,
    with_least_owners,
)
from numba import config

from tactful.mechanisms.co_occurrence import rank_beside, share_beside
from tactful.mechanisms.interactions import Interactions, Session
from tactful.mechanisms.models import Candidate, Models
from tactful.mechanisms.nearest_sessions import rank_nearest, share_nearest
from tactful.mechanisms.next_items import next_items

KERNELS = (rank_nearest, share_nearest, rank_beside, share_beside, next_items)

few = settings(max_examples=50, deadline=None)


def built(sessions: list[Session], named: Mapping[int, str] | None = None) -> Models:
    """Return the models of *sessions*."""
    return Models.build(Interactions.of(sessions, groups=named), SMALL)


def mapped(models: Models, folder: Path) -> Models:
    """Return *models* written to files and mapped from there."""
    arrays = {}
    for name, array in models.arrays().items():
        np.save(path := folder / f"{name}.npy", array)
        arrays[name] = np.load(path, mmap_mode="r" if array.size else None)
    return Models.from_arrays(arrays, SMALL)


@few
@given(logs, baskets, st.integers(1, 8))
def test_contributions_add_up_to_the_score(
    log: list[Session], asked: list[str], limit: int
) -> None:
    """Whatever is answered, the shares of the items asked with explain all of its score."""
    models = built(log)
    for ask in (models.nearest, models.beside, models.fused, models.discover, models.again):
        for candidate in ask(asked, limit=limit):
            total = sum(share for _, share in candidate.because)
            assert math.isclose(total, candidate.score, abs_tol=1e-12)
            assert all(item in asked for item, _ in candidate.because)
            # In a basket an item may speak against another.
            assert ask in (models.beside, models.discover) or all(
                share > 0 for _, share in candidate.because
            )


@few
@given(logs, baskets, st.integers(1, 8), st.frozensets(st.sampled_from(ITEMS)))
def test_an_answer_is_ranked_and_leaves_out_what_is_excluded(
    log: list[Session], asked: list[str], limit: int, excluded: frozenset[str]
) -> None:
    """Best first, no item twice, none excluded, no more than asked for."""
    models = built(log)
    for ask in (models.nearest, models.beside, models.fused, models.discover, models.again):
        answer = ask(asked, limit=limit, exclude=excluded)
        names = [candidate.item for candidate in answer]
        assert len(names) == len(set(names)) <= limit
        assert not excluded & set(names)
        assert all(
            a.score >= b.score or math.isclose(a.score, b.score) for a, b in pairwise(answer)
        )


@few
@given(logs, groups, st.randoms(use_true_random=False))
def test_the_order_in_which_sessions_arrive_changes_nothing(
    log: list[Session], named: dict[int, str], shuffled: random.Random
) -> None:
    """A log read back in another order gives the same bytes."""
    before = built(log, named).arrays()
    shuffled.shuffle(log)

    assert identical(before, built(log, named).arrays())


@few
@given(logs, groups, st.permutations([1, 2, 3, 4]))
def test_forgetting_equals_never_having_known(
    log: list[Session], named: dict[int, str], leaving: list[int]
) -> None:
    """After each removal the models are those that were built without the owner, bit for bit."""
    models = built(log, named)
    for count, owner in enumerate(leaving, start=1):
        models = models.without(owner)
        rest = [session for session in log if session[0] not in leaving[:count]]
        assert identical(models.arrays(), built(rest, named).arrays())
    assert identical(models.arrays(), built(log, named).without(*leaving).arrays())


@few
@given(logs, groups)
def test_models_come_back_from_their_arrays(log: list[Session], named: dict[int, str]) -> None:
    """Written down and read again, they hold and answer the same, and forget the same."""
    models = built(log, named)
    again = Models.from_arrays(models.arrays(), settings=SMALL)

    assert identical(models.arrays(), again.arrays())
    assert answers(models) == answers(again)
    assert identical(models.without(1).arrays(), again.without(1).arrays())


def test_an_artefact_from_before_a_model_is_completed() -> None:
    """What was written without EASE is read, and EASE is solved from its log."""
    models = built([(1, 1, ["cup", "dish"]), (2, 2, ["cup", "dish"]), (3, 3, ["cup", "ewer"])])
    older = {name: a for name, a in models.arrays().items() if not name.startswith("ease")}

    assert len(older) < len(models.arrays())
    assert identical(models.arrays(), Models.from_arrays(older, SMALL).arrays())


def test_no_array_can_be_changed() -> None:
    """Models are shared between threads and mapped from files: nothing writes on them."""
    arrays = built([(1, 1, ["cup", "dish"])]).arrays()

    for array in arrays.values():
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.skipif(config.DISABLE_JIT, reason="nothing is compiled in this run")
def test_after_warming_nothing_is_compiled(tmp_path: Path) -> None:
    """Built, empty or mapped from files: every model is asked through the same machine code."""
    built([]).warm()
    compiled = [len(kernel.signatures) for kernel in KERNELS]

    answers(built([(1, 1, ["cup", "dish"]), (2, 2, ["cup", "ewer"])]))
    answers(mapped(built([(1, 1, ["cup", "dish"])]), tmp_path))

    assert compiled == [1] * len(KERNELS)
    assert [len(kernel.signatures) for kernel in KERNELS] == compiled


def test_models_of_nothing_answer_nothing() -> None:
    """An empty log is a valid start."""
    models = built([])
    models.warm()

    assert all(answer == () for answer in answers(models))


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_gives_nothing(limit: int) -> None:
    """No limit is too small to ask."""
    models = Models.build(Interactions.of([(1, 1, ["cup", "dish"])]), with_least_owners(1))

    assert models.nearest(["cup"], limit=limit) == ()
    assert models.beside(["cup"], limit=limit) == ()
    assert models.fused(["cup"], limit=limit) == ()
    assert models.popular(limit=limit) == ()


def test_unknown_items_are_ignored() -> None:
    """An item that no session holds changes no answer."""
    models = built([(1, 1, ["cup", "dish"]), (2, 2, ["cup", "ewer"])])

    assert models.fused(["cup", "unheard of"], limit=5) == models.fused(["cup"], limit=5)
    assert models.beside(["unheard of"], limit=5) == ()


def test_only_the_newest_items_of_a_long_session_are_looked_at() -> None:
    """What was chosen before the window changes no answer."""
    models = built([(1, 1, [f"item {n}" for n in range(20)])])
    long = [f"item {n}" for n in range(15)]

    answer = models.nearest(long, limit=9)

    assert answer == models.nearest(long[-SMALL.window :], limit=9)
    assert answer != models.nearest(long[-SMALL.window + 1 :], limit=9)


def test_a_stranger_to_the_log_leaves_no_gap() -> None:
    """Forgetting an owner who is not in the log changes nothing, and costs nothing."""
    models = built([(1, 1, ["cup", "dish"])])

    assert models.without(7) is models


def test_many_threads_ask_at_once() -> None:
    """Answers do not depend on who else is asking."""
    models = built([(n, n, [ITEMS[n % 5], ITEMS[(n * 3 + 1) % 5]]) for n in range(1, 40)])
    expected = models.fused(list(ITEMS[:4]), limit=5)
    found: list[tuple[Candidate, ...]] = []

    def ask() -> None:
        found.extend(models.fused(list(ITEMS[:4]), limit=5) for _ in range(50))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [expected] * 200


def test_a_memory_mapped_array_is_as_good_as_one_in_memory(tmp_path: Path) -> None:
    """Arrays of a file answer like arrays of a build."""
    models = built([(1, 1, ["cup", "dish"]), (2, 2, ["cup", "ewer"])])

    assert answers(mapped(models, tmp_path)) == answers(models)

"""Protocols: which questions are asked, and how answers are averaged."""

from collections.abc import Iterator, Sequence

import pytest

from tactful.mechanisms.models import Candidate
from tactful.mechanisms.protocols import (
    Case,
    basket_completion,
    every_prefix,
    later_choices,
    measure,
    next_item,
)


def ticks() -> Iterator[int]:
    """Yield times such that the first question takes 1 microsecond, the second 3."""
    yield from (0, 1_000, 2_000, 5_000)


def echo(asked: Sequence[str], /, *, limit: int, exclude: frozenset[str]) -> list[Candidate]:
    """Answer with what was asked."""
    return [Candidate(item, 1.0, ()) for item in asked if item not in exclude][:limit]


def test_answers_are_averaged_over_all_cases() -> None:
    """One question hit at rank 2, one missed; times in microseconds."""
    cases = [
        Case(asked=["a", "b"], targets=frozenset("b")),
        Case(asked=["a"], targets=frozenset("a"), exclude=frozenset("a")),
    ]
    done: list[int] = []

    found = measure(echo, cases, clock_ns=ticks().__next__, on_progress=done.append)

    assert (found.cases, found.hit_rate, found.reciprocal_rank) == (2, 0.5, 0.25)
    assert (found.p50_us, found.p99_us) == pytest.approx((2.0, 2.98))
    assert done == [1, 2]
    assert found.plain()["hit_rate"] == 0.5


def test_no_cases_average_to_nothing() -> None:
    """An empty protocol is no error."""
    assert measure(echo, [], clock_ns=lambda: 0).cases == 0


def test_next_item_may_leave_out_what_was_seen() -> None:
    """Filtered, a session that returns to one of its own items is no question."""
    prefixes = [(["a", "b"], "a"), (["a", "b"], "c")]

    assert len(list(next_item(prefixes))) == 2
    assert list(next_item(prefixes, filter_seen=True)) == [
        Case(asked=["a", "b"], targets=frozenset("c"), exclude=frozenset("ab"))
    ]


def test_every_prefix_with_a_known_next_item_is_asked() -> None:
    """The first item of a session cannot be foreseen; an unknown one is not asked for."""
    assert list(every_prefix([["a", "?", "b"]], known={"a", "b"})) == [(["a", "?"], "b")]


def test_one_item_of_each_basket_is_hidden() -> None:
    """Unknown items do not count, and a basket of one is no question."""
    cases = basket_completion([["a", "?", "b", "a"], ["a"]], known={"a", "b"}, choose=lambda _n: 0)

    assert list(cases) == [Case(asked=["b"], targets=frozenset("a"), exclude=frozenset("b"))]


def test_later_choices_are_asked_of_those_with_a_history() -> None:
    """Filtered, only what is new to the owner counts."""
    before = {1: ["a"], 2: ["b"]}
    after = {1: ["a", "c", "?"], 2: ["b"], 3: ["a"]}

    def cases(*, filter_seen: bool) -> list[Case]:
        return list(later_choices(before, after, known=set("abc"), filter_seen=filter_seen))

    assert cases(filter_seen=True) == [
        Case(asked=["a"], targets=frozenset("c"), exclude=frozenset("a"))
    ]
    assert [case.targets for case in cases(filter_seen=False)] == [frozenset("ac"), frozenset("b")]

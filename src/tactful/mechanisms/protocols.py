"""
Ask models the questions of an evaluation protocol, and average how well they answer.

A protocol is a list of cases, made from what was held out of training; what was held out, and how
it was read, is the caller's.  Reads no clock of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np

from tactful.mechanisms.ranking_metrics import CUTOFF, hit_rate, ndcg, reciprocal_rank

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known, what was chosen then, and what may not be answered."""

    asked: Sequence[str]
    targets: frozenset[str]
    exclude: frozenset[str] = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Averages over all cases at rank 20, and how long a question took, in microseconds."""

    cases: int
    hit_rate: float
    reciprocal_rank: float
    ndcg: float
    p50_us: float
    p99_us: float

    def plain(self) -> dict[str, float]:
        """Return the figures as plain data, for JSON."""
        return {name: round(figure, 4) for name, figure in asdict(self).items()}


class Named(Protocol):
    """An answer: all that is looked at is which item it names."""

    @property
    def item(self) -> str:
        """The item's id."""


class Ask(Protocol):
    """A question to a model."""

    def __call__(
        self, asked: Sequence[str], /, *, limit: int, exclude: frozenset[str]
    ) -> Sequence[Named]:
        """Return at most *limit* answers, best first, none of them in *exclude*."""


def measure(
    ask: Ask,
    cases: Sequence[Case],
    *,
    clock_ns: Callable[[], int],
    on_progress: Callable[[int], None] = lambda _done: None,
) -> Metrics:
    """
    Put every case to *ask* and average the answers.

    *clock_ns* counts nanoseconds: CPU time of the thread, for figures that can be compared.
    *on_progress* is called after each case with how many are done.
    """
    scores = np.zeros((len(cases), 4))
    for number, case in enumerate(cases):
        started = clock_ns()
        answer = ask(case.asked, limit=CUTOFF, exclude=case.exclude)
        spent = clock_ns() - started
        scores[number] = *_score([named.item for named in answer], case.targets), spent / 1_000
        on_progress(number + 1)
    return _average(scores)


def next_item(
    prefixes: Iterable[tuple[Sequence[str], str]], *, filter_seen: bool = False
) -> Iterator[Case]:
    """
    Ask which item comes next in a session (protocols A, A' and B).

    With *filter_seen* items of the session may not be answered, and sessions that go on with one
    of their own are left out.
    """
    for prefix, target in prefixes:
        seen = frozenset(prefix) if filter_seen else NOTHING
        if target not in seen:
            yield Case(asked=prefix, targets=frozenset([target]), exclude=seen)


def every_prefix(
    sessions: Iterable[Sequence[str]], *, known: Collection[str]
) -> Iterator[tuple[Sequence[str], str]]:
    """Cut each session before every item but the first, if that item is *known*."""
    for items in sessions:
        for place in range(1, len(items)):
            if items[place] in known:
                yield items[:place], items[place]


def basket_completion(
    baskets: Iterable[Sequence[str]], *, known: Collection[str], choose: Callable[[int], int]
) -> Iterator[Case]:
    """
    Hide one item of each basket of at least two *known* ones, and ask for it (protocol D).

    *choose* is given n and returns which of n items to hide, in 0..n - 1.
    """
    for basket in baskets:
        items = [item for item in dict.fromkeys(basket) if item in known]
        if len(items) > 1:
            hidden = items.pop(choose(len(items)))
            yield Case(asked=items, targets=frozenset([hidden]), exclude=frozenset(items))


def later_choices(
    before: Mapping[int, Sequence[str]],
    after: Mapping[int, Sequence[str]],
    *,
    known: Collection[str],
    filter_seen: bool,
) -> Iterator[Case]:
    """
    Ask what each owner of a history chose later (protocols C and C1).

    With *filter_seen* only what the owner had never chosen before counts, or may be answered.
    """
    for owner in before.keys() & after.keys():
        seen = frozenset(before[owner]) if filter_seen else NOTHING
        targets = frozenset(item for item in after[owner] if item in known) - seen
        if targets:
            yield Case(asked=before[owner], targets=targets, exclude=seen)


def _score(ranked: Sequence[str], targets: frozenset[str]) -> tuple[float, float, float]:
    return hit_rate(ranked, targets), reciprocal_rank(ranked, targets), ndcg(ranked, targets)


def _average(scores: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Metrics:
    some = scores if len(scores) else np.zeros((1, 4))
    hits, ranks, gains, spent = some.T
    p50, p99 = np.percentile(spent, [50, 99])
    return Metrics(
        cases=len(scores),
        hit_rate=float(hits.mean()),
        reciprocal_rank=float(ranks.mean()),
        ndcg=float(gains.mean()),
        p50_us=float(p50),
        p99_us=float(p99),
    )

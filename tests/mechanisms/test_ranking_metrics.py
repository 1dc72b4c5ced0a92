"""Metrics against answers worked out by hand."""

import math

import pytest

from tactful.mechanisms.ranking_metrics import hit_rate, ndcg, reciprocal_rank

RANKED = [f"i{rank}" for rank in range(1, 31)]


@pytest.mark.parametrize(
    ("targets", "expected"),
    [
        ({"i1"}, (1, 1, 1)),
        ({"i3"}, (1, 1 / 3, 1 / 2)),
        ({"i20"}, (1, 1 / 20, 1 / math.log2(21))),
        ({"i21"}, (0, 0, 0)),
        (set(), (0, 0, 0)),
        ({"i1", "i3"}, (1, 1, 1.5 / (1 + 1 / math.log2(3)))),
        ({"i3", "elsewhere"}, (1, 1 / 3, 0.5 / (1 + 1 / math.log2(3)))),
        (set(RANKED), (1, 1, 1)),
    ],
)
def test_known_answers(targets: set[str], expected: tuple[float, float, float]) -> None:
    """One target: 1 / log2(rank + 1).  More: divided by the best that min(20, n) could give."""
    found = [metric(RANKED, targets) for metric in (hit_rate, reciprocal_rank, ndcg)]

    assert found == pytest.approx(expected)

"""The heap that every ranking goes through."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tactful.mechanisms.best import Heap, offer, order

offers = st.lists(st.sampled_from([0.5, 1.0, 2.0]), max_size=20)


@settings(deadline=None)
@given(offers, st.integers(0, 6))
def test_the_best_are_kept_in_order(scores: list[float], room: int) -> None:
    """As many as there is room for; of equal scores the greater name first."""
    heap, size = Heap(np.zeros(room), np.zeros(room, np.int64)), 0
    for name, score in enumerate(scores):
        size = offer(heap, size, score, name)
    order(heap, size)

    best = sorted(((score, name) for name, score in enumerate(scores)), reverse=True)[:room]
    assert list(zip(heap.scores[:size], heap.names[:size], strict=True)) == best

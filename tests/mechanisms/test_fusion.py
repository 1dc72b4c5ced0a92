"""Reciprocal rank fusion, by hand."""

import numpy as np
import pytest

from tactful.mechanisms.fusion import add_shares, fuse


def test_ranks_add_up_over_both_lists() -> None:
    """7 is second and first, 3 first only, 5 second in the other list only."""
    items, parts = fuse(np.array([3, 7]), np.array([7, 5]), np.zeros(8, np.int32), (1.0, 0.5), 9)

    assert items.tolist() == [7, 3, 5]
    assert parts == pytest.approx(np.array([[1 / 3, 1 / 4], [1 / 2, 0], [0, 1 / 6]]))


def test_only_the_best_are_returned() -> None:
    """A limit cuts after fusing, not before."""
    items, _ = fuse(np.array([3, 7]), np.array([7, 5]), np.zeros(8, np.int32), (1.0, 0.5), 1)

    assert items.tolist() == [7]


def test_shares_are_scaled_to_what_each_list_gave() -> None:
    """Three to one in the first list, all of the second: of 0.4 and 0.2, 0.3 and 0.1 + 0.2."""
    first = np.array([[6.0, 2.0], [1.0, 1.0], [1.0, 3.0]])
    second = np.array([[0.0, 5.0], [4.0, 4.0], [1.0, 1.0]])

    shares = add_shares(first, second, np.array([[0.4, 0.2], [0.0, 1.0], [1.0, 0.0]]))

    assert shares == pytest.approx(np.array([[0.3, 0.3], [0.5, 0.5], [0.25, 0.75]]))

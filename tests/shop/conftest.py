"""A real shop in a folder of its own, with a few goods and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from shop_worlds import GOODS, Clock

from tactful.assembly import Opened, init_shop, open_shop
from tactful.shop import Shop


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands at noon on 1 March 2026."""
    return Clock()


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Iterator[Opened]:
    """Open a new shop with five items."""
    folder = tmp_path / "shop"
    init_shop(folder)
    opened = open_shop(folder, clock=clock)
    opened.shop.put_items(GOODS)
    yield opened
    opened.close()


@pytest.fixture
def shop(opened: Opened) -> Shop:
    """Return the new shop."""
    return opened.shop

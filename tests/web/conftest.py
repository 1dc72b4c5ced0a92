"""Fixtures of the web tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from web_worlds import World, served


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return a new shop, served in this process."""
    with served(tmp_path / "shop") as found:
        yield found

"""Fixtures of the reliability tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from plug_worlds import Plug

from tactful.assembly import init_shop


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[Plug]:
    """Return a new shop that is not served yet; its server is gone afterwards."""
    folder = tmp_path / "shop"
    with Plug(folder=folder, keys=init_shop(folder)) as found:
        yield found

"""Fixtures of the reliability tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from plug_worlds import Plug

from tactful.assembly import init_shop

GROWTH_BYTES = 60_000_000
"""How much a server may grow, whatever it is sent: caches fill, nothing piles up."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plug]:
    """Return a served shop; by the end, its server has neither failed nor grown."""
    folder = tmp_path_factory.mktemp("fuzzed") / "shop"
    with Plug(folder=folder, keys=init_shop(folder)) as plug:
        before = plug.serve().memory()
        yield plug
        assert plug.running.process.is_alive()
        assert plug.memory() - before < GROWTH_BYTES
        assert "unexpected error" not in plug.running.logged
        assert plug.get("/readyz").status_code == 200


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[Plug]:
    """Return a new shop that is not served yet; its server is gone afterwards."""
    folder = tmp_path / "shop"
    with Plug(folder=folder, keys=init_shop(folder)) as found:
        yield found

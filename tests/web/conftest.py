"""Fixtures of the web tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from npm_worlds import node_modules
from web_worlds import World, served


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Return a new shop, served in this process."""
    with served(tmp_path / "shop") as found:
        yield found


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a shop that nothing is ever stored in; shared, because tests only look."""
    with served(tmp_path_factory.mktemp("quiet") / "shop") as found:
        yield found
        assert found.kept() == 0


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the script of axe-core, which finds barriers in a page."""
    return (node_modules() / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")

"""Fixtures of the tests with real clients."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from server_worlds import Running, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return a running server, shared by the tests of a module."""
    with running(tmp_path_factory.mktemp("heard") / "shop") as found:
        yield found

"""One browser and one shop for all tests of our modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sdk_worlds import CHROMIUM, shop
from server_worlds import Running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Serve a shop with goods."""
    with shop(tmp_path_factory.mktemp("sdk") / "shop") as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Start a browser."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()

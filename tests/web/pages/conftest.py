"""A demonstration shop, open, and browsers that look at it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from page_worlds import browser, new_shop

from tactful.assembly import Opened, open_shop


@dataclass(frozen=True)
class Made:
    """A shop folder, and the secret key that was shown when it was made."""

    folder: Path
    secret_key: str


@pytest.fixture(scope="session")
def made_shops(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Made]:
    """Make one demonstration and one real shop; tests work on copies."""
    found = {}
    for demo in (True, False):
        folder = tmp_path_factory.mktemp("made") / "shop"
        found[demo] = Made(folder, new_shop(folder, demo=demo))
    return found


@pytest.fixture
def opened(made_shops: dict[bool, Made], tmp_path: Path) -> Iterator[Opened]:
    """Open a demonstration shop."""
    yield from _copy_of(made_shops[True], tmp_path / "demo")


@pytest.fixture
def real(made_shops: dict[bool, Made], tmp_path: Path) -> Iterator[Opened]:
    """Open a shop that is no demonstration."""
    yield from _copy_of(made_shops[False], tmp_path / "real")


@pytest.fixture
def secret_key(made_shops: dict[bool, Made]) -> str:
    """Return the secret key of the shop that is no demonstration."""
    return made_shops[False].secret_key


@pytest.fixture
def client(opened: Opened) -> Iterator[TestClient[Any]]:
    """Return a browser on the machine that serves the demonstration."""
    with browser(opened) as found:
        yield found


def _copy_of(made: Made, folder: Path) -> Iterator[Opened]:
    shutil.copytree(made.folder, folder)
    opened = open_shop(folder)
    yield opened
    opened.close()

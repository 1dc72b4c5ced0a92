"""One stage for all: making keys and reading the policy pack takes longer than a world."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest
from noninterference_worlds import Stage

MEMORY = Path("/dev/shm")  # noqa: S108 - the folders in it are made by `mkdtemp`
"""Worlds are opened hundreds of times and thrown away: nothing needs to reach a disk."""


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Return a stage in a folder of its own, in memory where there is some."""
    folder = Path(mkdtemp(dir=MEMORY)) if MEMORY.is_dir() else tmp_path_factory.mktemp("stage")
    yield Stage(folder)
    shutil.rmtree(folder)

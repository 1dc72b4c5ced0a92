"""
Packages of npm that tests use, installed once into a folder that the repository ignores.

Nothing of what they bring is run while they are installed.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PACKAGES = Path(__file__).with_name("package.json")
CACHE = PACKAGES.parents[2] / "build" / "clients"
SECONDS = 120
OLDEST_NODE = 20


@functools.cache
def node_modules() -> Path:
    """Return the folder with npm's packages; skip the test where there can be none."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed: run packaging/system-packages node")
    if (version := _version_of(node)) < OLDEST_NODE:
        pytest.skip(f"node {version} is too old for these clients: they need {OLDEST_NODE}")
    wanted = (PACKAGES).read_bytes()
    ready = CACHE / hashlib.sha256(wanted).hexdigest()[:16]
    CACHE.mkdir(parents=True, exist_ok=True)
    with _alone():
        if not ready.exists():
            _install(npm, ready)
    return ready


def _version_of(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, check=True, text=True).stdout
    return int(said.strip().removeprefix("v").partition(".")[0])


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process install, and the others wait for it."""
    with (CACHE / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _install(npm: str, ready: Path) -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as draft:
        shutil.copy(PACKAGES, draft)
        told = ("--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock")
        try:
            done = subprocess.run(
                [npm, "install", *told],
                cwd=draft,
                capture_output=True,
                check=False,
                text=True,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            pytest.skip("npm did not install the clients in time: is its registry reachable?")
        if done.returncode:
            why = done.stderr.strip().splitlines()[-1:] or ["npm says nothing"]
            pytest.skip(f"npm cannot install the clients: {why[0][:200]}")
        Path(draft).rename(ready)
        Path(draft).mkdir()

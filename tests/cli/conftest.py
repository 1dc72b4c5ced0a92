"""Shops on disk, made once and copied for each test, and a way to run commands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from cli_worlds import EVERYTHING, Run, orders_csv, run, subjects_csv


@pytest.fixture(scope="session")
def _empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty") / "shop"
    assert run("init", str(folder)).code == 0
    return folder


@pytest.fixture(scope="session")
def _taught(_empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("taught") / "shop"
    shutil.copytree(_empty, folder)
    names = [f"buyer-{number}" for number in range(12)]
    files = folder.parent
    (files / "subjects.csv").write_text(subjects_csv(names, EVERYTHING), "utf-8")
    (files / "orders.csv").write_text(orders_csv(names), "utf-8")
    shop = ["--shop", str(folder)]
    assert run("import", str(files / "subjects.csv"), "--as", "subjects", *shop).code == 0
    assert run("import", str(files / "orders.csv"), "--as", "orders", *shop).code == 0
    assert run("train", *shop).code == 0
    return folder


@pytest.fixture
def empty(_empty: Path, tmp_path: Path) -> Run:
    """Return a way to run commands on a new shop."""
    return Run(Path(shutil.copytree(_empty, tmp_path / "shop")))


@pytest.fixture
def taught(_taught: Path, tmp_path: Path) -> Run:
    """Return a way to run commands on a shop with buyers who allow everything, and models."""
    return Run(Path(shutil.copytree(_taught, tmp_path / "shop")))

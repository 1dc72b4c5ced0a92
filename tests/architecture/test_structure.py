"""The architecture, executable: what the code may import, mint and measure itself against."""

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tactful"
INSIDE = ("terms", "gate", "mechanisms", "capabilities", "shop")
MINTED = {"Permit", "Permitted", "Audience"}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}


def parsed(*packages: str) -> Iterator[tuple[Path, ast.Module]]:
    """Yield every module of *packages*, or of all, with its path inside the source."""
    for path in sorted(SOURCE.rglob("*.py")):
        inside = path.relative_to(SOURCE)
        if not packages or inside.parts[0] in packages:
            yield inside, ast.parse(path.read_text(encoding="utf-8"))


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with the name that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def test_the_import_contracts_hold(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Layers, independence, adapters, purity and cycles are as pyproject.toml says."""
    from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

    monkeypatch.setattr(sys, "path", [*sys.path])  # the linter adds to it
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)

    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


FORGES = ("testing", "noninterference", "planting.py")
"""Puts data below the gate on purpose, so that it can be seen whether any of it gets out."""


def test_only_the_gate_mints_permits() -> None:
    """Nobody else makes a permit, an audience or permitted data, nor a changed copy of one."""
    minters = {
        f"{path}:{call.lineno}"
        for path, tree in parsed()
        for name, call in calls(tree)
        if name.rpartition(".")[2] in MINTED or (name.endswith("replace") and "permit" in _of(call))
        if path.parts[0] != "gate" and path.parts != FORGES
    }

    assert minters == set()


def test_the_inside_is_told_the_time() -> None:
    """Below assembly the moment is an argument: nothing reads a clock to decide by."""
    readers = {
        f"{path}:{call.lineno}"
        for path, tree in parsed(*INSIDE)
        for name, call in calls(tree)
        if name in CLOCKS
    }

    assert readers == set()


def test_functions_are_short() -> None:
    """Half of all functions have at most nine lines, and none has more than fifty."""
    lengths = {
        f"{path}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {name: lines for name, lines in lengths.items() if lines > 50} == {}
    assert statistics.median(lengths.values()) <= 9


def _of(call: ast.Call) -> str:
    return ast.unparse(call.args[0]).lower() if call.args else ""

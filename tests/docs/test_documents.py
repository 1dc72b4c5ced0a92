"""The documents tell the truth: the code in them runs, and their links lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tactful.assembly import init_shop, open_shop
from tactful.shop import Who
from tactful.terms import Item

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"<!-- file: (\S+) -->\n```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_journey_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Refusal, grant, reasons, withdrawal, erasure: as it stands in the README, on a new shop."""
    monkeypatch.chdir(tmp_path)
    _shop_with_tea(tmp_path / "my-shop")
    (journey,) = CODE.findall((ROOT / "README.md").read_text("utf-8"))

    exec(compile(journey, "README.md", "exec"), {})  # noqa: S102 - it is our own document

    printed = capsys.readouterr().out
    assert "consent_when_needed - no consent was given" in printed
    assert "tea-01" in printed


def test_the_code_that_explains_the_gate_runs() -> None:
    """All of it, from the top of the page to its end, and what it claims is so."""
    page = (ROOT / "docs" / "explanation" / "the-gate.md").read_text("utf-8")

    exec(compile("\n".join(CODE.findall(page)), "the-gate.md", "exec"), {})  # noqa: S102 - ours


def _shop_with_tea(folder: Path) -> None:
    """Make a shop where tea is bought with a teapot by enough people to learn it."""
    init_shop(folder)
    opened = open_shop(folder)
    opened.shop.put_items([Item(id="tea-01", title="Tea"), Item(id="pot-01", title="Teapot")])
    for number in range(6):
        name = f"teacher-{number}"
        opened.shop.consent(Who(user_id=name), {"model_training": "grant"}, notice="privacy@1")
        products = [{"product_id": "tea-01"}, {"product_id": "pot-01"}]
        order = {"type": "track", "event": "Order Completed", "userId": name, "messageId": name}
        opened.shop.collect([order | {"properties": {"products": products}}])
    opened.shop.train()
    opened.close()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link and picture of the documents exists."""
    targets = LINK.findall(page.read_text("utf-8"))
    missing = [target for target in targets if not (page.parent / target).exists()]

    assert missing == []


def test_the_readme_is_short() -> None:
    """A README of at most 150 lines gets read."""
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 150


def test_commands_in_the_tutorial_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every `tactful` line of the tutorial succeeds in order, in a new folder, as written."""
    from click.testing import CliRunner

    from tactful.cli import main

    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "tutorial" / "first-shop.md").read_text("utf-8")
    for name, content in FILE.findall(text):
        (tmp_path / name).write_text(content, "utf-8")
    commands = re.findall(r"^\$ tactful (.*)$", text, re.MULTILINE)
    assert len(commands) >= 8
    for command in commands:
        result = CliRunner().invoke(main, shlex.split(command))
        assert result.exit_code == 0, f"tactful {command}: {result.output}"

"""The demonstration: one run fills a shop, keeps every promise of its story, and sums up."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from tactful.assembly import open_shop
from tactful.demo.run import run
from tactful.shop import Question, Who
from tactful.terms import Mistake


def told(folder: Path, **more: object) -> str:
    """Run a small demonstration in *folder* and return what it printed."""
    out = io.StringIO()
    console = Console(file=out, width=100)
    run(folder=folder, data=more.get("data"), port=8787, shoppers=250, console=console)  # type: ignore[arg-type]
    return out.getvalue()


def test_the_demonstration_keeps_its_promises(tmp_path: Path) -> None:
    """A broken promise would raise; and what it leaves behind can be opened and asked."""
    folder = tmp_path / "demo"

    story = told(folder)

    assert "models after erasing equal those never taught by her: True" in story
    assert "choices about personal data are simulated" in story
    assert "HR@20" in story
    levels = json.loads((folder / "evaluation.json").read_text())["levels"]
    assert levels["individual"]["hr"] > levels["none"]["hr"]
    people = json.loads((folder / "demo.json").read_text())
    opened = open_shop(folder)
    answer = opened.shop.decide(Question(slot="trending", who=Who(user_id=people[0]["id"])))
    opened.close()
    assert answer.items


def test_a_second_run_replaces_the_first_and_nothing_else(tmp_path: Path) -> None:
    """An earlier demonstration is thrown away; any other folder is left alone, and named."""
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years of work")

    with pytest.raises(Mistake, match="no demonstration shop"):
        told(precious)

    assert (precious / "thesis.txt").read_text() == "years of work"


def test_a_purchase_log_plays_the_shop(tmp_path: Path) -> None:
    """With the columns of UCI Online Retail a real log takes the place of the simulated shop."""
    log = tmp_path / "log.csv"
    log.write_text(_log(), "utf-8")

    story = told(tmp_path / "demo", data=log)

    assert "taught by" in story


def _log() -> str:
    """Return a log of 80 customers who buy pairs of goods once a week."""
    lines = ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"]
    for week in range(10):
        for customer in range(80):
            for item in (customer % 6, customer % 6 + 6, (customer + week) % 12):
                day = f"{1 + week * 7 % 28:02d}"
                lines.append(
                    f"{500000 + week * 100 + customer},{22000 + item},GOOD NUMBER {item},2,"
                    f"2011-{1 + week // 4:02d}-{day} 10:00:00,2.55,{12000 + customer},Germany"
                )
    return "\n".join(lines) + "\n"

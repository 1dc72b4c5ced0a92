"""`tactful train` and `tactful evaluate`."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from cli_worlds import EVERYTHING, Run, orders_csv, run, subjects_csv


def test_train_counts_who_taught_and_who_did_not(taught: Run) -> None:
    """Twelve allowed it; whoever did not is counted by the rule that said so."""
    taught("consent", "record", "carl", "--deny", "model_training", "--region", "DE")

    trained = taught("train", "--json").json

    assert (trained["subjects"], trained["items"]) == (12, 4)
    assert sum(trained["refused"].values()) == 1
    assert "12 subjects taught" in taught("train").out


def test_an_empty_shop_is_told_what_is_missing(empty: Run) -> None:
    """Training on nothing works and says what to do; evaluating nothing fails and says why."""
    assert "model_training" in empty("train").out
    empty("evaluate").failed("nothing to evaluate")


def test_evaluate_shows_every_level(empty: Run) -> None:
    """Each level gets its figures, in a table and as JSON."""
    names = [f"buyer-{number}" for number in range(28)]
    empty("import", empty.file("s.csv", subjects_csv(names, EVERYTHING)), "--as", "subjects")
    empty("import", empty.file("o.csv", orders_csv(names)), "--as", "orders")

    levels = empty("evaluate", "--weeks", "3", "--json").json["levels"]

    assert list(levels) == ["none", "session", "segment", "individual"]
    assert levels["session"]["hr"] > 0
    assert "NDCG@20" in empty("evaluate", "--weeks", "3").out


def test_evaluate_wants_one_thing(empty: Run) -> None:
    """Neither a shop nor a protocol, or both, is a usage error."""
    assert run("evaluate").code == 2
    assert run("evaluate", "--protocol", "A").code == 2
    assert empty("evaluate", "--protocol", "A", "--data", ".").code == 2


def test_evaluate_names_the_missing_data(tmp_path: Path) -> None:
    """A folder without the data set: one line that names the file."""
    for protocol, name in (("A'", "train_sessions"), ("B", "clicks_train"), ("D", "online_retail")):
        run("evaluate", "--protocol", protocol, "--data", str(tmp_path)).failed(name)


def test_evaluate_measures_a_protocol(tmp_path: Path) -> None:
    """A tiny data set in the form of protocol A is learned and asked, each model by itself."""
    folder = tmp_path / "diginetica"
    folder.mkdir()
    sessions = "[1, 2, 3]\n" * 5
    (folder / "train_sessions.jsonl.gz").write_bytes(gzip.compress(sessions.encode()))
    (folder / "test_prefixes.jsonl.gz").write_bytes(gzip.compress(b"[[1, 2], 3]\n"))

    found = run("evaluate", "--protocol", "A", "--data", str(tmp_path), "--json").json

    assert found["models"]["nearest"]["hit_rate"] == 1.0
    assert set(found["models"]) == {"nearest", "fused", "popular"}


@pytest.mark.skipif("TACTFUL_DATA" not in os.environ, reason="TACTFUL_DATA names no data folder")
def test_evaluate_reaches_the_reference_on_baskets() -> None:
    """Protocol D on Online Retail is not below the item-item models of others (HR@20 .339)."""
    found = run("evaluate", "--protocol", "D", "--data", os.environ["TACTFUL_DATA"], "--json").json

    assert found["models"]["beside"]["cases"] == 2464
    assert found["models"]["beside"]["hit_rate"] >= 0.339

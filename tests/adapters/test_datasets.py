"""Readers of public data: the filters of each protocol, on lines written by hand."""

import gzip
from pathlib import Path

import pytest

from tactful.adapters.datasets import (
    Question,
    Visit,
    diginetica_questions,
    diginetica_visits,
    epoch,
    online_retail_visits,
    yoochoose_visits,
)
from tactful.terms import Mistake

RETAIL = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850,United Kingdom
1,71053,"LANTERN, WHITE",6,2010-12-01 08:26:00,3.39,17850,United Kingdom
2,84406B,HANGER,8,2010-12-01 08:28:00,2.75,,France
C3,84406B,HANGER,-8,2010-12-01 08:28:00,2.75,17850,United Kingdom
A4,84406,DEBT,1,2010-12-01 08:28:00,2.75,,United Kingdom
5,84406,NOTHING,0,2010-12-01 08:28:00,2.75,17850,United Kingdom
6,84406,FREE,1,2010-12-01 08:28:00,0.0,17850,United Kingdom
7,POST,POSTAGE,1,2010-12-01 08:28:00,18.0,17850,United Kingdom
"""


def written(path: Path, text: str) -> Path:
    """Write *text* compressed, and return where."""
    path.write_bytes(gzip.compress(text.encode()))
    return path


def test_only_sold_goods_are_read(tmp_path: Path) -> None:
    """Cancellations, adjustments, nothing, gifts and postage are no purchases."""
    visits = online_retail_visits(written(tmp_path / "retail.csv.gz", RETAIL))

    assert visits == [
        Visit(owner=17850, ended_at=epoch("2010-12-01 08:26:00"), items=("85123A", "71053")),
        Visit(owner=0, ended_at=epoch("2010-12-01 08:28:00"), items=("84406B",)),
    ]


def test_sessions_keep_their_order(tmp_path: Path) -> None:
    """Diginetica's sessions have no times: each ends one second after the one before."""
    written(tmp_path / "train_sessions.jsonl.gz", "[1,2]\n[3]\n")
    written(tmp_path / "test_prefixes.jsonl.gz", "[[1,2],3]\n")

    assert diginetica_visits(tmp_path) == [
        Visit(owner=0, ended_at=0, items=("1", "2")),
        Visit(owner=0, ended_at=1, items=("3",)),
    ]
    assert diginetica_questions(tmp_path) == [Question(prefix=("1", "2"), target="3")]


def test_clicks_become_sessions(tmp_path: Path) -> None:
    """A session ends with its last click."""
    clicks = "SessionId\tItemId\tTime\n3\t71\t10.94\n3\t72\t12.31\n6\t73\t20.0\n"

    assert yoochoose_visits(written(tmp_path / "clicks.tsv.gz", clicks)) == [
        Visit(owner=0, ended_at=12, items=("71", "72")),
        Visit(owner=0, ended_at=20, items=("73",)),
    ]


def test_lines_are_reported(tmp_path: Path) -> None:
    """Whoever shows progress learns at least the last line."""
    told: list[int] = []

    online_retail_visits(written(tmp_path / "retail.csv.gz", RETAIL), on_lines=told.append)

    assert told == [9]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The message says which file is looked for, and what to give."""
    with pytest.raises(Mistake, match=r"train_sessions\.jsonl\.gz is not in .*: give the folder"):
        diginetica_visits(tmp_path)


def test_an_empty_file_holds_no_sessions(tmp_path: Path) -> None:
    """Nothing in, nothing out."""
    assert yoochoose_visits(written(tmp_path / "clicks.tsv.gz", "")) == []

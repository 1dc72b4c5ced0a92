"""
Read the public data sets that recommendation is measured on.

Each reader takes the path of the data as it is published and applies the filters that its protocol
states.  Splits nothing and measures nothing; the data is not part of tactful.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tactful.terms import Mistake

Counting = Callable[[int], None]
"""Called with how many lines were read so far."""

REPORT_EVERY = 10_000

GOODS = re.compile(r"\d{5}")
"""Codes of products begin so; postage, samples and fees do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Items chosen in one sitting, in order.  Owner 0: nobody known.  `ended_at`: epoch seconds."""

    owner: int
    ended_at: int
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The beginning of a session, and the item that came next."""

    prefix: tuple[str, ...]
    target: str


def silent(_lines: int) -> None:
    """Report nothing."""


def diginetica_visits(folder: Path, *, on_lines: Counting = silent) -> list[Visit]:
    """Read the training sessions; having only their order, each ends one second later."""
    lines = _lines(folder / "train_sessions.jsonl.gz", on_lines)
    return [
        Visit(owner=0, ended_at=number, items=tuple(map(str, json.loads(line))))
        for number, line in enumerate(lines)
    ]


def diginetica_questions(folder: Path, *, on_lines: Counting = silent) -> list[Question]:
    """Read the test prefixes and their targets."""
    parsed = map(json.loads, _lines(folder / "test_prefixes.jsonl.gz", on_lines))
    return [Question(prefix=tuple(map(str, items)), target=str(next_)) for items, next_ in parsed]


def yoochoose_visits(path: Path, *, on_lines: Counting = silent) -> list[Visit]:
    """Read the sessions of one file of clicks, which stand together and in time order."""
    rows = csv.DictReader(_lines(path, on_lines), delimiter="\t")
    grouped = itertools.groupby(rows, key=lambda row: row["SessionId"])
    return [_clicked(list(clicks)) for _, clicks in grouped]


def online_retail_visits(path: Path, *, on_lines: Counting = silent) -> list[Visit]:
    """
    Read the invoices for goods, in the order of the file; owner 0 where no customer is named.

    Left out: cancellations and adjustments, lines without a quantity or a price, codes that are no
    product's.
    """
    rows = filter(_is_goods, csv.DictReader(_lines(path, on_lines)))
    grouped: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        grouped.setdefault(row["InvoiceNo"], []).append(row)
    return [_invoiced(lines) for lines in grouped.values()]


def epoch(day: str) -> int:
    """Return an ISO date or time, taken as UTC, in epoch seconds."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


def _clicked(clicks: Sequence[Mapping[str, str]]) -> Visit:
    ended_at = int(float(clicks[-1]["Time"]))
    return Visit(owner=0, ended_at=ended_at, items=tuple(click["ItemId"] for click in clicks))


def _is_goods(row: Mapping[str, str]) -> bool:
    return (
        row["InvoiceNo"][:1] not in {"A", "C"}
        and int(row["Quantity"]) > 0
        and float(row["UnitPrice"]) > 0
        and GOODS.match(row["StockCode"]) is not None
    )


def _invoiced(lines: Sequence[Mapping[str, str]]) -> Visit:
    first = lines[0]
    return Visit(
        owner=int(float(first["CustomerID"] or 0)),
        ended_at=epoch(first["InvoiceDate"]),
        items=tuple(line["StockCode"] for line in lines),
    )


def _lines(path: Path, on_lines: Counting) -> Iterator[str]:
    if not path.is_file():
        raise Mistake(f"{path.name} is not in {path.parent}: give the folder that holds it")
    number = 0
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for number, line in enumerate(lines, start=1):
            if number % REPORT_EVERY == 0:
                on_lines(number)
            yield line
    on_lines(number)

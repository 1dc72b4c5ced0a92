"""`tactful import`: every line is kept, refused, left out or rejected, and accounted for."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest
from cli_worlds import EVERYTHING, NOTICE, Run, orders_csv, subjects_csv

NAMES = ("ada", "ben")
EVENTS = [
    {
        "type": "track",
        "event": "Product Viewed",
        "userId": name,
        "messageId": f"view-{name}",
        "timestamp": "2025-05-05T12:00:00Z",
        "properties": {"product_id": "kettle", "secret": "undeclared"},
    }
    for name in NAMES
]


@pytest.fixture
def willing(empty: Run) -> Run:
    """Return a shop where ada and ben allow everything."""
    people = empty.file("subjects.csv", subjects_csv(NAMES, EVERYTHING))
    assert empty("import", people, "--as", "subjects").code == 0
    return empty


def test_orders_are_imported_once(willing: Run) -> None:
    """The second import of the same file adds nothing and says so."""
    orders = willing.file("orders.csv", orders_csv(NAMES))

    first = willing("import", orders, "--as", "orders", "--json").json
    again = willing("import", orders, "--as", "orders", "--json").json

    assert (first["rows"], first["calls"], first["new"], first["duplicates"]) == (8, 4, 4, 0)
    assert (again["new"], again["duplicates"]) == (0, 4)
    assert len(willing("subject", "export", "ada").json["events"]) == 2


def test_statements_are_imported_once(willing: Run) -> None:
    """A subject's statements stand once on record, however often the file is imported."""
    people = willing.file("subjects.csv", subjects_csv(NAMES, EVERYTHING))

    again = willing("import", people, "--as", "subjects", "--json").json

    assert (again["subjects"], again["statements"]) == (2, 0)
    said = willing("subject", "export", "ada").json["statements"]
    assert len(said) == len(EVERYTHING)
    assert {statement["source"] for statement in said} == {"import:subjects.csv"}


def test_nobody_allowed_anything(empty: Run) -> None:
    """Where all is refused nothing is written down, and the summary says what to do first."""
    ended = empty("import", empty.file("orders.csv", orders_csv(NAMES)), "--as", "orders")

    assert ended.code == 0
    assert "Nobody in this file has allowed anything" in ended.out
    assert "--as subjects" in ended.out
    empty("subject", "show", "ada").failed("no subject is known")


def test_bad_lines_cost_no_others(willing: Run) -> None:
    """A broken line goes into the rejects with its number and reason; the rest is imported."""
    lines = orders_csv(NAMES).splitlines()
    lines[3] = "broken,ada"
    lines.append("ada-9,ada,yesterday,kettle,1,9.90,EUR")
    orders = willing.file("orders.csv", "\n".join(lines))

    report = willing("import", orders, "--as", "orders", "--json").json

    assert (report["new"], report["rejected"]) == (4, 2)
    rejects = Path(report["rejects"])
    assert rejects == Path(orders + ".rejects.csv")
    assert rejects.stat().st_mode & 0o777 == 0o600
    with rejects.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["line"]) for row in rows] == [4, 10]
    assert all(row["reason"] for row in rows)
    assert rows[0]["row"] == "broken,ada"


def test_calls_that_cannot_be_read_are_rejected_by_line(willing: Run) -> None:
    """What only turns out to be malformed when it is collected still names its line."""
    calls = [*EVENTS, EVENTS[0] | {"messageId": "x" * 10_000}]
    events = willing.file("events.jsonl", "\n".join(map(json.dumps, calls)))

    report = willing("import", events, "--as", "events", "--json").json

    assert (report["new"], report["rejected"]) == (2, 1)
    with Path(report["rejects"]).open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["line"] == "3"


def test_events_keep_declared_properties_only(willing: Run) -> None:
    """An undeclared property is dropped on the way in, also from the shop's own past."""
    events = willing.file("events.jsonl", "\n".join(map(json.dumps, EVENTS)))
    assert willing("import", events, "--as", "events").code == 0

    (event,) = willing("subject", "export", "ada").json["events"]

    assert event["items"] == ["kettle"]
    assert "undeclared" not in json.dumps(event)


def test_a_statement_that_cannot_stand_is_rejected(empty: Run) -> None:
    """An unknown purpose or notice rejects the line; the other subjects are read."""
    good = subjects_csv(NAMES, EVERYTHING)
    bad = good.splitlines()[1].replace("ada", "cy").replace(NOTICE, "privacy@99")

    report = empty("import", empty.file("s.csv", good + bad), "--as", "subjects", "--json").json

    assert (report["subjects"], report["rejected"]) == (2, 1)
    assert "privacy@99" in Path(report["rejects"]).read_text("utf-8")


def test_a_catalogue_shows_up_in_answers(empty: Run) -> None:
    """Imported titles appear where items are recommended; a packed file is unpacked."""
    goods = b'{"id": "lamp", "title": "A red lamp"}\n'

    ended = empty("import", empty.file("goods.jsonl.gz", gzip.compress(goods)), "--as", "catalogue")

    assert "1 items put into the catalogue" in ended.out
    assert "A red lamp" in empty("decide", "--slot", "trending").out


def test_a_map_says_which_column_means_what(willing: Run) -> None:
    """With --map a file in another shape and language is read."""
    orders = willing.file("b.csv", "Nr;Kunde;Tag;Ware\n1;ada;05.03.2025;kettle\n")
    mapping = willing.file(
        "map.toml",
        '[file]\ndelimiter = ";"\n[time]\nformats = ["%d.%m.%Y"]\n'
        '[columns]\norder_id = "Nr"\nuserId = "Kunde"\ntimestamp = "Tag"\nproduct_id = "Ware"\n',
    )

    report = willing("import", orders, "--as", "orders", "--map", mapping, "--json").json

    assert (report["new"], report["rejected"]) == (1, 0)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("semicolons.csv", "order_id;userId;date;product_id\n1;ada;2025-03-05;a\n", "semicolons"),
        ("columns.csv", "a,b\n1,2\n", "has no column for userId"),
        ("latin.csv", "userId,date,item\nJos\xe9,2025-03-05,a\n".encode("latin-1") * 9, "UTF-8"),
        ("empty.csv", "", "is empty"),
        ("sheet.xlsx", b"PK\x03\x04rest", "save the sheet as CSV"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read(name: str, content: str | bytes, words: str, empty: Run) -> None:
    """Wrong delimiter, columns, encoding or form: one line that says what to do, nothing done."""
    empty("import", empty.file(name, content), "--as", "orders").failed(words)
    assert list(empty.folder.parent.glob("*.rejects.csv")) == []


def test_a_purchase_log_is_known_by_its_columns(willing: Run) -> None:
    """UCI Online Retail needs no map; what its protocol leaves out is counted by reason."""
    log = willing.file(
        "log.csv",
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
        "536365,85123A,WHITE HEART,6,2010-12-01 08:26:00,2.55,ada,Germany\n"
        "C536366,85123A,WHITE HEART,-6,2010-12-01 08:27:00,2.55,ada,Germany\n"
        "536367,71053,LANTERN,1,2010-12-01 08:28:00,3.39,,Germany\n",
    )

    report = willing("import", log, "--as", "orders", "--json").json
    goods = willing("import", log, "--as", "catalogue", "--json").json

    assert (report["rows"], report["new"], report["rejected"]) == (3, 1, 0)
    assert report["skipped"] == {"cancelled or corrected invoice": 1, "no customer": 1}
    assert goods["items"] == 2
    assert "left out: no customer" in willing("import", log, "--as", "orders").out


def test_a_file_that_is_not_there(empty: Run) -> None:
    """Missing files, folders, and a rejects file that is the file itself are refused."""
    there = empty.file("o.csv", orders_csv(NAMES))

    empty("import", "nowhere.csv", "--as", "orders").failed("nowhere.csv does not exist")
    empty("import", str(empty.folder), "--as", "orders").failed("is a folder")
    empty("import", there, "--as", "orders", "--rejects", there).failed("--rejects")
    assert Path(there).read_text("utf-8") == orders_csv(NAMES)

"""Files as people have them are read row by row; what is wrong with a line costs that line only."""

from __future__ import annotations

import codecs
import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from tactful.adapters import table_csv, table_lines, tables
from tactful.adapters.map_files import built_in_maps, read_map, region_names
from tactful.capabilities.collect.tables.mapping import Dialect
from tactful.capabilities.collect.tables.rows import Reject, Row
from tactful.terms import Mistake

COMMA = Dialect()
HEADER = "userId,product_id,note"


def written(path: Path, content: str | bytes) -> Path:
    """Return *path* with *content* in it."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(path: Path, dialect: Dialect = COMMA) -> tuple[list[Row], list[Reject]]:
    """Return the rows and the rejects of a file."""
    found = list(tables.read_rows(path, dialect=dialect))
    rows = [row for row in found if isinstance(row, Row)]
    return rows, [reject for reject in found if isinstance(reject, Reject)]


def values(rows: Sequence[Row]) -> list[dict[str, object]]:
    """Return what stands in *rows*."""
    return [dict(row.values) for row in rows]


RECORDS = [
    {"userId": "ann", "product_id": "mug", "note": 'a, "b"\nc'},
    {"userId": "bea", "product_id": "cup", "note": "für 5 €"},
]
CSV = 'userId,product_id,note\nann,mug,"a, ""b""\nc"\nbea,cup,für 5 €\n'


def as_csv(path: Path) -> Path:
    """Write RECORDS as CSV."""
    return written(path, CSV)


def as_csv_from_a_spreadsheet(path: Path) -> Path:
    """Write RECORDS as CSV with a byte order mark, Windows line ends and an empty line."""
    return written(path, codecs.BOM_UTF8 + (CSV + ",,\n").replace("\n", "\r\n").encode())


def as_utf_16(path: Path) -> Path:
    """Write RECORDS as CSV in UTF-16, as `Unicode text` is saved."""
    return written(path, CSV.encode("utf-16"))


def as_gzip(path: Path) -> Path:
    """Write RECORDS as gzipped CSV, whatever the name says."""
    return written(path, gzip.compress(CSV.encode()))


def as_jsonl(path: Path) -> Path:
    """Write RECORDS as JSON lines."""
    return written(path, "\n\n".join(json.dumps(record) for record in RECORDS))


def as_jsonl_gz(path: Path) -> Path:
    """Write RECORDS as gzipped JSON lines."""
    return written(path, gzip.compress("\n".join(map(json.dumps, RECORDS)).encode()))


def as_parquet(path: Path) -> Path:
    """Write RECORDS as Parquet."""
    parquet.write_table(pa.Table.from_pylist(RECORDS), path)
    return path


FORMS = [
    as_csv,
    as_csv_from_a_spreadsheet,
    as_utf_16,
    as_gzip,
    as_jsonl,
    as_jsonl_gz,
    as_parquet,
]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_rows(form: Callable[[Path], Path], tmp_path: Path) -> None:
    """The content decides how a file is read, and the same table comes out of every form."""
    path = form(tmp_path / "file")
    rows, rejects = read(path)
    told = [{n: str(v).replace("\r", "") for n, v in row.items()} for row in values(rows)]
    assert told == RECORDS
    assert not rejects
    assert tables.table_shape(path, dialect=COMMA).columns == tuple(RECORDS[0])


def test_tabs_semicolons_and_bars_are_read_when_told(tmp_path: Path) -> None:
    """The delimiter is the dialect's, and others are ordinary characters."""
    path = written(tmp_path / "file", "a;b\n1,5;2\n")
    rows, _ = read(path, Dialect(delimiter=";"))
    assert values(rows) == [{"a": "1,5", "b": "2"}]


def test_a_line_with_too_few_or_too_many_columns_is_named(tmp_path: Path) -> None:
    """A broken line is rejected with its number, reason and text; its neighbours are not."""
    path = written(tmp_path / "file", f"{HEADER}\nann,mug,x\nbea\ncid,a,b,c\ndan,cup,y\n")
    rows, rejects = read(path)
    assert [row.line for row in rows] == [2, 5]
    assert [(r.line, r.reason, r.raw) for r in rejects] == [
        (3, "1 columns where the header has 3", "bea"),
        (4, "4 columns where the header has 3", "cid,a,b,c"),
    ]


@pytest.mark.parametrize(
    "broken",
    ['bea,"mug,x', 'bea,"mug"" ,x', 'bea,mug,"x', '"bea,mug,x'],
)
def test_a_stray_quote_costs_its_own_line_only(broken: str, tmp_path: Path) -> None:
    """A quote that is never closed, or closed by the next one, swallows nothing."""
    good = 'cid,"cup",y\ndan,pot,"z"\n'
    path = written(tmp_path / "file", f"{HEADER}\nann,mug,x\n{broken}\n{good * 80}")
    rows, rejects = read(path)
    assert len(rows) == 161
    assert [(r.line, r.raw) for r in rejects] == [(3, broken)]
    assert "quote" in rejects[0].reason


def test_a_stray_quote_in_the_last_line_is_found(tmp_path: Path) -> None:
    """The end of the file does not close a quote."""
    rows, rejects = read(written(tmp_path / "file", f'{HEADER}\nann,mug,x\nbea,cup,"y\n'))
    assert len(rows) == 1
    assert [r.line for r in rejects] == [3]


def test_inches_are_no_quotes(tmp_path: Path) -> None:
    """A quote in the middle of a field is a character like any other."""
    rows, rejects = read(written(tmp_path / "file", f'{HEADER}\nann,mug,12" pen\n'))
    assert values(rows)[0]["note"] == '12" pen'
    assert not rejects


def test_a_quoted_field_may_run_over_lines(tmp_path: Path) -> None:
    """A record of several lines counts from its first, and so do the ones behind it."""
    text = "\n".join("line" for _ in range(table_csv.LONGEST_RECORD - 1))
    rows, rejects = read(written(tmp_path / "file", f'{HEADER}\nann,mug,"{text}"\nbea,cup,x\n'))
    assert [row.line for row in rows] == [2, 1 + table_csv.LONGEST_RECORD]
    assert not rejects


@given(lines=st.lists(st.text('ab",\n;', max_size=8), min_size=1, max_size=12))
def test_no_line_is_lost(lines: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever the quotes do, rows and rejects together account for every line of the file."""
    body = "\n".join(lines)
    path = written(tmp_path_factory.mktemp("any") / "file", f"a,b\n{body}")
    rows, rejects = read(path)
    kept = sum(row.raw.count("\n") + 1 for row in rows)
    lost = sum(reject.raw.count("\n") + 1 for reject in rejects)
    blank = sum(not line.strip(',"') for line in body.split("\n"))
    assert len(body.split("\n")) - blank <= kept + lost <= len(body.split("\n"))


def test_a_nul_byte_rejects_its_line(tmp_path: Path) -> None:
    """NUL bytes do not get in, and the reject can be written to a text file."""
    rows, rejects = read(written(tmp_path / "file", f"{HEADER}\nann,m\0ug,x\nbea,cup,y\n"))
    assert [row.line for row in rows] == [3]
    assert [(r.line, r.reason) for r in rejects] == [(2, "contains a NUL byte")]
    assert "\0" not in rejects[0].raw


def test_bytes_in_another_encoding_reject_their_line(tmp_path: Path) -> None:
    """A line that is not UTF-8 is rejected with what to do, unless the map names its encoding."""
    lines = [f"ann,mug,{i}" for i in range(20)]
    content = f"{HEADER}\n" + "\n".join([*lines, "bea,cup,café"])
    path = written(tmp_path / "file", content.encode("cp1252"))
    rows, rejects = read(path)
    assert len(rows) == 20
    assert rejects[0].line == 22
    assert "encoding" in rejects[0].reason
    rows, rejects = read(path, Dialect(encoding="cp1252"))
    assert rows[-1].values["note"] == "café"
    assert not rejects


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """Where much of the beginning cannot be read, one line says what to write in the map."""
    path = written(tmp_path / "file", f"{HEADER}\n{'ann,mug,café' * 9}\n".encode("cp1252"))
    with pytest.raises(Mistake, match="encoding = "):
        read(path)


def test_a_line_longer_than_memory_allows_is_skipped(tmp_path: Path) -> None:
    """A line without an end is not gathered up, and reading goes on behind it."""
    long = "x" * (3 * table_lines.BLOCK)
    rows, rejects = read(written(tmp_path / "file", f"{HEADER}\nann,{long},x\nbea,cup,y\n"))
    assert [row.line for row in rows] == [3]
    assert [(r.line, r.reason) for r in rejects] == [(2, "the line is longer than 1 MiB")]
    assert len(rejects[0].raw) == 2_000


def test_a_field_too_long_for_a_field_is_rejected(tmp_path: Path) -> None:
    """A field of more than 128 KiB is no catalogue entry."""
    rows, rejects = read(written(tmp_path / "f", f"{HEADER}\nann,{'x' * 140_000},x\nbea,cup,y\n"))
    assert [row.line for row in rows] == [3]
    assert "too long" in rejects[0].reason


@pytest.mark.parametrize("cut", [0.5, 0.9])
def test_a_cut_off_gzip_gives_what_was_there(cut: float, tmp_path: Path) -> None:
    """The rows before the cut are read whole; one reject says where and why it ends."""
    lines = "".join(f"subject-{i},item-{i * i},{i}\n" for i in range(60_000))
    packed = gzip.compress(f"{HEADER}\n{lines}".encode())
    path = written(tmp_path / "file", packed[: int(len(packed) * cut)])
    rows, rejects = read(path)
    assert 10_000 < len(rows) < 60_000
    assert all(row.values["product_id"] == f"item-{i * i}" for i, row in enumerate(rows))
    assert [r.line for r in rejects] == [len(rows) + 2]
    assert "cut off" in rejects[0].reason


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"\n\n\n", "no readable first line"),
        (b"PK\x03\x04rest", "Excel"),
        (b"BZh91AY", "bzip2"),
        (b"\0\1\0\2" * 99, "not text"),
        (b'[{"id": 1}]', "one object a line"),
        (b"PAR1 but not really", "damaged or incomplete Parquet"),
        (b"id,id\n1,2\n", "two columns called 'id'"),
        (gzip.compress(b"a,b\n" * 99, mtime=0)[:11], "cut off"),
    ],
)
def test_what_cannot_be_a_table_is_refused(content: bytes, says: str, tmp_path: Path) -> None:
    """One line says what the file is and what to do."""
    path = written(tmp_path / "file", content)
    with pytest.raises(Mistake, match=says) as wrong:
        tables.table_shape(path, dialect=COMMA)
    assert "\n" not in str(wrong.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    """Both are told apart."""
    with pytest.raises(Mistake, match="does not exist"):
        tables.table_shape(tmp_path / "none.csv", dialect=COMMA)
    with pytest.raises(Mistake, match="is a folder"):
        tables.table_shape(tmp_path, dialect=COMMA)


def test_lines_that_are_no_json_objects_are_rejected(tmp_path: Path) -> None:
    """Broken JSON, a list, and nesting without end each cost their line."""
    lines = ['{"a": 1}', '{"a": ', "[1]", '{"a": ' + "[" * 9_000, '{"a": 2}']
    rows, rejects = read(written(tmp_path / "file", "\n".join(lines)))
    assert [row.line for row in rows] == [1, 5]
    assert [(r.line, r.reason) for r in rejects] == [
        (line, "is not a JSON object") for line in (2, 3, 4)
    ]


def test_parquet_keeps_types_and_loses_nanoseconds(tmp_path: Path) -> None:
    """Times of any unit come out as Python's, which end at microseconds."""
    at = pa.array([1_700_000_000_123_456_789], pa.timestamp("ns", "UTC"))
    parquet.write_table(pa.table({"at": at, "n": [3]}), tmp_path / "file")
    rows, _ = read(tmp_path / "file")
    assert str(rows[0].values["at"]) == "2023-11-14 22:13:20.123456+00:00"
    assert rows[0].values["n"] == 3


@pytest.mark.parametrize("form", FORMS)
def test_progress_ends_at_the_end(form: Callable[[Path], Path], tmp_path: Path) -> None:
    """What is told never falls, never passes the size of the file, and reaches it."""
    path = form(tmp_path / "file")
    told: list[tuple[int, int]] = []
    list(tables.read_rows(path, dialect=COMMA, progress=lambda *now: told.append(now)))
    size = path.stat().st_size
    assert told == sorted(told)
    assert told[-1] == (size, size)


def test_a_map_file_names_itself_in_complaints(tmp_path: Path) -> None:
    """A map that is missing, no TOML, or wrong is refused by name."""
    with pytest.raises(Mistake, match=r"map\.toml does not exist"):
        read_map(tmp_path / "map.toml", kind="orders")
    with pytest.raises(Mistake, match=r"map\.toml is not TOML"):
        read_map(written(tmp_path / "map.toml", "[columns"), kind="orders")
    with pytest.raises(Mistake, match=r"map\.toml: map file: .*colums"):
        read_map(written(tmp_path / "map.toml", "[colums]\na = 'b'\n"), kind="orders")


def test_the_maps_of_the_package_can_be_read() -> None:
    """Every built-in map is whole, has a name, and knows its files by their columns."""
    assert all(known.name and known.detect for known in built_in_maps())
    assert region_names()["united kingdom"] == "GB"
    assert all(name == name.casefold() for name in region_names())

"""The pages about imports are whole: every setting is there, and the files on them work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from imported_rows import calls_in, the_map

from tactful.adapters.map_files import read_map, region_names
from tactful.adapters.tables import read_rows, table_shape
from tactful.capabilities.collect.tables import mapping
from tactful.capabilities.collect.tables.columns import KINDS
from tactful.capabilities.collect.tables.feeds import SubjectLine, subjects_of
from tactful.capabilities.collect.tables.fitting import check_columns
from tactful.capabilities.collect.tables.mapping import FileMap, common_names
from tactful.capabilities.collect.tables.orders import calls_of_orders
from tactful.capabilities.collect.tables.rows import Reject, Row, Skipped

DOCS = Path(__file__).parents[2] / "docs"


def test_the_reference_documents_every_setting_and_name() -> None:
    """What a map file can say, and every name under which a field is found, is on the page."""
    page = (DOCS / "reference" / "mapping.md").read_text("utf-8")
    structs = (mapping._MapFile, mapping._File, mapping._Time, mapping._Skip, mapping.Category)
    settings = {field.encode_name for struct in structs for field in msgspec.structs.fields(struct)}
    words = set(re.findall(r"\w+", page))
    assert settings - words == set()
    for kind in KINDS:
        assert {n for also in the_map(kind).columns.values() for n in also} - words == set()


def test_the_files_of_the_how_to_can_be_imported(tmp_path: Path) -> None:
    """The examples on the page are whole: each row of them becomes what the page says."""
    page = (DOCS / "how-to" / "import-history.md").read_text("utf-8")
    for name, content in re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", page, re.DOTALL):
        (tmp_path / name).write_text(content, "utf-8")
    own = read_map(tmp_path / "bestellungen.toml", kind="orders")
    found = list(calls_of_orders(in_file(tmp_path / "bestellungen.csv", own), own))
    assert [call["timestamp"] for call in calls_in(found)] == [
        "2026-03-01T09:00:00+00:00",
        "2026-03-02T10:35:00+00:00",
    ]
    assert Skipped(line=3, reason="cancelled") in found
    common = common_names("orders", regions=region_names())
    orders = calls_in(calls_of_orders(in_file(tmp_path / "orders.csv", common), common))
    assert [call["context"] for call in orders] == [{"region": "GB"}, {"region": "IE"}]
    common = common_names("subjects", regions=region_names())
    subjects = list(subjects_of(in_file(tmp_path / "subjects.csv", common), common))
    assert [s.statements for s in subjects if isinstance(s, SubjectLine)] == [
        {"individual_personalization": "grant"},
        {"individual_personalization": "deny"},
    ]


def in_file(path: Path, file_map: FileMap) -> Iterator[Row | Reject]:
    """Return the rows of *path* after its header was found good."""
    shape = table_shape(path, dialect=file_map.dialect)
    check_columns(file_map, shape.columns, name=path.name)
    return read_rows(path, dialect=file_map.dialect)

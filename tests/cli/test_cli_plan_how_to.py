"""The how-tos about the catalogue and the tracking plan, done as they are written."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from cli_worlds import Run

from tactful.assembly import open_shop

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
FILE = re.compile(r"<!-- file: (\S+) -->\n```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
IMPORT = re.compile(r"^\$ tactful (import .+) --shop my-shop (.+)$", re.MULTILINE)


def test_the_catalogue_is_imported_as_written(empty: Run) -> None:
    """Each import of docs/how-to/import-a-catalogue.md takes two items, and rejects nothing."""
    page = (HOW_TO / "import-a-catalogue.md").read_text("utf-8")
    files = {name: empty.file(name, text) for name, text in FILE.findall(page)}

    for command, options in IMPORT.findall(page):
        _, name = command.split()
        report = empty("import", files[name], *options.split(), "--json").json
        assert (report["items"], report["rejected"]) == (2, 0), command

    assert len(IMPORT.findall(page)) == 3
    opened = open_shop(empty.folder)
    prices = {item.id: (item.price, item.currency) for item in opened.shop.catalogue.values()}
    opened.close()
    assert prices == {"mug-blue": (1250, "EUR"), "teapot": (3990, "EUR")}


def test_the_plan_is_written_as_shown(empty: Run) -> None:
    """Each file of docs/how-to/decide-what-to-collect.md stands in a shop's policy."""
    page = (HOW_TO / "decide-what-to-collect.md").read_text("utf-8")
    for name, text in FILE.findall(page):
        (empty.folder / "policy" / name).write_text(text, "utf-8")

    assert empty("policy", "check").code == 0
    unused = empty("policy", "unused", "--json").json["collected"]
    opened = open_shop(empty.folder)
    plan = opened.shop.policy.plan.events["Products Searched"]
    opened.close()

    assert plan.required == {"query"}
    assert plan.properties["query"].retention == timedelta(days=30)
    read = {c["name"]: c["verdict"] for c in unused if "plan-stock" in c["running"]}
    assert read.keys() == {"quantity", "products", "measurement"}
    assert read["quantity"] == "not used lately"

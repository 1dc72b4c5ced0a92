"""`tactful import --as catalogue`: feeds, and files that are the whole catalogue."""

from __future__ import annotations

import json

from cli_worlds import Run

from tactful.assembly import open_shop

FEED = """<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>
<item><g:id>mug</g:id><g:title>Mug</g:title><g:price>9.00 EUR</g:price></item>
<item><g:id>cup</g:id><g:title>Cup</g:title><g:price>9.00 XXQ</g:price></item>
</channel></rss>"""
GOODS = ("mug", "cup", "pot", "pan")


def _lines(*items: str) -> str:
    return "".join(json.dumps({"id": item, "title": item.title()}) + "\n" for item in items)


def _shown(shop: Run) -> list[str]:
    opened = open_shop(shop.folder)
    goods = opened.shop.catalogue
    opened.close()
    return [item.id for item in goods.values() if item.available]


def _complete(shop: Run, *items: str, more: tuple[str, ...] = ()) -> tuple[str, ...]:
    return ("import", shop.file("goods.jsonl", _lines(*items)), "--as", "catalogue", *more)


def test_a_feed_is_imported(empty: Run) -> None:
    """Good items are put, bad ones written down with their line and reason."""
    path = empty.file("feed.xml", FEED)

    report = empty("import", path, "--as", "catalogue", "--json").json

    assert (report["rows"], report["items"], report["rejected"]) == (2, 1, 1)
    rejects = empty.folder.parent / "feed.xml.rejects.csv"
    assert rejects.read_text("utf-8").splitlines()[1].startswith('3,"currency is none')
    assert _shown(empty) == ["mug"]


def test_what_a_whole_catalogue_lacks_is_removed(empty: Run) -> None:
    """Its id stays known as a tombstone, and the report counts it."""
    empty(*_complete(empty, *GOODS))

    report = empty(*_complete(empty, "mug", "cup", "pot", more=("--complete", "--json"))).json
    again = empty(*_complete(empty, "mug", "cup", "pot", more=("--complete", "--json"))).json

    assert (report["items"], report["removed"], again["removed"]) == (3, 1, 0)
    assert _shown(empty) == ["mug", "cup", "pot"]


def test_without_complete_nothing_is_removed(empty: Run) -> None:
    """A file of what changed leaves everything else as it is."""
    empty(*_complete(empty, *GOODS))
    empty(*_complete(empty, "mug"))

    assert _shown(empty) == list(GOODS)


def test_half_a_catalogue_removes_nothing(empty: Run) -> None:
    """A file that was cut off must not empty the shop; `--force` says that it is meant."""
    empty(*_complete(empty, *GOODS))

    empty(*_complete(empty, "mug", more=("--complete",))).failed("3 of 4 items", "--force")
    assert _shown(empty) == list(GOODS)

    assert empty(*_complete(empty, "mug", more=("--complete", "--force"))).code == 0
    assert _shown(empty) == ["mug"]


def test_a_rejected_line_removes_nothing(empty: Run) -> None:
    """Its item is meant to stay, and cannot be told from those that are gone."""
    empty(*_complete(empty, *GOODS))
    path = empty.file("goods.jsonl", _lines("mug", "cup") + '{"id": "pot"}\n')

    ended = empty("import", path, "--as", "catalogue", "--complete")

    ended.failed("1 lines were rejected", "none is removed")
    assert _shown(empty) == list(GOODS)


def test_a_damaged_feed_removes_nothing(empty: Run) -> None:
    """Where reading stops, what follows is not known to be gone."""
    empty(*_complete(empty, *GOODS))
    path = empty.file("feed.xml", FEED.replace("XXQ", "EUR").replace("</channel>", "<"))

    empty("import", path, "--as", "catalogue", "--complete", "--force").failed(
        "is no XML from line"
    )
    assert _shown(empty) == list(GOODS)


def test_only_goods_are_removed_by_a_file(empty: Run) -> None:
    """`--complete` is for the catalogue, and `--force` for `--complete`."""
    path = empty.file("goods.jsonl", _lines("mug"))

    empty("import", path, "--as", "events", "--complete").failed("goes with --as catalogue")
    empty("import", path, "--as", "catalogue", "--force").failed("goes with --complete")

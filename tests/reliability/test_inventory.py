"""Everything that is stored about somebody is in their copy, and goes when they are erased."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date, timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from tactful.assembly import Opened, init_shop, open_shop
from tactful.shop import Asking, Who
from tactful.terms import (
    Identifier,
    IdentifierKind,
    Letter,
    Proof,
    Relationship,
    RelationshipKind,
    RequestKind,
    Session,
)
from tactful.testing.inventory import (
    INVENTORY,
    LEFT_OF_THE_ERASED,
    at_path,
    paths,
    uncovered,
)

PURPOSES = ("segment_personalization", "individual_personalization", "measurement")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Yield a shop that knows everything of Ann that a shop can know."""
    init_shop(tmp_path / "shop")
    found = open_shop(tmp_path / "shop")
    _fill(found)
    yield found
    found.close()


def test_every_column_is_accounted_for(opened: Opened) -> None:
    """Of each it is said where its subject finds it in their copy, or why there is nothing."""
    assert list(uncovered(_tables(opened))) == []


def test_a_new_table_or_column_fails_the_check(opened: Opened) -> None:
    """Until somebody says how its subject sees it."""
    tables = dict(_tables(opened))
    tables["wishes"] = frozenset({"subject", "wish"})
    tables["traits"] |= {"guess"}
    tables["tallies"] |= {"subject"}
    assert [line.partition(":")[0] for line in uncovered(tables)] == [
        "tallies is said to be about nobody, and has subject",
        "traits.guess",
        "wishes.subject",
        "wishes.wish",
    ]


def test_the_copy_holds_what_it_is_said_to_hold(opened: Opened) -> None:
    """Each path leads to something, in the copy of somebody of whom everything is known."""
    copy = opened.shop.subject("ann").export()
    empty = {path for path in paths() if not any(map(_says_something, at_path(copy, path)))}
    assert empty == set()
    assert at_path(copy, "events[].session") == ["visit-1"]  # it lies in the body, with the rest


def test_an_erasure_leaves_no_row_behind(opened: Opened) -> None:
    """Every table that names subjects had rows of Ann, and has none afterwards."""
    numbers = opened.shop._parts.store.identities.members(opened.shop.subject("ann").number)
    before = _rows_of(opened, numbers)
    assert {table for table, rows in before.items() if not rows} <= _NOT_OF_ANN
    opened.shop.subject("ann").erase()
    left = {table for table, rows in _rows_of(opened, numbers).items() if rows}
    assert left <= set(LEFT_OF_THE_ERASED)


def test_every_file_is_accounted_for(opened: Opened) -> None:
    """Whatever lies in a shop's folder is one of these; a new kind says first what is in it."""
    opened.shop.train()
    opened.shop.subject("ann").erase()
    opened.close()
    files = (path for path in opened.folder.rglob("*") if path.is_file())
    names = {path.relative_to(opened.folder).as_posix() for path in files}
    unknown = {name for name in names if not any(fnmatch(name, kind) for kind in FILES)}
    assert unknown == set()
    assert {kind for kind in FILES if not any(fnmatch(name, kind) for name in names)} <= _AT_TIMES


FILES = {
    "tactful.toml": "settings, about nobody",
    "policy/*": "what the shop wrote, about nobody",
    "keys/*": "keys, the hash of one, and keyed digests of who was erased",
    "data/store.db": "the inventory says of each column",
    "data/store.db-wal": "copies of pages of it, emptied by an erasure",
    "data/store.db-shm": "the index of those",
    "data/lake/*": "events, which the copy shows wherever they lie",
    "data/*.lock": "who holds the folder",
    "models/*": "what models learned from: events that the copy shows, forgotten by an erasure",
}
"""Every kind of file, and what it holds of anybody."""

_AT_TIMES = {"data/store.db-wal", "data/store.db-shm", "data/*.lock"}

_NOT_OF_ANN = {"claims", "lake_owed"}
"""Nobody else claimed her address, and nothing is owed before the erasure."""


def _says_something(value: object) -> bool:
    return value not in (None, "", [], {})


def _tables(opened: Opened) -> Mapping[str, frozenset[str]]:
    with closing(sqlite3.connect(opened.folder / "data" / "store.db")) as db:
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
        names = [name for (name,) in db.execute(query).fetchall()]
        return {
            name: frozenset(row[1] for row in db.execute(f"PRAGMA table_info({name})"))
            for name in names
        }


def _rows_of(opened: Opened, numbers: tuple[Any, ...]) -> Mapping[str, int]:
    """Return how many rows each table that names subjects has of *numbers*."""
    opened.shop.totals()  # whatever was to be written is
    places = ", ".join("?" * len(numbers))
    found = {}
    with closing(sqlite3.connect(opened.folder / "data" / "store.db")) as db:
        for table, columns in _tables(opened).items():
            column = "id" if table == "subjects" else "subject"
            if column in columns and (table == "subjects" or "subject" in columns):
                query = f"SELECT count(*) FROM {table} WHERE {column} IN ({places})"  # noqa: S608 - names of our own tables
                found[table] = db.execute(query, numbers).fetchone()[0]
    assert {"events" if name.startswith("events_") else name for name in found} <= set(INVENTORY)
    return found


def _fill(opened: Opened) -> None:
    """Let Ann be known by two names, say, do, ask and be written to everything."""
    shop, now = opened.shop, opened.shop.now()
    store: Any = shop._parts.store
    links: Any = opened.signing_in._links
    for name in ("ann", "ann-2"):
        said = dict.fromkeys(PURPOSES, "grant")
        shop.consent(
            Who(user_id=name, region="DE"),
            said,
            notice="privacy@1",
            locale="en",
            source="form",
            ui="banner@1",
        )
    traits = {"email": "ann@example.org", "language": "eo"}
    calls = [
        {"type": "identify", "userId": "ann", "anonymousId": "browser-1", "traits": traits},
        {
            "type": "track",
            "event": "Order Completed",
            "userId": "ann",
            "messageId": "1",
            "context": {"sessionId": "visit-1"},
            "properties": {
                "order_id": "9",
                "currency": "EUR",
                "total": 12.5,
                "products": [{"product_id": "kettle", "quantity": 1, "price": 12.5}],
            },
        },
        {"type": "identify", "userId": "ann-2", "traits": {"email": "ann@example.org"}},
    ]
    shop.import_history(calls, source="shop")
    ann = shop.subject("ann")
    ann.settle("DE")
    ann.born(date(now.year - 17, 1, 1))
    store.profiles.join(ann._permit(), "Kitchen")
    store.profiles.settle(ann._permit(), address="DE")
    bought = Relationship(kind=RelationshipKind.PURCHASE, at=now, opt_out_offered=True)
    store.profiles.dealt(ann._permit(), bought)
    (merge,) = ann.merges()
    ann.unmerge(merge.id)
    ann.merge("ann-2")
    named = Identifier(IdentifierKind.USER_ID, "ann")
    asked = Asking(
        kind=RequestKind.ACCESS, identifier=named, proof=Proof.SIGNED_IN, note="everything, please"
    )
    shop.requests.open(asked)
    letter = Letter(kind="answer", to="ann@example.org", title="Yours", text="Words.\n")
    store.letters.put(letter, subject=ann.number, at=now, until=now + timedelta(days=1))
    sent = store.letters.claim(now, lease=timedelta(minutes=5))
    store.letters.settle(sent.id, "sent", now)
    session = Session(user_id="ann", subject=ann.number, began_at=now, seen_at=now, proved_at=now)
    store.sessions.begin(b"m" * 32, session)
    links.mail(
        b"l" * 32, "ann", letter, subject=ann.number, at=now, until=now + timedelta(minutes=15)
    )
    opened.lake.lake.feed()
    shop.advance_features(1_000)

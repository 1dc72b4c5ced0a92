"""A store that an older tactful wrote is brought up to date at opening, and nothing is lost."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlite_shelf import SqliteShelf

from tactful.adapters.key_file import create_key_file
from tactful.adapters.sqlite.connections import FILE, connect
from tactful.adapters.sqlite.histories import microseconds
from tactful.adapters.sqlite.migrate import upgrade
from tactful.gate import digest
from tactful.terms import Item, Standing, Statement, StatementKind, SubjectId
from tactful.testing.conformance.policy import INDIVIDUAL, NOTICE, shelf_policy
from tactful.testing.conformance.shelf import START

SAID = [
    Statement(
        purpose=INDIVIDUAL,
        kind=kind,
        at=START - timedelta(days=days, microseconds=1),
        notice=NOTICE,
        regime="asking",
        locale="de",
        source="http",
    )
    for days, kind in ((9, StatementKind.DENY), (5, StatementKind.GRANT))
]
ANN, BOB = SubjectId(3), SubjectId(70)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a folder with a store of version 0001: Ann said two things, Bob nothing."""
    create_key_file(tmp_path / "master.key")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / FILE).touch()
    upgrade(folder / FILE, to="0001")
    db = connect(folder / FILE)
    db.executemany(
        "INSERT INTO subjects (id, region, created_at) VALUES (?, ?, 0)",
        [(ANN, "DE"), (BOB, None)],
    )
    db.executemany(
        "INSERT INTO statements (subject, purpose, kind, at, notice, regime, locale, source)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (ANN, s.purpose, s.kind, microseconds(s.at), s.notice, s.regime, s.locale, s.source)
            for s in reversed(SAID)
        ],
    )
    db.execute("INSERT INTO digests (subject, facts) VALUES (?, ?)", (ANN, b"of another layout"))
    policy_hash = repr(shelf_policy()).encode()
    db.execute("INSERT INTO meta (name, value) VALUES ('policy_hash', ?)", (policy_hash,))
    db.close()
    return folder


def test_nothing_said_is_lost(old: Path) -> None:
    """Every statement is as it was, by the subject; the digest is taken anew of all of them."""
    shelf = SqliteShelf(old)
    standing = shelf.store.statements.standing(shelf.permit(ANN))
    assert standing == Standing(statements=tuple(SAID), residence="DE")
    assert shelf.store.standings.digest(ANN) == digest(standing, shelf.policy, shelf.clock())
    assert shelf.store.standings.digest(BOB) is None
    assert shelf.store.standings.columns().subjects.tolist() == [ANN, BOB]
    shelf.store.close()


def test_goods_keep_their_order(tmp_path: Path) -> None:
    """Items of before migration 0006 stand in the order in which they came, and can be replaced."""
    create_key_file(tmp_path / "master.key")
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / FILE).touch()
    upgrade(folder / FILE, to="0002")
    db = connect(folder / FILE)
    goods = [Item(id=name, title=name) for name in ("pot", "cup", "bowl")]
    rows = [(item.id, msgspec.msgpack.encode(item)) for item in goods]
    db.executemany("INSERT INTO items (id, body) VALUES (?, ?)", rows)
    db.close()

    shelf = SqliteShelf(folder)
    assert list(shelf.store.catalogue.all().values()) == goods
    shelf.store.catalogue.put([Item(id="pot", title="Big pot"), Item(id="pan", title="Pan")])
    titles = [item.title for item in shelf.store.catalogue.all().values()]
    assert titles == ["Big pot", "cup", "bowl", "Pan"]
    shelf.store.close()


def test_what_was_there_can_still_be_erased(old: Path) -> None:
    """A subject from before is erased like any other, and no reference is left dangling."""
    shelf = SqliteShelf(old)
    removed = shelf.store.records.erase(shelf.permit(ANN))
    assert (removed["statements"], removed["digests"], removed["subjects"]) == (2, 1, 1)
    shelf.store.close()
    everything = b"".join(path.read_bytes() for path in old.iterdir())
    assert b"of another layout" not in everything
    assert NOTICE.encode() not in everything
    db = sqlite3.connect(old / FILE)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


def test_done_in_one_go_or_not_at_all(old: Path) -> None:
    """Where bringing up to date fails, the store is left as the older tactful wrote it."""
    db = connect(old / FILE)
    db.execute("CREATE TABLE young (in_the_way)")
    db.close()
    with pytest.raises(Exception, match="young already exists"):
        SqliteShelf(old)
    db = connect(old / FILE)
    assert db.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    assert db.execute("SELECT count(*) FROM statements").fetchone() == (len(SAID),)
    db.execute("DROP TABLE young")
    db.close()
    shelf = SqliteShelf(old)
    assert len(shelf.store.statements.standing(shelf.permit(ANN)).statements) == len(SAID)
    shelf.store.close()

"""The plug is pulled while a store of before is brought up to date: nothing it held is lost."""

from __future__ import annotations

import shutil
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from plug_worlds import Moments, begin, pulled, rounds

from tactful.adapters.key_file import KeyFile, create_key_file
from tactful.adapters.policy_files import load_policy
from tactful.adapters.sqlite import open_store
from tactful.adapters.sqlite.connections import FILE, connect
from tactful.adapters.sqlite.migrate import HEAD, upgrade
from tactful.gate import Door, Permit, Visit
from tactful.terms import SubjectId

ROUNDS = 10  # for each of the two shapes
SUBJECTS = 5_000
PURPOSE = "individual_personalization"


@pytest.mark.parametrize("version", ["0001", "0002"])
def test_nothing_is_lost_on_the_way_to_the_newest_shape(version: str, tmp_path: Path) -> None:
    """
    Killed at any moment of being brought up to date, a store opens with all that it held.

    The next opening finishes the work: every subject is there once, with every statement in its
    order, and the file is sound.
    """
    moments = Moments()
    before = tmp_path / "before"
    _fill(before, version)
    longest = _seconds(before, tmp_path / "whole")
    cut = 0
    for number in range(rounds(ROUNDS)):
        shop = tmp_path / str(number)
        shutil.copytree(before, shop)
        cut += pulled(moments.within(longest), open_and_close, shop, log=tmp_path / "log")
        open_and_close(shop)
        _check(shop)
    assert cut > 0, "no plug was pulled in time"


def open_and_close(shop: Path) -> None:
    """Open the store of *shop*, ask it for one standing, and close it."""
    policy, key = load_policy(None), KeyFile(shop / "master.key")
    store = open_store(
        shop / "data", policy, key, clock=lambda: datetime.now(UTC), policy_hash="running"
    )
    try:
        door = Door(policy, standings=store.standings, uses=store.uses)
        permit = door.ask("answer-request", Visit(subject=SubjectId(1)), datetime.now(UTC))
        assert isinstance(permit, Permit)
        said = store.statements.standing(permit).statements
        assert [statement.kind for statement in said] == ["grant", "withdraw"]
        assert {statement.purpose for statement in said} == {PURPOSE}
    finally:
        store.close()


def _fill(shop: Path, version: str) -> None:
    """Make a store of *version* in which everybody has said yes, and then no."""
    (shop / "data").mkdir(parents=True)
    create_key_file(shop / "master.key")
    path = shop / "data" / FILE
    path.touch()
    upgrade(path, to=version)
    db = connect(path)
    db.execute("BEGIN")
    everybody = range(1, SUBJECTS + 1)
    db.executemany(
        "INSERT INTO subjects (id, region, created_at) VALUES (?, 'DE', 0)",
        ((subject,) for subject in everybody),
    )
    for at, kind in enumerate(("grant", "withdraw"), start=1):
        db.executemany(
            "INSERT INTO statements (subject, purpose, kind, at, notice, regime, locale, source)"
            " VALUES (?, ?, ?, ?, 'privacy@1', 'EU-GDPR', 'en', 'http')",
            ((subject, PURPOSE, kind, at) for subject in everybody),
        )
    db.execute("COMMIT")
    db.close()


def _seconds(before: Path, shop: Path) -> float:
    """Return how long a child takes that nobody disturbs."""
    shutil.copytree(before, shop)
    child = begin(open_and_close, shop, log=shop / "log")
    child.await_begun()
    begun = time.monotonic()
    assert child.ended() == 0, child.logged
    seconds = time.monotonic() - begun
    _check(shop)
    return seconds


def _check(shop: Path) -> None:
    db = sqlite3.connect(shop / "data" / FILE)
    assert db.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
    everybody = (SUBJECTS, SUBJECTS, 2 * SUBJECTS)
    query = (
        "SELECT (SELECT count(*) FROM subjects), count(DISTINCT subject), count(*) FROM statements"
    )
    assert db.execute(query).fetchone() == everybody
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()

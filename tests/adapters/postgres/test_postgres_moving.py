"""A store that is moved into a database is there whole, or was not moved at all."""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from child_worlds import begin, pulled
from postgres_worlds import Server
from tactful.adapters.sqlite.retaking import unheard
from tactful.assembly import Moved, Opened, init_shop, move_store, open_shop
from tactful.shop import Asking, Who
from tactful.terms import (
    Identifier,
    IdentifierKind,
    Item,
    Mistake,
    NotAShop,
    Proof,
    RequestKind,
    StoreAway,
    Trouble,
)

ROUNDS = int(os.environ.get("TACTFUL_ROUNDS", "20"))
PURPOSE = "individual_personalization"
PEOPLE = [f"u-{number}" for number in range(12)]

MOVE = partial(move_store, progress=unheard)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """A shop with some life in it, and an empty database."""

    folder: Path
    url: str

    def move(self) -> Moved:
        """Move the shop there."""
        return move_store(self.folder, self.url, progress=lambda _done, _total: None)

    def known(self) -> list[dict[str, Any]]:
        """Return all that the shop knows of everybody, but for how often it was asked."""
        opened = open_shop(self.folder)
        try:
            found = [opened.shop.subject(name).export() for name in PEOPLE]
        finally:
            opened.close()
        changing = {"uses", "exportedAt"}
        return [{k: v for k, v in one.items() if k not in changing} for one in found]


@pytest.fixture
def moving(tmp_path: Path, postgres: Server) -> Iterator[Moving]:
    """Yield a shop in which people agreed, bought, became one person, and were erased."""
    folder = tmp_path / "shop"
    init_shop(folder)
    opened = open_shop(folder)
    live(opened.shop)
    write_and_sign_in(opened)
    opened.close()
    url = postgres.new_database()
    yield Moving(folder=folder, url=url)
    postgres.drop(url)


def live(shop: Any) -> None:
    """Let something of every kind happen."""
    shop.put_items([Item(id="kettle", title="Kettle", category="kitchen", price=2490)])
    for name in [*PEOPLE, "gone"]:
        who = Who(user_id=name, region="DE")
        shop.consent(who, {PURPOSE: "grant"}, notice="privacy@1")
        shop.collect([viewed(name, f"{name}-{n}") for n in range(5)], region="DE")
    shop.subject("u-1").merge("u-2", by="officer")
    shop.consent(Who(user_id="u-3"), {PURPOSE: "withdraw"})
    shop.subject("u-4").correct({"country": "DE"})
    asking = Asking(
        kind=RequestKind.RECTIFICATION,
        identifier=Identifier(IdentifierKind.USER_ID, "u-4"),
        proof=Proof.SIGNED_IN,
        note="not my name",
    )
    shop.requests.open(asking)
    shop.subject("gone").erase()


def write_and_sign_in(opened: Opened) -> None:
    """Let letters wait, and somebody who is known and somebody who is not be signed in."""
    for subject in (opened.shop.subject("u-5").number, None):
        opened.letters.queue(subject, "answer", "u-5@example.org", "Hello", "Hello!\n")
    opened.signing_in.begin("u-6")
    opened.signing_in.begin("a stranger")


def viewed(name: str, message: str) -> dict[str, object]:
    """Return a call of *name*."""
    return {
        "type": "track",
        "event": "Product Viewed",
        "userId": name,
        "anonymousId": f"browser of {name}",
        "messageId": message,
        "properties": {"product_id": "kettle"},
    }


def test_everything_is_there(moving: Moving) -> None:
    """What is known of everybody is the same to the letter, and the settings name the database."""
    before = moving.known()

    moved = moving.move()

    counts = {table.name: table.rows for table in moved.tables}
    assert counts["subjects"] >= len(PEOPLE)
    assert (counts["letters"], counts["sessions"]) == (2, 2)
    assert [len(one["letters"]) + len(one["sessions"]) for one in before[5:7]] == [1, 1]
    assert sum(rows for name, rows in counts.items() if name.startswith("events_")) == 65
    assert moving.url.partition("?")[0] in (moving.folder / "tactful.toml").read_text()
    assert moving.known() == before


def test_numbers_go_on(moving: Moving) -> None:
    """Nobody who comes after the move gets the number of somebody before it, erased or not."""
    opened = open_shop(moving.folder)
    last = max(int(opened.shop.subject(name).number) for name in PEOPLE)
    opened.close()

    moving.move()

    opened = open_shop(moving.folder)
    opened.shop.consent(Who(user_id="new", region="DE"), {PURPOSE: "grant"}, notice="privacy@1")
    assert int(opened.shop.subject("new").number) > last + 1  # between was the erased one
    opened.shop.collect([viewed("new", "after")], region="DE")
    assert len(list(opened.shop.subject("new").export()["events"])) == 1  # type: ignore[call-overload]
    opened.close()


def test_a_server_on_the_file_acknowledges_nothing_more(moving: Moving) -> None:
    """Who has the file open goes on answering, and says that it cannot store."""
    opened = open_shop(moving.folder)
    moving.move()

    with pytest.raises(StoreAway, match="restart the server"):
        opened.shop.collect([viewed("u-5", "late")], region="DE")
    with pytest.raises(StoreAway):
        opened.shop.consent(Who(user_id="u-5"), {PURPOSE: "withdraw"})
    with pytest.raises(StoreAway):
        opened.close()  # what it counted has no place to go


def test_a_file_that_was_left_says_where_to_look(moving: Moving) -> None:
    """Opened without the setting it does not begin anew, or go on as if nothing had happened."""
    moving.move()
    settings = moving.folder / "tactful.toml"
    text = settings.read_text()
    settings.write_text(text[: text.index("[store]")])

    with pytest.raises(Trouble, match="moved to a database"):
        open_shop(moving.folder)


def test_a_move_that_was_not_told_of_is_only_told_of(moving: Moving) -> None:
    """Cut short before the settings were written, it needs no second copy."""
    settings = moving.folder / "tactful.toml"
    text = settings.read_text()
    before = moving.known()
    moving.move()
    settings.write_text(text)

    assert moving.move().tables == ()
    assert moving.known() == before


def test_a_database_of_another_shop_is_left_alone(moving: Moving, tmp_path: Path) -> None:
    """Nothing is written over; neither is a database that a server uses."""
    other = tmp_path / "other"
    init_shop(other)
    with pytest.raises(Mistake, match="no store yet"):
        move_store(other, moving.url, progress=lambda _done, _total: None)
    open_shop(other).close()
    move_store(other, moving.url, progress=lambda _done, _total: None)

    with pytest.raises(NotAShop, match="another store"):
        moving.move()
    assert len(moving.known()) == len(PEOPLE)


def test_what_is_no_database_or_was_moved_is_refused(moving: Moving) -> None:
    """In one line, before anything is touched."""
    with pytest.raises(Mistake, match="postgresql://"):
        move_store(moving.folder, "mysql://db", progress=lambda _done, _total: None)
    moving.move()
    with pytest.raises(Mistake, match="already"):
        moving.move()


def test_pulling_the_plug_moves_all_or_nothing(
    moving: Moving, postgres: Server, tmp_path: Path
) -> None:
    """Killed at any moment, the shop is whole where its settings say, and can be moved again."""
    before, kept, log, cut = moving.known(), tmp_path / "kept", tmp_path / "log", 0
    chance = random.Random(4)  # noqa: S311 - always the same
    shutil.copytree(moving.folder, kept)
    longest = _seconds(moving, log)
    for _ in range(ROUNDS):
        if _has_moved(moving, before):
            _put_back(moving, kept, postgres)
        cut += pulled(chance.uniform(0, longest), MOVE, moving.folder, moving.url, log=log)
    assert cut
    if not _has_moved(moving, before):
        moving.move()
    assert moving.known() == before


def _seconds(moving: Moving, log: Path) -> float:
    """Return how long a move takes that nobody disturbs."""
    child = begin(MOVE, moving.folder, moving.url, log=log)
    child.await_begun()
    begun = time.monotonic()
    assert child.ended() == 0, child.logged
    return time.monotonic() - begun


def _has_moved(moving: Moving, before: list[dict[str, Any]]) -> bool:
    """Tell whether the shop has moved; it is whole either way."""
    try:
        known = moving.known()
    except Trouble:  # all of it is over there; only the settings do not know yet
        assert moving.move().tables == ()
        known = moving.known()
    assert known == before
    return "url" in (moving.folder / "tactful.toml").read_text()


def _put_back(moving: Moving, kept: Path, postgres: Server) -> None:
    """Let the shop be as it was before it moved, and its database as new."""
    shutil.rmtree(moving.folder)
    shutil.copytree(kept, moving.folder)
    postgres.drop(moving.url)
    postgres.execute(f"CREATE DATABASE {urlsplit(moving.url).path[1:]} TEMPLATE template0")

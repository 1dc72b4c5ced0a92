"""Erased means gone from the files, whatever else was written, moved and deleted around it."""

from __future__ import annotations

import os
import random
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from tactful.adapters.sqlite import records
from tactful.adapters.sqlite.connections import FILE
from tactful.terms import (
    Busy,
    Identifier,
    IdentifierKind,
    Relationship,
    RelationshipKind,
    Statement,
    StatementKind,
    SubjectId,
)
from tactful.testing.conformance.policy import INDIVIDUAL, MEASUREMENT, NOTICE
from tactful.testing.conformance.shelf import Shelf, user


def files_hold(folder: Path, *texts: str | bytes) -> list[str | bytes]:
    """Return those of *texts* that stand in any file of *folder*."""
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    return [t for t in texts if (t.encode() if isinstance(t, str) else t) in everything]


def wrapped_keys(folder: Path, subjects: Iterable[SubjectId]) -> list[bytes]:
    """Return the wrapped keys of *subjects*, as they are on the disk."""
    db = sqlite3.connect(folder / FILE)
    query = "SELECT wrapped FROM keys WHERE subject = ?"
    found = [db.execute(query, (subject,)).fetchone()[0] for subject in subjects]
    db.close()
    return found


def test_no_byte_of_a_merged_person_is_left(shelf: Shelf, folder: Path) -> None:
    """Of an erased person nothing is left under any number, nor of what linked them."""
    erin, ned = shelf.subject("erin-4711"), shelf.subject("ned-4712")
    address = Identifier(IdentifierKind.EMAIL, "erin@example.com")
    for name in ("erin-4711", "ned-4712"):
        shelf.store.identities.link([user(name), address], at=shelf.clock(), by_shop=True)
    for subject, colour in ((erin, "vermilion"), (ned, "magenta")):
        shelf.see(subject, f"item of {subject}", properties={"colour": colour})
        shelf.say(subject)
    keys = wrapped_keys(folder, [erin, ned])
    shelf.store.records.erase(shelf.permit(erin))
    items = (f"item of {erin}", f"item of {ned}", "vermilion", "magenta")
    assert not files_hold(folder, "erin-4711", "ned-4712", "erin@example.com", *items, *keys)
    db = sqlite3.connect(folder / FILE)
    query = "SELECT (SELECT count(*) FROM persons), (SELECT count(*) FROM claims)"
    left = db.execute(query).fetchone()
    (merge,) = db.execute("SELECT kept, absorbed, evidence, sealed FROM merges").fetchall()
    db.close()
    assert left == (0, 0)
    assert merge == (0, 0, "", b"")


def test_no_byte_is_left(shelf: Shelf, folder: Path) -> None:
    """Nothing of an erased subject is in any file: identifiers, items, properties, key."""
    names = [user("erin-4711"), Identifier(IdentifierKind.EMAIL, "erin@example.com")]
    erin = shelf.store.identities.admit(names, at=shelf.clock())
    bob = shelf.subject("bob")
    for subject, colour in ((erin, "vermilion"), (bob, "ochre")):
        shelf.see(subject, f"item of {subject}", properties={"colour": colour})
        shelf.say(subject)
        shelf.store.profiles.set_traits([shelf.permit(subject, "keep-group")], {"size": colour})
    key = wrapped_keys(folder, [erin])[0]
    assert files_hold(folder, f"item of {erin}", "vermilion", key)
    shelf.store.records.erase(shelf.permit(erin))
    assert not files_hold(
        folder, "erin-4711", "erin@example.com", f"item of {erin}", "vermilion", key
    )
    assert files_hold(folder, f"item of {bob}", "ochre")


def test_what_the_law_looked_at_is_gone(shelf: Shelf, folder: Path) -> None:
    """Of an erased minor no table holds a row: no birth date, no dealing, nothing of the digest."""
    erin, bob = shelf.subject("erin"), shelf.subject("bob")
    dealing = Relationship(kind=RelationshipKind.PURCHASE, at=shelf.clock())
    for subject in (erin, bob):
        shelf.store.profiles.settle(shelf.permit(subject), residence="US", address="DE")
        shelf.store.profiles.set_born(shelf.permit(subject), date(2015, 6, 1))
        shelf.store.profiles.dealt(shelf.permit(subject), dealing)
    removed = shelf.store.records.erase(shelf.permit(erin))
    assert (removed["relationships"], removed["digests"]) == (1, 1)
    db = sqlite3.connect(folder / FILE)
    for table in ("relationships", "young"):
        assert db.execute(f"SELECT subject FROM {table}").fetchall() == [(bob,)]  # noqa: S608 - our names
    assert db.execute("SELECT id FROM subjects WHERE born NOT NULL").fetchall() == [(bob,)]
    db.close()


def test_identifiers_are_never_in_the_clear(shelf: Shelf, folder: Path) -> None:
    """Identifiers and traits cannot be read from the files, erased or not."""
    erin = shelf.subject("erin-4711")
    shelf.store.profiles.set_traits([shelf.permit(erin, "keep-group")], {"size": "vermilion"})
    assert not files_hold(folder, "erin-4711", "vermilion")


def test_a_dropped_purpose_leaves_no_byte(shelf: Shelf, folder: Path) -> None:
    """What was kept for a withdrawn purpose alone is gone from the files."""
    ann = shelf.subject()
    both = frozenset({INDIVIDUAL, MEASUREMENT})
    shelf.see(ann, "secret-item")
    shelf.see(ann, "kept-item", purposes=both, properties={"colour": "vermilion", "position": "7"})
    shelf.store.records.drop_purposes(shelf.permit(ann), frozenset({INDIVIDUAL}))
    assert files_hold(folder, "secret-item", "vermilion", "kept-item") == ["kept-item"]


class Crowd:
    """Many subjects, each with a mark that everything of theirs carries."""

    def __init__(self, shelf: Shelf, *, seed: int, size: int) -> None:
        self.shelf = shelf
        self.random = random.Random(seed)  # noqa: S311 - a test repeats itself
        self.marks = {shelf.stranger(): f"<{self.random.getrandbits(64):x}>" for _ in range(size)}

    def act(self, subjects: Sequence[SubjectId]) -> None:
        """Let each of *subjects* do something of random length."""
        some = self.random.sample([INDIVIDUAL, MEASUREMENT], self.random.choice((1, 2)))
        events = [
            self.shelf.event(
                subject,
                self.marks[subject] + "x" * self.random.randrange(700),
                message=self.random.randbytes(16),
                purposes=frozenset(some),
                properties={"colour": self.marks[subject] * self.random.randrange(4)},
                source=self.random.choice(("http", "import")),
            )
            for subject in subjects
        ]
        self.shelf.store.events.append(events).result()

    def profile(self, subject: SubjectId) -> None:
        """Set a trait of random length, and say something."""
        trait = self.marks[subject] * self.random.randrange(1, 40)
        self.shelf.store.profiles.set_traits(
            [self.shelf.permit(subject, "keep-group")], {"size": trait}
        )
        mark = self.marks[subject] * self.random.randrange(1, 9)
        said = Statement(
            purpose=INDIVIDUAL,
            kind=StatementKind.GRANT,
            at=self.shelf.clock() - timedelta(seconds=subject),
            notice=NOTICE,
            source=mark,
            ui=mark,
            record=mark,
        )
        permit = self.shelf.permit(subject, "record-statement")
        self.shelf.store.statements.append(permit, [said])

    def traces(self, subject: SubjectId) -> list[str | bytes]:
        """Return what the files hold of *subject* alone: the mark, and the end of their grant."""
        facts = self.shelf.store.standings.digest(subject)
        ends = sorted(facts.until if facts else ())[:1]
        return [self.marks[subject], *(end.to_bytes(8, "little") for end in ends)]


@pytest.mark.parametrize("seed", range(1, 1 + int(os.environ.get("TACTFUL_ROUNDS", "1"))))
def test_no_copy_is_left_where_pages_were_rearranged(shelf: Shelf, folder: Path, seed: int) -> None:
    """Erased one by one in random order, nobody leaves a copy in the slack of any page."""
    crowd = Crowd(shelf, seed=seed, size=60)
    subjects = list(crowd.marks)
    for round_ in range(45):
        crowd.act(crowd.random.choices(subjects, k=80))
        for subject in crowd.random.sample(subjects, 4):
            crowd.profile(subject)
        if round_ % 15 == 0:
            shelf.clock.move(timedelta(days=1))
    crowd.random.shuffle(subjects)
    gone: list[str | bytes] = []
    for place, subject in enumerate(subjects):
        if place % 3 == 0:
            shelf.store.records.drop_purposes(shelf.permit(subject), frozenset({MEASUREMENT}))
        crowd.act(crowd.random.choices(subjects[place:], k=3))
        traces = [*crowd.traces(subject), *wrapped_keys(folder, [subject])]
        gone += traces
        assert files_hold(folder, *traces) == traces
        shelf.store.records.erase(shelf.permit(subject))
        assert not files_hold(folder, *(gone if place % 6 == 0 else traces))
    assert not files_hold(folder, *gone)


def test_says_so_when_another_process_holds_the_log(
    shelf: Shelf, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While somebody reads an old state the log cannot be emptied: that is told, not hidden."""
    ann = shelf.subject()
    shelf.see(ann, "secret-item")
    reader = sqlite3.connect(folder / FILE, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM subjects").fetchone()
    monkeypatch.setattr(records, "LOG_HELD_SECONDS", 0.1)
    with pytest.raises(Busy, match="another process reads"):
        shelf.store.records.erase(shelf.permit(ann))
    assert shelf.store.identities.find(user("ann")) is None
    reader.close()
    shelf.store.records.erase(shelf.permit(ann))
    assert not files_hold(folder, "secret-item")

"""Letters of a shop: sent once in the background, tried again, given up, and gone with erasures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from shop_worlds import Clock, agree

from tactful.assembly import Opened, init_shop, open_shop
from tactful.shop.background import Background, Chore
from tactful.shop.letters import Delivery, Postbox
from tactful.terms import Busy, Mistake, Queued, Trouble


@dataclass
class Post:
    """A mail server that answers as it is told, by recipient."""

    taken: list[Queued] = field(default_factory=list)
    answers: dict[str, Exception] = field(default_factory=dict)

    def send(self, queued: Queued) -> None:
        """Take the letter, or not."""
        if answer := self.answers.get(queued.letter.to, self.answers.get("*")):
            raise answer
        self.taken.append(queued)


@pytest.fixture
def clock() -> Clock:
    """Return the shop's clock."""
    return Clock()


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Iterator[Opened]:
    """Open a new shop."""
    init_shop(tmp_path / "shop")
    opened = open_shop(tmp_path / "shop", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def letters(opened: Opened, clock: Clock) -> Postbox:
    """Return where letters are left."""
    return Postbox(opened.outbox, clock=clock, tallies=opened.tallies)


def delivery(opened: Opened, post: Post, clock: Clock) -> Delivery:
    """Return what sends the letters of *opened*."""
    return Delivery(opened.outbox, post, clock=clock, tallies=opened.tallies)


def leave(letters: Postbox, to: str, kind: str = "answer") -> None:
    """Leave a letter that concerns no subject."""
    letters.queue(None, kind, to, "Hello", "Hello!\n")


def test_every_letter_is_sent_once(opened: Opened, letters: Postbox, clock: Clock) -> None:
    """What lies there goes out in one round, and the next round finds nothing."""
    post = Post()
    sending = delivery(opened, post, clock)
    assert not sending.due()
    leave(letters, "a@example.org")
    leave(letters, "b@example.org")
    assert sending.due()

    assert sending.deliver(lambda: False) == 2
    assert sending.deliver(lambda: False) == 0
    assert {one.letter.to for one in post.taken} == {"a@example.org", "b@example.org"}
    assert opened.shop.totals()["letter", "answer sent"] == 2


def test_one_that_is_refused_holds_nobody_up(
    opened: Opened, letters: Postbox, clock: Clock
) -> None:
    """One refused for good is given up, one refused for now comes again, and the rest is sent."""
    post = Post(answers={"gone@example.org": Mistake("no"), "full@example.org": Busy("later")})
    for name in ("gone", "full", "ann"):
        leave(letters, f"{name}@example.org")

    assert delivery(opened, post, clock).deliver(lambda: False) == 1
    assert opened.outbox.outcomes() == {"refused": 1, "sent": 1, "waiting": 1}
    del post.answers["full@example.org"]
    assert delivery(opened, post, clock).deliver(lambda: False) == 0
    clock.go(seconds=20)
    assert delivery(opened, post, clock).deliver(lambda: False) == 1


def test_a_server_that_is_away_is_tried_again(
    opened: Opened, letters: Postbox, clock: Clock
) -> None:
    """Nothing is lost while it is away; each try waits longer, and once it is back all goes out."""
    post = Post(answers={"*": Trouble("away")})
    sending = delivery(opened, post, clock)
    leave(letters, "ann@example.org")
    waits = []
    for _ in range(8):
        with pytest.raises(Trouble):
            sending.deliver(lambda: False)
        before = clock.now
        while not sending.due():
            clock.go(seconds=15)
        waits.append((clock.now - before).total_seconds())
    assert waits == sorted(waits)
    assert waits[-1] == 600

    post.answers.clear()
    assert sending.deliver(lambda: False) == 1
    assert post.taken[0].tries == 9


def test_a_link_that_is_over_is_not_sent(opened: Opened, letters: Postbox, clock: Clock) -> None:
    """A letter whose code is over by the time the server is back is given up."""
    post = Post()
    leave(letters, "ann@example.org", kind="code")
    clock.go(minutes=15)

    assert delivery(opened, post, clock).deliver(lambda: False) == 0
    assert opened.outbox.outcomes() == {"expired": 1}


def test_an_erased_subject_gets_no_letter_of_before(
    opened: Opened, letters: Postbox, clock: Clock
) -> None:
    """Erasing takes queued letters along; one that tells of the erasure itself is sent after it."""
    agree(opened.shop, "ann")
    subject = opened.shop.subject("ann")
    letters.queue(subject.number, "answer", "ann@example.org", "Before", "x")
    assert [one["kind"] for one in subject.export()["letters"]] == ["answer"]  # type: ignore[attr-defined]

    assert subject.erase().removed["letters"] == 1
    letters.queue(subject.number, "request-done", "ann@example.org", "You were erased", "x")

    post = Post()
    assert delivery(opened, post, clock).deliver(lambda: False) == 1
    assert post.taken[0].letter.title == "You were erased"


def test_no_byte_of_a_letter_is_readable(opened: Opened, letters: Postbox, clock: Clock) -> None:
    """Neither waiting nor sent does the store's folder show an address, a title or a text."""
    agree(opened.shop, "ann")
    number = opened.shop.subject("ann").number
    letters.queue(number, "answer", "ann@whisper.example", "Whispered title", "Whispered text")
    letters.queue(None, "answer", "officer@whisper.example", "Whispered title", "Whispered text")

    def whispers() -> list[Path]:
        """Return the files that hold a word of it."""
        files = [path for path in opened.folder.rglob("*") if path.is_file()]
        return [path for path in files if b"hisper" in path.read_bytes()]

    assert len(opened.outbox.waiting(clock(), 9)) == 2
    assert whispers() == []
    assert delivery(opened, Post(), clock).deliver(lambda: False) == 2
    assert whispers() == []


def test_a_chore_looks_first_whether_there_is_anything_to_do(opened: Opened, clock: Clock) -> None:
    """A chore with nothing to do is not claimed; one that fails waits no longer than it says."""
    done: list[bool] = []
    wanted = [False]

    def fail(_: object) -> None:
        """Fail at what there is to do."""
        done.append(True)
        raise Trouble("away")

    minute = timedelta(minutes=1)
    chore = Chore(name="letters", every=minute, do=fail, patience=minute, when=lambda: wanted[0])
    background = Background(
        opened.work, [chore], clock=clock, tallies=opened.tallies, report=lambda *_: None
    )
    background.do_due()
    assert done == []
    wanted[0] = True
    for tries in range(1, 8):
        background.do_due()
        assert len(done) == tries
        clock.go(seconds=60)

"""Letters of a shop with `[mail]`: delivered once by however many processes, away and back."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mail_worlds import NO_SUCH_MAILBOX, TRY_LATER, Mailboxes, free_port, mail_server
from tactful.assembly import Opened, init_shop, open_shop
from tactful.shop import Asking, Who
from tactful.shop.background import Background
from tactful.terms import Identifier, IdentifierKind, Proof, RequestKind, Trouble

LETTERS = 12


class Clock:
    """The shop's time, moved by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return the shop's clock."""
    return Clock()


@pytest.fixture
def port() -> int:
    """Return the port of the mail server, which may not be there yet."""
    return free_port()


@pytest.fixture
def opened(tmp_path: Path, clock: Clock, port: int) -> Iterator[Opened]:
    """Open a shop that mails by a server on *port*."""
    folder = tmp_path / "shop"
    init_shop(folder)
    with (folder / "tactful.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
            'sender = "privacy@shop.example"\n'
        )
    opened = open_shop(folder, clock=clock)
    yield opened
    opened.close()


def ask(opened: Opened) -> list[str]:
    """Let somebody with an address ask for a copy; return what happened to the request."""
    said = dict.fromkeys(("individual_personalization", "email_marketing"), "grant")
    who = Who(user_id="ann", region="DE")
    opened.shop.consent(who, said, notice="privacy@1", locale="en", source="tests")
    traits = {"email": "ann@example.org"}
    call = {"type": "identify", "userId": "ann", "traits": traits}
    opened.shop.collect([call], region="DE")
    asking = Asking(
        kind=RequestKind.ACCESS,
        identifier=Identifier(IdentifierKind.USER_ID, "ann"),
        proof=Proof.SIGNED_IN,
    )
    return [step.kind.value for step in opened.shop.requests.open(asking).steps]


def leave(opened: Opened, *names: str) -> None:
    """Leave a letter for each of *names*."""
    for name in names:
        opened.letters.queue(None, "answer", f"{name}@example.org", "Hello", f"Dear {name}!\n")


def background(opened: Opened, failures: list[str] | None = None) -> Background:
    """Return what does the shop's chores about letters."""
    heard = [] if failures is None else failures
    return Background(
        opened.work,
        [chore for chore in opened.chores if chore.name == "letters"],
        clock=opened.shop.now,
        tallies=opened.tallies,
        report=lambda name, error: heard.append(f"{name}: {error or 'works again'}"),
    )


def test_two_processes_deliver_each_letter_once(opened: Opened, clock: Clock, port: int) -> None:
    """Two servers on one store, both at it at once, send every letter, and none twice."""
    beside = open_shop(opened.folder, clock=clock)
    mailboxes = Mailboxes()
    leave(opened, *(f"reader-{number}" for number in range(LETTERS)))
    try:
        with mail_server(mailboxes, port=port):
            chores = [
                next(c for c in one.chores if c.name == "letters") for one in (opened, beside)
            ]
            threads = [threading.Thread(target=c.do, args=(lambda: False,)) for c in chores]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        beside.close()

    sent = Counter(mailboxes.recipients)
    assert len(sent) == LETTERS
    assert set(sent.values()) == {1}
    assert opened.outbox.outcomes() == {"sent": LETTERS}


def test_a_server_that_was_away_gets_everything(opened: Opened, clock: Clock, port: int) -> None:
    """While it is away that is said once, and letters wait; once it is back they go out."""
    failures: list[str] = []
    working = background(opened, failures)
    leave(opened, "ann", "bob")
    for _ in range(3):
        working.do_due()
        clock.now += timedelta(minutes=1)
    assert len(failures) == 1
    assert "letters cannot be sent" in failures[0]
    assert "example.org" not in failures[0]
    assert opened.outbox.outcomes() == {"waiting": 2}

    clock.now += timedelta(minutes=10)
    mailboxes = Mailboxes()
    with mail_server(mailboxes, port=port):
        working.do_due()

    assert sorted(mailboxes.recipients) == ["ann@example.org", "bob@example.org"]
    assert failures[1:] == ["letters: works again"]


def test_refused_recipients_hold_nobody_up(opened: Opened, port: int) -> None:
    """One who is refused for good is given up, one refused for now waits, the others get theirs."""
    answers = {"gone@example.org": NO_SUCH_MAILBOX, "full@example.org": TRY_LATER}
    mailboxes = Mailboxes(answers=answers)
    leave(opened, "gone", "full", "ann")
    with mail_server(mailboxes, port=port):
        background(opened).do_due()

    assert mailboxes.recipients == ["ann@example.org"]
    assert opened.outbox.outcomes() == {"refused": 1, "sent": 1, "waiting": 1}


def test_a_process_that_died_with_a_letter_loses_none(
    opened: Opened, clock: Clock, port: int
) -> None:
    """A letter that was taken and not settled is sent after the lease, by the same Message-ID."""
    leave(opened, "ann")
    taken = opened.outbox.claim(clock(), lease=timedelta(minutes=5))
    assert taken
    mailboxes = Mailboxes()
    with mail_server(mailboxes, port=port):
        background(opened).do_due()
        assert mailboxes.taken == []
        clock.now += timedelta(minutes=5)
        background(opened).do_due()

    [message] = mailboxes.taken
    assert message["message-id"] == f"<{taken.id}@shop.example>"


def test_a_new_master_key_opens_the_letters_of_before(tmp_path: Path, clock: Clock) -> None:
    """What waits can be read after a rotation, and after the old key is gone."""
    init_shop(tmp_path / "shop")
    opened = open_shop(tmp_path / "shop", clock=clock)
    leave(opened, "officer")
    opened.master_keys.rotate(index=True, wrapping=lambda *_: None, indexing=lambda *_: None)
    opened.master_keys.retire()
    opened.close()

    opened = open_shop(tmp_path / "shop", clock=clock)
    try:
        [queued] = opened.outbox.waiting(clock(), 9)
        assert queued.letter.to == "officer@example.org"
    finally:
        opened.close()


def test_a_shop_without_mail_keeps_its_letters(tmp_path: Path) -> None:
    """Nothing is sent without `[mail]`: letters can be read in the outbox."""
    init_shop(tmp_path / "shop")
    opened = open_shop(tmp_path / "shop")
    try:
        leave(opened, "ann")
        assert not [chore for chore in opened.chores if chore.name == "letters"]
        [queued] = opened.outbox.waiting(opened.shop.now(), 9)
        assert queued.letter.to == "ann@example.org"
    finally:
        opened.close()


def test_what_fails_is_trouble_to_the_chore(opened: Opened) -> None:
    """A chore whose mail server is away fails with what operators need to know."""
    leave(opened, "ann")
    [chore] = [chore for chore in opened.chores if chore.name == "letters"]
    assert chore.when()
    with pytest.raises(Trouble, match=r"\[mail\] in tactful.toml"):
        chore.do(lambda: False)


def test_who_is_told_of_a_request(opened: Opened, tmp_path: Path, clock: Clock) -> None:
    """Only where letters are mailed is anybody said to have been told that a request has come."""
    init_shop(tmp_path / "no mail")
    without = open_shop(tmp_path / "no mail", clock=clock)
    assert ask(opened) == ["received", "verified", "acknowledged", "done"]
    assert ask(without) == ["received", "verified", "done"]
    assert without.shop.totals()["letter", "request not sent"] == 1
    without.close()

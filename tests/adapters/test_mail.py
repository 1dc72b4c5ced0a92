"""Letters reach a mail server whole and once; what cannot be sent is said plainly."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mail_worlds import NO_SUCH_MAILBOX, TRY_LATER, Mailboxes, free_port, mail_server
from tactful.adapters.mail import Smtp, message_of
from tactful.adapters.settings import MailSettings
from tactful.terms import Busy, Letter, Mistake, Queued, Trouble

TEXT = "Dear Ann,\n\nWe did what you asked.\n.\nFrom the shop: é, 漢字\n"


def queued(to: str = "ann@example.org", title: str = "Übersicht") -> Queued:
    """Return a letter on its way."""
    letter = Letter(kind="answer", to=to, title=title, text=TEXT)
    return Queued(id="0123abcd", letter=letter, queued_at=datetime(2026, 3, 1, tzinfo=UTC), tries=1)


def post(port: int) -> Smtp:
    """Return what sends through the server on *port*."""
    settings = MailSettings(
        host="127.0.0.1",
        port=port,
        security="none",
        sender="privacy@shop.example",
        sender_name="The Tea Room, Privacy",
    )
    return Smtp(settings)


def test_a_letter_arrives_whole() -> None:
    """Title, sender, text and id arrive as they were given, as plain text of a machine."""
    mailboxes = Mailboxes()
    with mail_server(mailboxes) as port:
        post(port).send(queued())

    [message] = mailboxes.taken
    assert message["subject"] == "Übersicht"
    assert message["to"] == "ann@example.org"
    assert message["from"].addresses[0].addr_spec == "privacy@shop.example"
    assert message["from"].addresses[0].display_name == "The Tea Room, Privacy"
    assert message["message-id"] == "<0123abcd@shop.example>"
    assert message["auto-submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == TEXT


def test_an_address_of_any_script_is_written_to() -> None:
    """A domain in another script is asked for as the network knows it, a name as it is."""
    mailboxes = Mailboxes()
    with mail_server(mailboxes) as port:
        post(port).send(queued("ann@bücher.example"))
        post(port).send(queued("änn@example.org"))

    assert mailboxes.recipients == ["ann@xn--bcher-kva.example", "änn@example.org"]


def test_a_refusal_tells_now_from_for_good() -> None:
    """A recipient refused for good is a mistake; one refused for now is tried again."""
    answers = {"gone@example.org": NO_SUCH_MAILBOX, "full@example.org": TRY_LATER}
    with mail_server(Mailboxes(answers=answers)) as port:
        with pytest.raises(Mistake):
            post(port).send(queued("gone@example.org"))
        with pytest.raises(Busy):
            post(port).send(queued("full@example.org"))


def test_a_server_that_is_away_is_trouble() -> None:
    """The message names no recipient, and says where to look."""
    with pytest.raises(Trouble, match=r"letters cannot be sent.*\[mail\]") as trouble:
        post(free_port()).send(queued())

    assert not isinstance(trouble.value, Busy)
    assert "example.org" not in str(trouble.value)


def test_a_server_without_tls_gets_no_letter() -> None:
    """What is to be sent over TLS is not sent without, nor is the password."""
    mailboxes = Mailboxes()
    with mail_server(mailboxes) as port:
        settings = MailSettings(host="127.0.0.1", port=port, user="shop", sender="a@shop.example")
        with pytest.raises((Trouble, Mistake)):
            Smtp(settings, password="never sent").send(queued())

    assert mailboxes.taken == []


@given(
    st.text(max_size=30),
    st.sampled_from("\r\n\x00\x0b\x0c\x1c\x85\u2028\u2029"),
    st.text(max_size=30),
)
def test_no_title_and_no_address_holds_a_second_line(before: str, sign: str, after: str) -> None:
    """A line break would put headers of a stranger into a letter: none gets into one."""
    with pytest.raises(Mistake):
        Letter(kind="answer", to="ann@example.org", title=f"{before}{sign}{after}", text="")
    with pytest.raises(Mistake):
        Letter(kind="answer", to=f"ann@{before}{sign}{after}", title="Hello", text="")


@given(st.text(min_size=1, max_size=80), st.text(max_size=200))
def test_every_letter_makes_a_message_or_says_why_not(title: str, text: str) -> None:
    """Whatever a title and a text hold, nothing but a message or a mistake comes of it."""
    try:
        letter = Letter(kind="answer", to="ann@example.org", title=title, text=text)
        now = datetime(2026, 3, 1, tzinfo=UTC)
        whole = Queued(id="1", letter=letter, queued_at=now, tries=1)
        message = message_of(whole, sender="a@shop.example", name="")
    except Mistake:
        return
    head = message.as_bytes().partition(b"\n\n")[0]
    assert head.count(b"\nTo: ") == 1
    assert b"\nBcc" not in head


@pytest.mark.parametrize(
    ("to", "kind"),
    [
        ("ann", "answer"),
        ("ann@", "answer"),
        ("a@b@c", "answer"),
        ("ann@example.org, bob@example.org", "answer"),
        ("Ann <ann@example.org>", "answer"),
        ("ann@example.org", "To: bob"),
    ],
)
def test_an_address_is_one(to: str, kind: str) -> None:
    """Lists, names and other things are no address, and a kind is fixed words."""
    with pytest.raises(Mistake):
        Letter(kind=kind, to=to, title="Hello", text="")

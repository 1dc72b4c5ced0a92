"""A mail server on loopback that keeps what it takes, and refuses whom it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

NO_SUCH_MAILBOX = "550 no such mailbox"
TRY_LATER = "451 try again later"


@dataclass
class Mailboxes:
    """What was taken, and for whom nothing is: `answers` by recipient."""

    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802 - the name and the shape that aiosmtpd calls
        self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take or refuse one recipient."""
        answer = self.answers.get(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Any, envelope: Any
    ) -> str:
        """Keep one message."""
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.taken.append(found)
        self.recipients.extend(envelope.rcpt_tos)
        return "250 OK"


@contextmanager
def mail_server(mailboxes: Mailboxes, *, port: int = 0) -> Iterator[int]:
    """Serve *mailboxes*, and yield the port."""
    port = port or free_port()
    controller = Controller(mailboxes, hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    try:
        yield int(controller.port)
    finally:
        controller.stop()


def free_port() -> int:
    """Return a port that nothing listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

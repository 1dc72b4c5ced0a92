"""
Hand letters to a mail server by SMTP.

Made with the standard library: `EmailMessage` encodes every header, and refuses a line break in
one.  The password comes from the environment only.
"""

from __future__ import annotations

import smtplib
import ssl
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime
from typing import Final

from tactful.adapters.settings import MailSettings
from tactful.terms import Busy, Mistake, Queued, Trouble

PASSWORD: Final = "TACTFUL_MAIL_PASSWORD"  # noqa: S105 - the name of a variable
PATIENCE_SECONDS: Final = 20.0
_FOR_GOOD: Final = 500
_PLAIN: Final = SMTP.clone(cte_type="7bit")
"""Every server takes what is written so, whatever it holds."""


class Smtp:
    """Implements `tactful.shop.letters.Post`."""

    def __init__(
        self, settings: MailSettings, *, password: str = "", trusted: ssl.SSLContext | None = None
    ) -> None:
        self._settings = settings
        self._password = password
        self._trusted = trusted or ssl.create_default_context()

    def __repr__(self) -> str:
        return f"Smtp({self._settings.host}:{self._settings.port})"

    def send(self, queued: Queued) -> None:
        """
        Hand one letter over.

        Raises:
            Mistake: it will never be taken.
            Busy: this one is not taken for now.
            Trouble: the server cannot be reached, or does not let us in.
        """
        message = message_of(queued, sender=self._settings.sender, name=self._settings.sender_name)
        [to] = message["To"].addresses
        options = () if to.addr_spec.isascii() else ("SMTPUTF8",)
        try:
            with self._connected() as server:
                server.sendmail(self._settings.sender, to.addr_spec, message.as_bytes(), options)
        except smtplib.SMTPRecipientsRefused as refused:
            raise _refusal([code for code, _ in refused.recipients.values()]) from None
        except smtplib.SMTPSenderRefused as refused:
            raise Trouble(_says(f"the sender is refused ({refused.smtp_code})")) from None
        except smtplib.SMTPDataError as refused:
            raise _refusal([refused.smtp_code]) from None
        except smtplib.SMTPNotSupportedError:
            raise Mistake("the server cannot take this letter's address") from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise Trouble(_says(_reason(error))) from None

    def _connected(self) -> smtplib.SMTP:
        where = self._settings
        if where.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                where.host, where.port, timeout=PATIENCE_SECONDS, context=self._trusted
            )
        else:
            server = smtplib.SMTP(where.host, where.port, timeout=PATIENCE_SECONDS)
        try:
            if where.security == "starttls":
                server.starttls(context=self._trusted)
            if where.user:
                server.login(where.user, self._password)
        except BaseException:
            server.close()
            raise
        return server


def message_of(queued: Queued, *, sender: str, name: str) -> EmailMessage:
    """
    Return the letter as a message of plain text, with the same Message-ID at every try.

    Raises:
        Mistake: it does not fit into a message.
    """
    letter = queued.letter
    try:
        name_there, domain = _reachable(letter.to)
        message = EmailMessage(policy=_PLAIN if name_there.isascii() else SMTPUTF8)
        message["Subject"] = letter.title
        message["From"] = Address(display_name=name, addr_spec=sender)
        message["To"] = Address(username=name_there, domain=domain)
        message["Date"] = format_datetime(datetime.now(UTC))
        message["Message-ID"] = f"<{queued.id}@{sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer from a machine, please
        message.set_content(letter.text)
    except (ValueError, LookupError, UnicodeError) as error:
        raise Mistake("the letter does not fit into a message") from error
    return message


def _reachable(address: str) -> tuple[str, str]:
    """Return the name in *address*, and its domain as the network knows it (RFC 5890)."""
    name, _, domain = address.rpartition("@")
    return name, domain.encode("idna").decode()


def _refusal(codes: list[int]) -> Mistake | Busy:
    if codes and all(code >= _FOR_GOOD for code in codes):
        return Mistake("the recipient is refused for good")
    return Busy("the recipient is refused for now")


def _says(what: str) -> str:
    return f"letters cannot be sent: {what}; see [mail] in tactful.toml and {PASSWORD}"


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"the server does not take user and password ({error.smtp_code})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the server answers {error.smtp_code}"
    if isinstance(error, ssl.SSLError):
        return f"the connection is not secure ({error.reason or 'TLS'})"
    return f"the server cannot be reached ({type(error).__name__})"

"""
Who may call the shop, and the links and tickets that it hands out.

Only the digest of the secret key is kept: it is shown once, when the shop is made.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from itsdangerous import BadData, URLSafeTimedSerializer

from tactful.mechanisms.sealing import derive, seal, unseal
from tactful.terms import Trouble

SECRET_FILE = "secret-key.sha256"  # noqa: S105 - the name of a file
LINK_LIFETIME_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True, repr=False)
class Access:
    """The public write key, and the digest that the secret key is checked against."""

    write_key: str
    secret_digest: bytes

    def __repr__(self) -> str:
        return "Access(...)"

    def is_secret(self, key: str) -> bool:
        """Tell whether *key* is the secret key, in time that says nothing about it."""
        return hmac.compare_digest(_digest(key), self.secret_digest)

    def is_public(self, key: str) -> bool:
        """Tell whether *key* is the write key."""
        return hmac.compare_digest(key.encode(), self.write_key.encode())


def new_write_key() -> str:
    """Return a new public write key."""
    return "wk_" + secrets.token_urlsafe(18)


def create_secret_key(folder: Path) -> str:
    """Make a secret key, keep its digest in *folder*, and return it: it is shown only now."""
    key = "sk_" + secrets.token_urlsafe(32)
    handle = os.open(folder / SECRET_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(_digest(key).hex().encode())
    return key


def read_access(folder: Path, *, write_key: str) -> Access:
    """
    Return what calls are checked against.

    Raises:
        Trouble: the digest of the secret key cannot be read.
    """
    path = folder / SECRET_FILE
    try:
        return Access(write_key, bytes.fromhex(path.read_text("ascii").strip()))
    except (OSError, ValueError) as error:
        raise Trouble(f"{path} cannot be read: restore it from your backup") from error


Masters = Callable[[], Sequence[bytes]]
"""Returns the master keys, the newest first: what the older ones signed or sealed holds too."""


class Links:
    """Signed links by which one subject reaches their own page."""

    def __init__(self, masters: Masters) -> None:
        self._keys = _Derived(masters, "links")

    def sign(self, user_id: str) -> str:
        """Return a token that speaks for *user_id* for a week."""
        return str(self._serializer().dumps(user_id))

    def read(self, token: str) -> str | None:
        """Return whom *token* speaks for, or None where it is not ours or too old."""
        try:
            value = self._serializer().loads(token, max_age=LINK_LIFETIME_SECONDS)
        except BadData:
            return None
        return value if isinstance(value, str) else None

    def age(self, token: str) -> timedelta | None:
        """Return how long ago *token* was signed, or None where it is not ours or too old."""
        signed: datetime
        try:
            _, signed = self._serializer().loads(
                token, max_age=LINK_LIFETIME_SECONDS, return_timestamp=True
            )
        except BadData:
            return None
        return datetime.now(UTC) - signed

    def _serializer(self) -> URLSafeTimedSerializer:
        oldest_first = [*reversed(self._keys())]  # it signs with the last, and believes any
        return URLSafeTimedSerializer(oldest_first, signer_kwargs={"digest_method": hashlib.sha256})


class Tickets:
    """Seals small values into text that says nothing to anybody else."""

    def __init__(self, masters: Masters) -> None:
        self._keys = _Derived(masters, "tickets")

    def seal(self, value: bytes) -> str:
        """Return *value* as opaque text, safe in an address."""
        sealed = seal(self._keys()[0], value, about=b"ticket", random=os.urandom)
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def unseal(self, text: str) -> bytes | None:
        """Return the value, or None where *text* is not ours."""
        try:
            sealed = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        except (binascii.Error, UnicodeEncodeError):
            return None
        for key in self._keys():
            try:
                return unseal(key, sealed, about=b"ticket")
            except Trouble:
                continue  # perhaps an older generation sealed it
        return None


class _Derived:
    """The keys that the master keys give for one use, each derived once."""

    def __init__(self, masters: Masters, label: str) -> None:
        self._masters = masters
        self._label = label
        self._known: dict[bytes, bytes] = {}

    def __call__(self) -> list[bytes]:
        """Return the keys, the newest first."""
        masters = self._masters()
        if any(master not in self._known for master in masters):
            self._known = {master: derive(master, self._label) for master in masters}
        return [self._known[master] for master in masters]


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()

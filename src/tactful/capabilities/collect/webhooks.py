"""
Tell whether a webhook is its sender's own, and new enough; says nothing about what is in it.

Source: Standard Webhooks 1.0.0 (github.com/standard-webhooks), and Shopify's "Verify webhooks".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from tactful.capabilities.collect.calls import Incoming, calls_from, read_batch
from tactful.terms import Mistake

TOLERANCE: Final = timedelta(minutes=5)
"""How old or how far ahead a Standard Webhook may be: the tolerance that the standard names."""

MAX_ID_CHARS: Final = 200

_SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what every secret begins with
_VERSION: Final = "v1,"


def hmac_base64(key: bytes, message: bytes) -> bytes:
    """Return the HMAC-SHA256 of *message*, in base64."""
    return base64.b64encode(hmac.digest(key, message, hashlib.sha256))


def is_signed_by_shopify(body: bytes, signature: bytes, secrets: Iterable[str]) -> bool:
    """Tell whether *signature* is that of *body*, byte for byte as it came, by one of *secrets*."""
    expected = [hmac_base64(secret.encode(), body) for secret in secrets if secret]
    return _is_one_of(signature.strip(), expected)


def is_signed(
    body: bytes, *, webhook_id: bytes, timestamp: bytes, signatures: bytes, secrets: Iterable[str]
) -> bool:
    """
    Tell whether one of *signatures* is that of a Standard Webhook by one of *secrets*.

    Args:
        body: As it came.
        webhook_id: The header `webhook-id`.
        timestamp: The header `webhook-timestamp`.
        signatures: The header `webhook-signature`: `v1,<base64>`, several with spaces between.
        secrets: `whsec_<base64>`; several while one takes the place of another.
    """
    signed = b".".join((webhook_id, timestamp, body))
    expected = [hmac_base64(key, signed) for key in map(_key, secrets) if key]
    version = _VERSION.encode()
    given = (part.removeprefix(version) for part in signatures.split() if part.startswith(version))
    return any(_is_one_of(signature, expected) for signature in given)


def is_secret(said: str) -> bool:
    """Tell whether *said* is a secret of Standard Webhooks."""
    return said.startswith(_SECRET_PREFIX) and bool(_key(said))


def is_fresh(timestamp: bytes, now: datetime) -> bool:
    """Tell whether *timestamp*, in seconds since 1970, is within the tolerance of *now*."""
    if not timestamp.isdigit() or len(timestamp) > len("9999999999"):
        return False
    sent = datetime.fromtimestamp(int(timestamp), UTC)
    return abs(now - sent) <= TOLERANCE


def read_webhook(body: bytes, *, source: str, webhook_id: str) -> Incoming:
    """
    Read `{"batch": [call, ...]}`, or one call; a call without a `messageId` is named by its place.

    Raises:
        Mistake: the body is neither.
    """
    found = _decoded(body)
    incoming = read_batch(body) if "batch" in found else calls_from([found])
    named = (
        call
        if call.message_id
        else msgspec.structs.replace(call, message_id=f"{source}:{webhook_id}:{index}")
        for index, call in enumerate(incoming.calls)
    )
    return replace(incoming, calls=tuple(named))


def _decoded(body: bytes) -> dict[str, object]:
    try:
        return msgspec.json.decode(body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Mistake("the body is not a call, nor a batch of calls, in JSON") from None


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _is_one_of(given: bytes, expected: list[bytes]) -> bool:
    return any(hmac.compare_digest(given, one) for one in expected)

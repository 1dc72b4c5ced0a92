"""What calls built from a file have in common: a name of their own, and faults that say where."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

import msgspec

from tactful.capabilities.collect.tables.rows import Unfit

Wire = dict[str, object]
"""A call as a client would send it: `{"type": "track", "event": ..., "userId": ..., ...}`."""

T = TypeVar("T")


def said(name: str, read: Callable[[object], T], value: object) -> T:
    """Read the *value* of the field called *name*; a fault names the field."""
    try:
        return read(value)
    except Unfit as wrong:
        raise Unfit(f"{name} {wrong}") from None


def named(call: Wire, message: str = "") -> Wire:
    """Give *call* its message id: *message*, else a digest of all it says."""
    content = msgspec.json.encode(call, enc_hook=str, order="sorted")
    digest = hashlib.blake2b(content, digest_size=16)
    return {**call, "messageId": message or f"row:{digest.hexdigest()}"}

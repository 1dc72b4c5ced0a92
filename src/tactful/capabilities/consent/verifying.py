"""
Check a receipt that somebody brings, with nothing but its file and the shop's public keys.

A file is judged by what it means: white space between its parts, the order of its members and how
a character is escaped do not count; everything else does.  Who brings it is not asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from tactful.capabilities.consent.forms import ReceiptForm, read_form
from tactful.capabilities.consent.receipts import KIND
from tactful.mechanisms.canonical import canonical, read_json
from tactful.mechanisms.signing import PublicKey, key_named_in, public_key, signed_payload
from tactful.terms import Mistake

TOLERANCE: Final = timedelta(minutes=5)
"""How far the clock of whoever checks may be behind the shop's."""

_MEMBERS: Final = {"receipt", "signature", "key"}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Verified:
    """
    A receipt that was not changed since *key* signed it.

    `known` tells whether the key is one that the shop is known to have; else it only stood in the
    file.
    """

    receipt: Mapping[str, object]
    form: ReceiptForm
    key: str
    known: bool

    def __repr__(self) -> str:
        return f"Verified({self.key!r})"


def verified(content: bytes, *, keys: Sequence[PublicKey] | None, at: datetime) -> Verified:
    """
    Return what the file of a receipt says, if it can be believed.

    Args:
        content: The file.
        keys: The shop's keys, old ones too; None trusts the key that stands in the file.
        at: The time now.  Timezone-aware.

    Raises:
        Mistake: not a receipt, changed by as much as a bit, signed by none of *keys*, or its
            times cannot be.
    """
    file = _file(content)
    receipt, signature = file["receipt"], str(file["signature"])
    key = public_key(file["key"])
    if file["key"] != key.jwk() or key_named_in(signature) != key.thumbprint:
        raise Mistake("the key in the file is not the one that signed it")
    if keys is not None and key not in keys:
        raise Mistake(
            f"it was signed by a key that the shop is not known to have: {key.thumbprint}"
        )
    if signed_payload(signature, key, kind=KIND) != canonical(receipt):
        raise Mistake("the receipt is not what was signed: it was changed")
    form = _sane(read_form(receipt), at)
    return Verified(
        receipt=cast("Mapping[str, object]", receipt),
        form=form,
        key=key.thumbprint,
        known=keys is not None,
    )


def read_keys(content: bytes) -> tuple[PublicKey, ...]:
    """
    Read the file of a shop's public keys: a JWK Set (RFC 7517, 5), or a single JWK.

    Raises:
        Mistake: neither, or a key of another kind.
    """
    found = read_json(content)
    if not isinstance(found, Mapping):
        raise Mistake('the keys must be a JWK Set: {"keys": [...]}')
    keys = found.get("keys", [found])
    if not isinstance(keys, list):
        raise Mistake('the keys must be a JWK Set: {"keys": [...]}')
    return tuple(public_key(key) for key in keys)


def _file(content: bytes) -> Mapping[str, object]:
    file = read_json(content)
    if not isinstance(file, Mapping) or set(file) != _MEMBERS:
        raise Mistake("it must be an object with receipt, signature and key, and nothing else")
    return file


def _sane(form: ReceiptForm, at: datetime) -> ReceiptForm:
    """Return *form* if its times can be: an honest signer may err."""
    for event in form.events:
        if event.event_time > at + TOLERANCE:
            raise Mistake("it speaks of a time to come: one of the two clocks is wrong")
        if event.expiry is not None and event.expiry <= event.event_time:
            raise Mistake("it ran out before it was given")
    return form

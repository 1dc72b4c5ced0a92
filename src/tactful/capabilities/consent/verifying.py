"""
Check a receipt that somebody brings, with nothing but its file and the shop's public keys.

A file is judged by what it means: white space between its parts, the order of its members and how
a character is escaped do not count; everything else does.  Who brings it is not asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tactful.capabilities.consent.forms import ReceiptForm, read_form
from tactful.capabilities.consent.receipts import KIND
from tactful.mechanisms.canonical import read_json
from tactful.mechanisms.signed_files import believed
from tactful.mechanisms.signing import PublicKey, public_key
from tactful.terms import Mistake

TOLERANCE: Final = timedelta(minutes=5)
"""How far the clock of whoever checks may be behind the shop's."""

MEMBER: Final = "receipt"


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
    found = believed(content, name=MEMBER, kind=KIND, keys=keys)
    form = _sane(read_form(found.told), at)
    return Verified(receipt=found.told, form=form, key=found.key, known=found.known)


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


def _sane(form: ReceiptForm, at: datetime) -> ReceiptForm:
    """Return *form* if its times can be: an honest signer may err."""
    for event in form.events:
        if event.event_time > at + TOLERANCE:
            raise Mistake("it speaks of a time to come: one of the two clocks is wrong")
        if event.expiry is not None and event.expiry <= event.event_time:
            raise Mistake("it ran out before it was given")
    return form

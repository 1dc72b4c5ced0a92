"""
Files that carry a signed object: what it is, the signature, and the key that made it.

A file is judged by what it means: white space between its parts, the order of its members and how
a character is escaped do not count; everything else does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from tactful.mechanisms.canonical import canonical, read_json
from tactful.mechanisms.signing import PublicKey, key_named_in, public_key, signed_payload
from tactful.terms import Mistake


class Signer(Protocol):
    """Whoever signs for the shop, things of one kind."""

    def sign(self, payload: bytes) -> str:
        """Return a compact JWS that carries *payload*; the same payload gives the same text."""

    def jwk(self) -> Mapping[str, str]:
        """Return the public key as a JWK; its `kid` is its thumbprint (RFC 7638)."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Believed:
    """
    An object that was not changed since *key* signed it.

    `known` tells whether the key is one that the shop is known to have; else it only stood in the
    file.
    """

    told: Mapping[str, object]
    key: str
    known: bool

    def __repr__(self) -> str:
        return f"Believed({self.key!r})"


def signed_file(name: str, told: Mapping[str, object], signer: Signer) -> dict[str, object]:
    """Return what a file holds that carries *told* under *name*, signed in its canonical form."""
    return {name: dict(told), "signature": signer.sign(canonical(told)), "key": dict(signer.jwk())}


def believed(content: bytes, *, name: str, kind: str, keys: Sequence[PublicKey] | None) -> Believed:
    """
    Return the object called *name* in a file, if it can be believed.

    Args:
        content: The file.
        name: What the object is called in it.
        kind: As what it must have been signed (`typ`).
        keys: The shop's keys, old ones too; None trusts the key that stands in the file.

    Raises:
        Mistake: another file, changed by as much as a bit, or signed by none of *keys*.
    """
    file = read_json(content)
    if not isinstance(file, Mapping) or set(file) != {name, "signature", "key"}:
        raise Mistake(f"it must be an object with {name}, signature and key, and nothing else")
    signature, key = str(file["signature"]), public_key(file["key"])
    if file["key"] != key.jwk() or key_named_in(signature) != key.thumbprint:
        raise Mistake("the key in the file is not the one that signed it")
    if keys is not None and key not in keys:
        raise Mistake(
            f"it was signed by a key that the shop is not known to have: {key.thumbprint}"
        )
    if signed_payload(signature, key, kind=kind) != canonical(file[name]):
        raise Mistake(f"the {name} is not what was signed: it was changed")
    told = file[name]
    if not isinstance(told, Mapping):
        raise Mistake(f"the {name} is of no form that is known here")
    return Believed(
        told=cast("Mapping[str, object]", told), key=key.thumbprint, known=keys is not None
    )

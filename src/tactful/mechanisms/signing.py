"""
Signatures that any JOSE library can check: compact JWS with Ed25519, keys as JWK.

The signature, its format and the thumbprint are `joserfc`'s and `cryptography`'s; what stands here
chooses one algorithm, one header and one form of a key, and takes no other.  Knows neither where
keys are kept nor what is signed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tactful.terms import Mistake

if TYPE_CHECKING:
    from joserfc.jwk import OKPKey

SEED_BYTES: Final = 32
PUBLIC_BYTES: Final = 32

ALGORITHM: Final = "Ed25519"
"""RFC 9864, which replaces the `EdDSA` of RFC 8037: it names the curve."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """
    Somebody's Ed25519 key, by which their signatures are checked.

    `x` is the key in base64url, as it stands in the JWK of RFC 8037.
    """

    x: str

    @property
    def thumbprint(self) -> str:
        """Return the name of the key: SHA-256 of its JWK (RFC 7638, RFC 8037 A.3)."""
        return _jose(self.x).thumbprint()

    def jwk(self) -> dict[str, str]:
        """Return the key as it is published (RFC 7517)."""
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": self.x,
            "kid": self.thumbprint,
            "alg": ALGORITHM,
            "use": "sig",
        }


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """An Ed25519 key that signs.  Its `repr` shows nothing of it."""

    seed: bytes
    kind: str

    def __repr__(self) -> str:
        return "SigningKey(...)"

    @property
    def public(self) -> PublicKey:
        """Return the half that everybody may know."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        return PublicKey(_text(private.public_key().public_bytes_raw()))

    def sign(self, payload: bytes) -> str:
        """
        Return a compact JWS that carries *payload*; the same payload gives the same text.

        Source:
            RFC 7515, 7.1; RFC 8037, 3.1; `typ` keeps signatures of one kind from being taken for
            another (RFC 8725, 3.11).
        """
        from joserfc import jws

        public = self.public
        header = {"alg": ALGORITHM, "kid": public.thumbprint, "typ": self.kind}
        key = _jose(public.x, d=_text(self.seed))
        return jws.serialize_compact(header, payload, key, algorithms=[ALGORITHM])


def public_key(jwk: object) -> PublicKey:
    """
    Read a public key.

    Args:
        jwk: A JWK as `PublicKey.jwk` writes it; only `kty`, `crv` and `x` must be there.

    Raises:
        Mistake: another kind of key, or members that contradict it; a private key.
    """
    if not isinstance(jwk, Mapping):
        raise Mistake("a key must be a JWK: a JSON object with kty, crv and x")
    if "d" in jwk:
        raise Mistake("this is a private key: never hand it to anybody, and change it now")
    key = PublicKey(str(jwk.get("x")))
    if len(_bytes(key.x) or b"") != PUBLIC_BYTES:
        raise Mistake("a key must be an Ed25519 key: 32 bytes in base64url as x")
    told = key.jwk()
    if not {"kty", "crv", "x"} <= jwk.keys() or any(told[n] != jwk[n] for n in told if n in jwk):
        raise Mistake("the key contradicts itself: kty, crv, alg, use or kid do not belong to x")
    return key


def key_named_in(token: str) -> str:
    """
    Return the thumbprint of the key that *token* says it was signed with, unchecked.

    Raises:
        Mistake: not a compact JWS, or not one of ours.
    """
    from joserfc import jws
    from joserfc.errors import JoseError

    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError) as error:
        raise Mistake("the signature is not a compact JWS (RFC 7515)") from error
    return str(header.get("kid"))


def signed_payload(token: str, key: PublicKey, *, kind: str) -> bytes:
    """
    Return what *token* carries, if *key* signed it as that *kind*, and nothing was changed.

    Raises:
        Mistake: changed, signed by another key or as something else, or no signature at all.
    """
    from joserfc import jws
    from joserfc.errors import JoseError

    try:
        found = jws.deserialize_compact(token.encode(), _jose(key.x), algorithms=[ALGORITHM])
    except (JoseError, ValueError) as error:
        raise Mistake(
            "the signature does not fit: it was changed, or another key made it"
        ) from error
    if found.headers() != {"alg": ALGORITHM, "kid": key.thumbprint, "typ": kind}:
        raise Mistake("this was signed as something else")
    return found.payload


def _jose(x: str, **private: str) -> OKPKey:
    from joserfc.jwk import OKPKey

    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": x, **private})


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _bytes(text: str) -> bytes | None:
    """Return what *text* encodes; None where it could be written otherwise (RFC 4648, 3.5)."""
    try:
        value = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (binascii.Error, UnicodeEncodeError):
        return None
    return value if _text(value) == text else None

"""Signatures are those of the RFCs, and any other library can check them."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey

from tactful.mechanisms.signing import (
    PublicKey,
    SigningKey,
    key_named_in,
    public_key,
    signed_payload,
)
from tactful.terms import Mistake

KIND = "test+json"

# RFC 8037, A.1 to A.4: the private key, the public one, its thumbprint, and a signature.
D = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
X = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
PAYLOAD = b"Example of Ed25519 signing"
JWS = (
    "eyJhbGciOiJFZERTQSJ9"
    ".RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    ".hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
)


def raw(text: str) -> bytes:
    """Return what *text* in base64url encodes."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


KEY = SigningKey(raw(D), KIND)


def test_the_keys_of_the_rfc() -> None:
    """RFC 8037, A.2 and A.3: the public key that follows from the private one, and its name."""
    assert KEY.public == PublicKey(X)
    assert KEY.public.thumbprint == THUMBPRINT
    assert KEY.public.jwk()["kid"] == THUMBPRINT


def test_the_signature_of_the_rfc() -> None:
    """RFC 8037, A.4: the library signs the example as it stands there, to the letter."""
    key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "d": D, "x": X})
    with pytest.warns(SecurityWarning, match="RFC 9864"):  # the old name of the algorithm
        assert jws.serialize_compact({"alg": "EdDSA"}, PAYLOAD, key, algorithms=["EdDSA"]) == JWS


@given(st.binary(max_size=200))
def test_whoever_knows_ed25519_can_check_it(payload: bytes) -> None:
    """The signature is a plain Ed25519 one over `header.payload` (RFC 7515, 5.1)."""
    token = KEY.sign(payload)
    head, body, signature = token.split(".")

    Ed25519PublicKey.from_public_bytes(raw(X)).verify(raw(signature), f"{head}.{body}".encode())
    assert json.loads(raw(head)) == {"alg": "Ed25519", "kid": THUMBPRINT, "typ": KIND}
    assert raw(body) == payload
    assert (KEY.sign(payload), signed_payload(token, KEY.public, kind=KIND)) == (token, payload)
    assert key_named_in(token) == THUMBPRINT


TOKEN = KEY.sign(b'{"a":1}')


@given(st.integers(0, 8 * len(TOKEN) - 1))
def test_no_bit_of_it_can_be_changed(bit: int) -> None:
    """One bit elsewhere, and it is no signature of that key any more."""
    changed = bytearray(TOKEN.encode())
    changed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(Mistake):
        signed_payload(changed.decode("latin-1"), KEY.public, kind=KIND)


@pytest.mark.parametrize(
    "token", ["", "a.b", "a.b.c", "ä.b.c", TOKEN + "=", TOKEN + ".x", "\ud800"]
)
def test_what_is_no_signature_is_refused(token: str) -> None:
    """Anything but a compact JWS ends with a line that says so."""
    with pytest.raises(Mistake):
        signed_payload(token, KEY.public, kind=KIND)


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "\ud800"])
def test_what_is_no_signature_names_no_key(token: str) -> None:
    """The key can only be asked of a compact JWS."""
    with pytest.raises(Mistake, match="compact JWS"):
        key_named_in(token)


def test_a_signature_of_another_kind_is_refused() -> None:
    """What was signed as one thing cannot be handed in as another (RFC 8725, 3.11)."""
    with pytest.raises(Mistake, match="something else"):
        signed_payload(SigningKey(raw(D), "other").sign(b"{}"), KEY.public, kind=KIND)


def test_the_old_name_of_the_algorithm_is_not_taken() -> None:
    """One algorithm, one name: what is asked of a signature is never up to the signature."""
    with pytest.raises(Mistake, match="does not fit"):
        signed_payload(JWS, KEY.public, kind=KIND)


def test_a_key_comes_back_from_its_jwk() -> None:
    """What is published is read as the same key; the bare members of RFC 8037 are enough."""
    jwk = KEY.public.jwk()
    assert public_key(jwk) == KEY.public
    assert public_key({name: jwk[name] for name in ("kty", "crv", "x")}) == KEY.public


@pytest.mark.parametrize(
    "jwk",
    [
        None,
        [],
        {},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {"kty": "OKP", "crv": "X25519", "x": X},
        {"kty": "OKP", "crv": "Ed25519", "x": X[:-1]},
        {"kty": "OKP", "crv": "Ed25519", "x": X[:-1] + "p"},
        {"kty": "OKP", "crv": "Ed25519", "x": X + "="},
        {"kty": "OKP", "crv": "Ed25519", "x": X, "kid": "mine"},
        {"kty": "OKP", "crv": "Ed25519", "x": X, "use": "enc"},
        {"crv": "Ed25519", "x": X},
        {"kty": "OKP", "crv": "Ed25519", "x": "é"},
        {"kty": "OKP", "crv": "Ed25519", "x": 5},
    ],
)
def test_what_is_no_key_is_refused(jwk: object) -> None:
    """Other kinds of keys, cut ones, and ones whose members contradict each other."""
    with pytest.raises(Mistake, match="key"):
        public_key(jwk)


def test_a_private_key_is_not_taken_for_a_public_one() -> None:
    """Who hands out a private key is told to change it."""
    with pytest.raises(Mistake, match="private"):
        public_key({"kty": "OKP", "crv": "Ed25519", "x": X, "d": D})


def test_repr_shows_no_key() -> None:
    """The `repr` of a signing key says nothing of it."""
    assert repr(KEY) == "SigningKey(...)"

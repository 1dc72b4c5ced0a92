"""Sealing is what the standards say it is, and opens for nobody else."""

from __future__ import annotations

import os

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from hypothesis import given
from hypothesis import strategies as st

from tactful.mechanisms.sealing import (
    INDEX_BYTES,
    KEY_BYTES,
    NONCE_BYTES,
    blind_index,
    derive,
    seal,
    unseal,
)
from tactful.terms import Trouble

KEYS = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)

# McGrew and Viega, "The Galois/Counter Mode of Operation", test cases 13, 14 and 16:
# key, nonce, plaintext, associated data, ciphertext || tag.
GCM = [
    ("00" * 32, "00" * 12, "", "", "530f8afbc74536b9a963b4f1c4cb738b"),
    (
        "00" * 32,
        "00" * 12,
        "00" * 16,
        "",
        "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
    ),
    (
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
        "cafebabefacedbaddecaf888",
        (
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
            "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
        ),
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        (
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
            "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ),
]


@pytest.mark.parametrize("vector", GCM, ids=["13", "14", "16"])
def test_gcm_vectors(vector: tuple[str, str, str, str, str]) -> None:
    """What is sealed is AES-256-GCM, to the byte."""
    key, nonce, plain, about, expected = map(bytes.fromhex, vector)
    sealed = seal(key, plain, about=about, random=lambda _: nonce)
    assert sealed == nonce + expected
    assert unseal(key, sealed, about=about) == plain


def test_hkdf_vector() -> None:
    """What is derived is HKDF-SHA256: RFC 5869, A.3, its first 32 bytes."""
    expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
    assert derive(b"\x0b" * 22, "").hex() == expected


@given(key=KEYS, value=st.text())
def test_blind_index_is_hmac(key: bytes, value: str) -> None:
    """A blind index is half of an HMAC-SHA256, as another implementation has it."""
    other = HMAC(key, SHA256())
    other.update(b"email\0" + value.encode(errors="surrogatepass"))
    assert blind_index(key, "email", value) == other.finalize()[:INDEX_BYTES]


@given(plain=st.binary(), about=st.binary())
def test_opens_what_it_sealed(plain: bytes, about: bytes) -> None:
    """Whatever is sealed is opened, and never looks the same twice."""
    key = os.urandom(KEY_BYTES)
    first, second = (seal(key, plain, about=about, random=os.urandom) for _ in range(2))
    assert first != second
    assert unseal(key, first, about=about) == unseal(key, second, about=about) == plain


@given(plain=st.binary(), place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_any_altered_bit_is_noticed(plain: bytes, place: int, bit: int) -> None:
    """No bit of a sealed value can be changed unnoticed."""
    key = os.urandom(KEY_BYTES)
    sealed = bytearray(seal(key, plain, about=b"here", random=os.urandom))
    sealed[place % len(sealed)] ^= 1 << bit
    with pytest.raises(Trouble, match="does not open"):
        unseal(key, bytes(sealed), about=b"here")


@pytest.mark.parametrize("length", [0, 1, NONCE_BYTES, NONCE_BYTES + 15])
def test_too_short_to_be_sealed(length: int) -> None:
    """What is too short to be sealed is refused like what was altered."""
    with pytest.raises(Trouble, match="does not open"):
        unseal(b"k" * KEY_BYTES, b"s" * length, about=b"")


def test_opens_in_its_own_place_only() -> None:
    """A value sealed about one thing does not open about another, nor under another key."""
    key, other = os.urandom(KEY_BYTES), os.urandom(KEY_BYTES)
    sealed = seal(key, b"plain", about=b"traits:1", random=os.urandom)
    for wrong_key, about in ((key, b"traits:2"), (other, b"traits:1")):
        with pytest.raises(Trouble, match="does not open"):
            unseal(wrong_key, sealed, about=about)


def test_indexes_and_keys_differ() -> None:
    """Another key, kind or value gives another index; another label another key."""
    key, other = os.urandom(KEY_BYTES), os.urandom(KEY_BYTES)
    cases = [(key, "a", "bc"), (key, "ab", "c"), (key, "a", "b"), (other, "a", "bc")]
    assert len({blind_index(*case) for case in cases}) == len(cases)
    assert len({derive(key, "one"), derive(key, "two"), derive(other, "one")}) == 3

"""
Seal values under a key, derive keys, and index values without showing them.

AES-256-GCM (NIST SP 800-38D), HKDF-SHA256 (RFC 5869) and HMAC-SHA256 (RFC 2104), all of them from
`cryptography` and the standard library.  Knows neither where keys are kept nor whose they are.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tactful.terms import Trouble

KEY_BYTES = 32
NONCE_BYTES = 12
INDEX_BYTES = 16

Random = Callable[[int], bytes]
"""Returns that many bytes nobody can foresee; the same twice under one key breaks the seal."""


def seal(key: bytes, plain: bytes, *, about: bytes, random: Random) -> bytes:
    """
    Return nonce || ciphertext || tag of *plain*, bound to *about*.

    Args:
        key: 32 bytes.
        plain: What to hide, of any length.
        about: What the sealed value belongs to; the same bytes are needed to open it.
        random: Where the 96-bit nonce comes from.

    Source:
        NIST SP 800-38D, 8.2.2: a random nonce, good for 2^32 values under one key.
    """
    nonce = random(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def unseal(key: bytes, sealed: bytes, *, about: bytes) -> bytes:
    """
    Return what was sealed.

    Raises:
        Trouble: altered, moved to another place, or sealed under another key.
    """
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)
    except (InvalidTag, ValueError) as error:
        raise Trouble(
            "a sealed value does not open: the store was altered, or this is not its key"
        ) from error


def derive(master: bytes, label: str) -> bytes:
    """Return the 32-byte key that *master* gives for *label* (RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=label.encode()).derive(master)


class BlindIndex:
    """
    Finds values again that nobody can read, or guess without the key.

    Source:
        RFC 2104, 5: HMAC-SHA256 truncated to half its length.
    """

    def __init__(self, key: bytes) -> None:
        """
        Prepare *key*: a copy of what is prepared takes a third of the time of a new one.

        Args:
            key: 32 bytes, used for nothing else.
        """
        self._prepared = HMAC(key, SHA256())

    def of(self, kind: str, value: str) -> bytes:
        """
        Return 16 bytes by which *value* can be found again.

        Args:
            kind: A namespace without NUL bytes, so that no two pairs share a message.
            value: What to index; any text that Python can hold.
        """
        message = self._prepared.copy()
        message.update(f"{kind}\0{value}".encode(errors="surrogatepass"))
        return message.finalize()[:INDEX_BYTES]


def blind_index(key: bytes, kind: str, value: str) -> bytes:
    """Return what `BlindIndex` of *key* finds *value* by, for who needs it once."""
    return BlindIndex(key).of(kind, value)

"""Check receipts, and change the key that signs them, without opening the shop's store."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tactful.adapters.receipt_files import read_small, write_receipts
from tactful.adapters.settings import read_settings
from tactful.adapters.signing_key import receipt_keys, rotate_signer
from tactful.capabilities.consent import Verified, read_keys, verified
from tactful.capabilities.rights import VerifiedCertificate, verified_certificate
from tactful.mechanisms.signing import PublicKey
from tactful.terms import Mistake

__all__ = [
    "check_certificate",
    "check_receipt",
    "rotate_receipt_key",
    "shop_receipt_keys",
    "write_receipts",
]


def check_receipt(file: Path, *, keys: Path | None = None, shop: Path | None = None) -> Verified:
    """
    Return what the receipt in *file* says, if it can be believed.

    Args:
        file: The receipt.
        keys: The shop's public keys, as it publishes them: a JWK Set, or one JWK.
        shop: The shop's folder, in place of *keys*.  Without either, the key in the file counts.

    Raises:
        Mistake: it is not good; the message says what is wrong with it.
        NotAShop: *shop* is none.
    """
    return verified(read_small(file), keys=_keys(keys, shop), at=datetime.now(UTC))


def check_certificate(
    file: Path, *, keys: Path | None = None, shop: Path | None = None
) -> VerifiedCertificate:
    """
    Return what the certificate of erasure in *file* says, if it can be believed.

    Args:
        file: The certificate.
        keys: The shop's public keys, as it publishes them: a JWK Set, or one JWK.
        shop: The shop's folder, in place of *keys*.  Without either, the key in the file counts.

    Raises:
        Mistake: it is not good; the message says what is wrong with it.
        NotAShop: *shop* is none.
    """
    return verified_certificate(read_small(file), keys=_keys(keys, shop))


def shop_receipt_keys(folder: Path) -> tuple[PublicKey, ...]:
    """
    Return the public keys that ever signed for the shop in *folder*, the newest first.

    Raises:
        NotAShop: *folder* holds no shop.
        Trouble: they cannot be read.
    """
    return receipt_keys(folder / read_settings(folder).store.keys)


def rotate_receipt_key(folder: Path) -> str:
    """
    Sign the receipts of the shop in *folder* with a new key, and return its thumbprint.

    The old public key is kept: what it signed is good as before.  A server that is running signs
    with the old one until it starts anew.

    Raises:
        NotAShop: *folder* holds no shop.
        Trouble: the keys cannot be read or written.
    """
    return rotate_signer(folder / read_settings(folder).store.keys).jwk()["kid"]


def _keys(keys: Path | None, shop: Path | None) -> tuple[PublicKey, ...] | None:
    if shop is not None:
        return shop_receipt_keys(shop)
    if keys is None:
        return None
    try:
        return read_keys(read_small(keys))
    except Mistake as mistake:
        raise Mistake(f"{keys.name} holds no public keys: {mistake}") from mistake

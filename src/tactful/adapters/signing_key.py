"""
The key that signs receipts, and the public keys of all that ever did.

`receipt.key` signs and is nobody else's to read.  `receipt-keys.json` is a JWK Set of its public
half and of those before it: a receipt can be checked for as long as that file is kept, however
often the key was changed, and even if it was lost.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tactful.adapters.key_file import KeyFile, create_key_file, sync_folder, write_private
from tactful.capabilities.consent import KIND, read_keys
from tactful.mechanisms.signing import PublicKey, SigningKey
from tactful.terms import Mistake, Trouble

KEY: Final = "receipt.key"
PUBLIC_KEYS: Final = "receipt-keys.json"
_LABEL: Final = "receipt"


@dataclass(frozen=True, slots=True)
class ReceiptSigner:
    """Implements `tactful.mechanisms.signed_files.Signer`."""

    key: SigningKey

    def of(self, kind: str) -> ReceiptSigner:
        """Return what signs things of another *kind* with the same key."""
        return ReceiptSigner(SigningKey(self.key.seed, kind))

    def sign(self, payload: bytes) -> str:
        """Return a compact JWS that carries *payload*."""
        return self.key.sign(payload)

    def jwk(self) -> Mapping[str, str]:
        """Return the public key."""
        return self.key.public.jwk()


def open_signer(folder: Path) -> ReceiptSigner:
    """
    Return what signs for the shop whose keys lie in *folder*; a shop without a key gets one.

    Raises:
        Trouble: the key cannot be read or made, or others may read it.
    """
    if not (folder / KEY).exists():
        _create(folder)
    signer = ReceiptSigner(SigningKey(KeyFile(folder / KEY, _LABEL).secret(), KIND))
    if not _is_published(folder, signer.key.public):
        _publish(folder, [signer.key.public, *receipt_keys(folder)])
    return signer


def receipt_keys(folder: Path) -> tuple[PublicKey, ...]:
    """
    Return the public keys in *folder*, the newest first; none where no receipt was ever signed.

    Raises:
        Trouble: the file is there and cannot be read.
    """
    path = folder / PUBLIC_KEYS
    try:
        return read_keys(path.read_bytes())
    except FileNotFoundError:
        return ()
    except (OSError, Mistake) as error:
        raise Trouble(f"{path} cannot be read: restore it from your backup") from error


def rotate_signer(folder: Path) -> ReceiptSigner:
    """
    Put a new key in the place of the one in *folder*; what the old one signed can be checked still.

    A server that is running signs with the old key until it starts anew.

    Raises:
        Trouble: the keys cannot be read or written.
    """
    open_signer(folder)  # sees to it that the old public key is kept
    new = folder / f".{KEY}.new"
    new.unlink(missing_ok=True)
    create_key_file(new, kind=_LABEL)
    new.replace(folder / KEY)
    sync_folder(folder)
    return open_signer(folder)


def _is_published(folder: Path, key: PublicKey) -> bool:
    """Tell whether *key* stands in the list, without parsing it: this is asked at every opening."""
    try:
        return key.x.encode() in (folder / PUBLIC_KEYS).read_bytes()
    except OSError:
        return False


def _create(folder: Path) -> None:
    try:
        create_key_file(folder / KEY, kind=_LABEL)
    except Trouble:
        if not (folder / KEY).exists():  # else another process was faster
            raise


def _publish(folder: Path, keys: Sequence[PublicKey]) -> None:
    """Write the public keys, whole or not at all."""
    draft = folder / f".{PUBLIC_KEYS}.{os.getpid()}"
    content = json.dumps({"keys": [key.jwk() for key in keys]}, indent=1) + "\n"
    try:
        write_private(draft, content.encode())
        draft.replace(folder / PUBLIC_KEYS)
        sync_folder(folder)
    except OSError as error:
        raise Trouble(f"cannot write {folder / PUBLIC_KEYS}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)

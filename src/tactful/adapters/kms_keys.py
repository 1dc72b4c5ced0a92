"""
The master keys of a shop, each wrapped by a key that never leaves AWS KMS.

What lies in the key folder is `master.kms`, `master-2.kms`, ...: the key as KMS encrypted it, and
what KMS needs to decrypt it.  The key itself is only ever in memory.  Credentials are found by
`boto3` in its own ways; none pass through here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import msgspec

from tactful.adapters.key_file import sync_folder, write_new
from tactful.adapters.key_folder import files, path_of
from tactful.mechanisms.keyring import KeyNote
from tactful.mechanisms.sealing import KEY_BYTES
from tactful.terms import Trouble

SUFFIX: Final = ".kms"
FORMAT: Final = "tactful-kms-key-1"
CONNECT_SECONDS: Final = 3
READ_SECONDS: Final = 5
ATTEMPTS: Final = 2

_NOTHING: Final = "nothing was written"
_REFUSALS: Final = {
    "AccessDeniedException": "refuses these credentials: allow them kms:GenerateDataKey, "
    "kms:Encrypt and kms:Decrypt on the key",
    "DisabledException": "says that the key is disabled: enable it",
    "KMSInvalidStateException": "says that the key cannot be used, it may be about to be deleted: "
    "cancel its deletion, or enable it",
    "NotFoundException": "knows no such key: check kms_key_id and region",
    "IncorrectKeyException": "says that another key wrapped this one: put the right file back, "
    "from your backup",
    "InvalidCiphertextException": "cannot open it: the file is damaged, or belongs to another "
    "shop or generation; put it back, from your backup",
    "ThrottlingException": "asks for fewer requests: try again in a moment",
    "UnrecognizedClientException": "does not know these credentials: check them",
    "InvalidSignatureException": "does not accept these credentials: check them, and the clock",
    "ExpiredTokenException": "says that these credentials expired: renew them",
}


class WrappedKey(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What a `.kms` file holds: JSON; `context` is what KMS binds the ciphertext to."""

    format: str
    key_id: str
    context: dict[str, str]
    made: datetime
    wrapped: bytes


@dataclass(frozen=True, kw_only=True)
class KmsKeys:
    """
    Implements `tactful.mechanisms.keyring.KeyStore` on AWS KMS.

    Args:
        folder: Where the wrapped keys lie.
        shop: Names the shop in the encryption context of new keys, and so in the log of KMS.
        key_id: The id, ARN or alias of the KMS key that wraps new keys.
        region: Where it is; boto3's own choice where empty.
        endpoint_url: A compatible service in the place of AWS.
    """

    folder: Path
    shop: str
    key_id: str
    region: str = ""
    endpoint_url: str = ""
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def masters(self) -> Mapping[int, bytes]:
        """Return the keys that lie in the folder, decrypted by KMS."""
        found = {number: self._decrypt(path) for number, path in files(self.folder, SUFFIX)}
        if not found:
            raise Trouble(
                f"there is no wrapped master key in {self.folder}: put master{SUFFIX} back, from "
                "your backup, or bring a key file there with `tactful keys move --to aws-kms`"
            )
        return found

    def make(self, generation: int) -> None:
        """Let KMS make a key, and keep what it encrypted."""
        if path_of(self.folder, generation, SUFFIX).exists():
            return
        context = self._context(generation)
        made = self._ask(
            "generate_data_key",
            KeyId=self.key_id,
            NumberOfBytes=KEY_BYTES,
            EncryptionContext=context,
        )
        self._write(generation, made, context)

    def keep(self, generation: int, key: bytes) -> None:
        """Let KMS encrypt *key*, and keep that."""
        path = path_of(self.folder, generation, SUFFIX)
        if path.exists():
            if self._decrypt(path) != key:
                raise Trouble(f"{path} holds another key: a key is never overwritten")
            return
        context = self._context(generation)
        made = self._ask("encrypt", KeyId=self.key_id, Plaintext=key, EncryptionContext=context)
        self._write(generation, made, context)

    def destroy(self, generation: int) -> None:
        """Remove the wrapped key: KMS keeps none, so it is gone with its last copy."""
        path = path_of(self.folder, generation, SUFFIX)
        try:
            path.unlink(missing_ok=True)
            sync_folder(self.folder)
        except OSError as error:
            raise Trouble(f"cannot remove {path}: {error.strerror}") from error

    def notes(self) -> tuple[KeyNote, ...]:
        """Return what may be told of each key, without asking KMS."""
        found = ((number, path, _read(path)) for number, path in files(self.folder, SUFFIX))
        return tuple(
            KeyNote(generation=number, made=wrapped.made, where=f"{path}, by {wrapped.key_id}")
            for number, path, wrapped in found
        )

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """Return what talks to KMS; it waits a bounded time."""
        try:
            import boto3
            from botocore.config import Config
        except ImportError as error:
            raise Trouble(
                "the master key lies in AWS KMS, and boto3 is not installed: "
                "run `pip install 'tactful[aws]'`"
            ) from error
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
        )
        with _in_one_line():
            return boto3.Session().client(
                "kms",
                config=config,
                region_name=self.region or None,
                endpoint_url=self.endpoint_url or None,
            )

    def _ask(
        self, what: str, *, about: Path | None = None, **arguments: object
    ) -> Mapping[str, Any]:
        """Call the operation *what* of KMS."""
        client = self._client
        with _in_one_line(about):
            answer: Mapping[str, Any] = getattr(client, what)(**arguments)
        return answer

    def _context(self, generation: int) -> dict[str, str]:
        return {"tactful:shop": self.shop, "tactful:generation": str(generation)}

    def _decrypt(self, path: Path) -> bytes:
        wrapped = _read(path)
        opened = self._ask(
            "decrypt",
            about=path,
            CiphertextBlob=wrapped.wrapped,
            KeyId=wrapped.key_id,
            EncryptionContext=wrapped.context,
        )
        key = bytes(opened["Plaintext"])
        if len(key) != KEY_BYTES:
            raise Trouble(f"{path} does not hold a master key: put it back, from your backup")
        return key

    def _write(self, generation: int, made: Mapping[str, Any], context: dict[str, str]) -> None:
        path = path_of(self.folder, generation, SUFFIX)
        content = WrappedKey(
            format=FORMAT,
            key_id=str(made["KeyId"]),
            context=context,
            made=self.clock(),
            wrapped=bytes(made["CiphertextBlob"]),
        )
        write_new(path, msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")


def _read(path: Path) -> WrappedKey:
    try:
        found = msgspec.json.decode(path.read_bytes(), type=WrappedKey)
    except OSError as error:
        raise Trouble(f"{path} cannot be read: restore it from your backup") from error
    except msgspec.MsgspecError as error:
        raise Trouble(f"{path} is damaged: put it back, from your backup") from error
    if found.format != FORMAT:
        raise Trouble(f"{path} is of a newer tactful: upgrade before you open it")
    return found


@contextmanager
def _in_one_line(path: Path | None = None) -> Iterator[None]:
    """Turn what boto3 raises into one line that says what to do."""
    from botocore import exceptions as aws

    about = f" for {path}" if path else f"; {_NOTHING}"
    try:
        yield
    except aws.ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "an error"))
        says = _REFUSALS.get(code, f"answered {code[:80]}: look into its log")
        raise Trouble(f"AWS KMS {says}{about}") from error
    except (
        aws.NoCredentialsError,
        aws.PartialCredentialsError,
        aws.CredentialRetrievalError,
    ) as error:
        raise Trouble(
            f"boto3 finds no credentials for AWS KMS: set AWS_ACCESS_KEY_ID and its like, or give "
            f"this machine a role{about}"
        ) from error
    except aws.NoRegionError as error:
        raise Trouble(f"AWS KMS needs a region: set [keys] region{about}") from error
    except ValueError as error:
        raise Trouble(f"AWS KMS cannot be asked: {error}; check [keys]{about}") from error
    except aws.BotoCoreError as error:
        raise Trouble(
            f"AWS KMS cannot be reached ({type(error).__name__}): check the network, region and "
            f"endpoint_url, and start again{about}"
        ) from error

"""The key that signs receipts is private, whole, and leaves its public half behind for good."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tactful.adapters.signing_key import (
    KEY,
    PUBLIC_KEYS,
    open_signer,
    receipt_keys,
    rotate_signer,
)
from tactful.capabilities.consent import KIND
from tactful.mechanisms.signing import signed_payload
from tactful.terms import Trouble


def test_a_shop_without_a_key_gets_one(tmp_path: Path) -> None:
    """The first opening makes the key, for its owner only; the next one finds it."""
    assert receipt_keys(tmp_path) == ()
    signer = open_signer(tmp_path)

    assert stat.S_IMODE((tmp_path / KEY).stat().st_mode) == 0o600
    assert open_signer(tmp_path) == signer
    assert {path.name for path in tmp_path.iterdir()} == {KEY, PUBLIC_KEYS}


def test_what_it_signs_is_checked_with_what_it_publishes(tmp_path: Path) -> None:
    """The file of public keys is a JWK Set with the key that signs now."""
    signer = open_signer(tmp_path)
    (published,) = receipt_keys(tmp_path)

    assert signed_payload(signer.sign(b"{}"), published, kind=KIND) == b"{}"
    assert json.loads((tmp_path / PUBLIC_KEYS).read_bytes()) == {"keys": [dict(signer.jwk())]}


def test_old_signatures_outlive_their_key(tmp_path: Path) -> None:
    """After two changes of the key three public keys are kept, the newest first."""
    signers = [open_signer(tmp_path), rotate_signer(tmp_path), rotate_signer(tmp_path)]
    old = signers[0].sign(b"old")

    keys = receipt_keys(tmp_path)
    assert keys == tuple(signer.key.public for signer in reversed(signers))
    assert signed_payload(old, keys[-1], kind=KIND) == b"old"
    assert open_signer(tmp_path) == signers[-1]
    assert stat.S_IMODE((tmp_path / KEY).stat().st_mode) == 0o600
    assert len(list(tmp_path.iterdir())) == 2


def test_the_old_key_is_published_before_it_goes(tmp_path: Path) -> None:
    """Even where the list was lost, a change of the key loses no public half."""
    old = open_signer(tmp_path)
    (tmp_path / PUBLIC_KEYS).unlink()

    new = rotate_signer(tmp_path)

    assert receipt_keys(tmp_path) == (new.key.public, old.key.public)


def test_a_lost_list_of_public_keys_is_made_again(tmp_path: Path) -> None:
    """The public half of the key in use is never missing."""
    signer = open_signer(tmp_path)
    (tmp_path / PUBLIC_KEYS).unlink()

    open_signer(tmp_path)

    assert receipt_keys(tmp_path) == (signer.key.public,)


def test_a_lost_key_leaves_its_public_half(tmp_path: Path) -> None:
    """A shop that lost the key signs with a new one, and what was signed can be checked still."""
    lost = open_signer(tmp_path)
    (tmp_path / KEY).unlink()

    new = open_signer(tmp_path)

    assert receipt_keys(tmp_path) == (new.key.public, lost.key.public)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """As with the master key: the command that repairs it is named."""
    open_signer(tmp_path)
    (tmp_path / KEY).chmod(0o644)

    with pytest.raises(Trouble, match="chmod 600"):
        open_signer(tmp_path)


def test_a_master_key_does_not_sign(tmp_path: Path) -> None:
    """A key file of another kind in its place is refused."""
    (tmp_path / KEY).write_bytes(b"tactful-master-key-1:" + b"A" * 43 + b"=")
    (tmp_path / KEY).chmod(0o600)

    with pytest.raises(Trouble, match="not a tactful key file"):
        open_signer(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"keys": {}}', b"[]", b'{"keys": [{}]}'])
def test_public_keys_that_cannot_be_read(tmp_path: Path, content: bytes) -> None:
    """A broken list stops the shop: to write a new one would lose the old keys."""
    (tmp_path / PUBLIC_KEYS).write_bytes(content)

    with pytest.raises(Trouble, match="restore it from your backup"):
        open_signer(tmp_path)
    assert (tmp_path / PUBLIC_KEYS).read_bytes() == content


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Where no key can be made, that is said in one line."""
    with pytest.raises(Trouble, match="cannot write the key file"):
        open_signer(tmp_path / "absent")


def test_public_keys_that_cannot_be_written(tmp_path: Path) -> None:
    """A list that cannot be put in its place is trouble, and leaves no draft behind."""
    (tmp_path / PUBLIC_KEYS).mkdir()

    with pytest.raises(Trouble):
        open_signer(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {KEY, PUBLIC_KEYS}

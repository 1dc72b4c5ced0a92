"""
Certify an erasure: what was removed where, and when, without saying who (GDPR Art. 5(2), 17).

The person is told the case number; whoever has a receipt of theirs knows them by the same
pseudonym as it names.  Nobody else learns from a certificate whom it is about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec

from tactful.gate import Permit
from tactful.mechanisms.signed_files import Signer, believed, signed_file
from tactful.mechanisms.signing import PublicKey
from tactful.terms import Mistake, PermitMisuse

CERTIFICATE_KIND: Final = "tactful-erasure+json"
"""The `typ` of the signature: a receipt cannot be taken for a certificate, nor the other way."""

SCHEMA: Final = "tactful-erasure-1"
MEMBER: Final = "certificate"


class PlaceForm(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows of one kind were removed from one place."""

    place: str
    kind: str
    rows: Annotated[int, msgspec.Meta(ge=0)]


class CertificateForm(msgspec.Struct, frozen=True, kw_only=True):
    """What a certificate says."""

    schema_version: str
    case: str
    controller: str
    pii_principal_id: str
    erased_at: datetime
    keys_destroyed: int
    removed: list[PlaceForm]
    models: str
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """What an erasure did: rows by kind, keys of how many numbers, whether models had to forget."""

    case: str
    at: datetime
    removed: Mapping[str, int]
    numbers: int
    models_changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCertificate:
    """A certificate that was not changed since *key* signed it; `known`: the shop has that key."""

    form: CertificateForm
    told: Mapping[str, object]
    key: str
    known: bool


def certificate(
    permit: Permit,
    done: Certified,
    *,
    principal: str,
    controller: str,
    contact: str,
    signer: Signer,
) -> dict[str, object]:
    """
    Return what the file of a signed certificate holds.

    Args:
        permit: Let the subject's data be erased.
        done: What that did.
        principal: What stands for the subject: a pseudonym, as in their receipts.
        controller: The shop's name.
        contact: Where to write to; may be empty.
        signer: Signs certificates of erasure.

    Raises:
        PermitMisuse: it let something else be done.
    """
    if permit.activity != "answer-request":
        raise PermitMisuse(f"a permit for {permit.activity} erased nobody")
    told: dict[str, object] = {
        "schema_version": SCHEMA,
        "case": done.case,
        "controller": controller,
        **({"contact": contact} if contact else {}),
        "pii_principal_id": principal,
        "erased_at": done.at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "keys_destroyed": done.numbers,
        "removed": [
            {"place": "lake" if kind == "lake" else "store", "kind": _rows(kind), "rows": count}
            for kind, count in sorted(done.removed.items())
        ],
        "models": "forgot" if done.models_changed else "had not learned",
    }
    return signed_file(MEMBER, told, signer)


def verified_certificate(
    content: bytes, *, keys: Sequence[PublicKey] | None
) -> VerifiedCertificate:
    """
    Return what the file of a certificate says, if it can be believed.

    Args:
        content: The file.
        keys: The shop's keys, old ones too; None trusts the key that stands in the file.

    Raises:
        Mistake: not a certificate, changed by as much as a bit, or signed by none of *keys*.
    """
    found = believed(content, name=MEMBER, kind=CERTIFICATE_KIND, keys=keys)
    if found.told.get("schema_version") != SCHEMA:
        raise Mistake(f"its form is not known here: schema_version must be {SCHEMA!r}")
    try:
        form = msgspec.convert(found.told, CertificateForm)
    except msgspec.ValidationError as error:
        raise Mistake(f"it is not of the form of a certificate: {error}") from error
    return VerifiedCertificate(form=form, told=found.told, key=found.key, known=found.known)


def _rows(kind: str) -> str:
    return "events" if kind == "lake" else kind

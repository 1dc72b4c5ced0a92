"""
Erase one person, wherever anything of them is, and certify it (GDPR Art. 17).

The models forget before the rows go, so that a failure in between can be repeated; and once more
after, in case a training that had read the rows was published meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tactful.capabilities.rights import Certified, certificate
from tactful.gate import Permit
from tactful.shop.models import ModelsInUse
from tactful.shop.parts import Parts
from tactful.terms import SubjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """
    What an erasure removed: rows by kind, and whether the models had to forget.

    `certificate` is what the file of the signed certificate holds; `case` is its number.
    """

    removed: Mapping[str, int]
    models_changed: bool
    case: str
    certificate: Mapping[str, object]


def erase(
    parts: Parts, models: ModelsInUse, permit: Permit, members: Sequence[SubjectId]
) -> Erasure:
    """
    Erase the permit's person, who is known under the numbers *members*.

    Raises:
        Trouble: the lake cannot follow now; everything else is done, and it follows by itself.
    """
    changed = models.forget(permit, members)
    try:
        removed = parts.store.records.erase(permit)
    finally:
        changed |= models.forget(permit, members)
    parts.store.tallies.add("erasure", "done")
    done = Certified(
        case=parts.new_id(),
        at=parts.clock(),
        removed=removed,
        numbers=len(members),
        models_changed=changed,
    )
    return Erasure(
        removed=removed,
        models_changed=changed,
        case=done.case,
        certificate=_certificate(parts, permit, done),
    )


def _certificate(parts: Parts, permit: Permit, done: Certified) -> Mapping[str, object]:
    given_by = parts.receipts.controller
    return certificate(
        permit,
        done,
        principal=parts.receipts.pseudonym(permit.subject),
        controller=given_by.name,
        contact=given_by.contact,
        signer=parts.receipts.certifier,
    )

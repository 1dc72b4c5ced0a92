"""
Shape what a subject said in one act as a signed receipt, which anybody can check.

The fields bear the names of ISO/IEC TS 27560:2023; docs/adr/0008-receipts.md says which of them
are filled and how.  A receipt is a function of the statements, the policy and the shop's name:
made again it is the same, byte by byte.  Where keys are kept is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from tactful.capabilities.consent.forms import SCHEMA, ReceiptForm, read_form
from tactful.gate import Permit
from tactful.mechanisms.canonical import canonical
from tactful.mechanisms.signed_files import Signer
from tactful.terms import (
    Policy,
    Purpose,
    RegimeRule,
    Speaker,
    Standing,
    Statement,
    StatementKind,
    SubjectId,
)

KIND: Final = "tactful-receipt+json"
"""The `typ` of the signature: nothing else that a shop signs can be taken for a receipt."""

CONTROLLER: Final = "controller"
WITHDRAWAL: Final = (
    "in the preference centre of the shop or by asking the controller; as easy as saying yes was"
)
ENDLESS: Final = "until withdrawn"

JsonObject = dict[str, object]

STATES: Final[Mapping[StatementKind, tuple[str, str]]] = {
    StatementKind.GRANT: ("consent_given", "dpv:ConsentGiven"),
    StatementKind.DENY: ("consent_refused", "dpv:ConsentRefused"),
    StatementKind.WITHDRAW: ("consent_withdrawn", "dpv:ConsentWithdrawn"),
    StatementKind.OBJECT: ("objected", ""),
    StatementKind.RESTRICT: ("processing_restricted", ""),
    StatementKind.LIFT: ("restriction_lifted", ""),
}
"""What a statement is called in a receipt, and the Data Privacy Vocabulary's name where it fits."""

VOCABULARY: Final[Mapping[str, str]] = {
    "analytics": "dpv:ServiceUsageAnalytics",
    "essential.legal_obligation": "dpv:LegalCompliance",
    "essential.service": "dpv:RequestedServiceProvision",
    "functional.service.improve": "dpv:ImproveExistingProductsAndServices",
    "marketing.advertising": "dpv:Advertising",
    "marketing.advertising.first_party.targeted": "dpv:TargetedAdvertising",
    "marketing.advertising.third_party.targeted": "dpv:TargetedAdvertising",
    "marketing.communications": "dpv:DirectMarketing",
    "personalize": "dpv:ServicePersonalisation",
    "personalize.content": "dpv:ProvidePersonalisedRecommendations",
}
"""The purposes of the Data Privacy Vocabulary 2.0, by the Fideslang use that they fit best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Controller:
    """Who answers for the data (Art. 4(7)): the shop's name, and where to write to."""

    name: str
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class SignedReceipt:
    """
    A receipt, and the signature by which it is known to be the shop's.

    `signature` is a compact JWS whose payload is the canonical form of `receipt` (RFC 8785): it
    carries what it signs, so that a library which knows no receipts can check it.  `key` is the
    public key, for who has not got the shop's.
    """

    receipt: Mapping[str, object]
    signature: str
    key: Mapping[str, str]

    def __repr__(self) -> str:
        return "SignedReceipt(...)"

    @property
    def record(self) -> str:
        """Return the id of the consent record that this is a copy of."""
        return self.form.record_id

    @property
    def form(self) -> ReceiptForm:
        """Return the receipt, for reading."""
        return read_form(self.receipt)

    def as_json(self) -> JsonObject:
        """Return what the file of the receipt holds."""
        return {
            "receipt": dict(self.receipt),
            "signature": self.signature,
            "key": dict(self.key),
        }


def receipts(
    permit: Permit,
    standing: Standing,
    *,
    policy: Policy,
    principal: Callable[[SubjectId], str],
    controller: Controller,
    signer: Signer,
) -> tuple[SignedReceipt, ...]:
    """
    Return a receipt for every consent record of the permit's subject, oldest first.

    Args:
        permit: Lets the subject's statements be seen.
        standing: What they said.  Statements without a record have no receipt.
        policy: Tells what each purpose means.
        principal: Says what stands for the subject in a receipt: a pseudonym, not an identifier.
        controller: Who gives the receipts.
        signer: Signs them.
    """
    whose = principal(permit.subject)
    return tuple(
        _signed(_shape(said, policy, principal=whose, controller=controller), signer)
        for said in _records(standing.statements)
    )


def _records(statements: Iterable[Statement]) -> Iterable[Sequence[Statement]]:
    """Return the statements of each record, in an order that does not hang on their arrival."""
    records: dict[str, list[Statement]] = {}
    for statement in sorted(statements, key=lambda s: (s.at, s.record, s.purpose, s.order)):
        records.setdefault(statement.record, []).append(statement)
    records.pop("", None)
    return records.values()


def _signed(receipt: JsonObject, signer: Signer) -> SignedReceipt:
    return SignedReceipt(
        receipt=receipt, signature=signer.sign(canonical(receipt)), key=signer.jwk()
    )


def _shape(
    said: Sequence[Statement], policy: Policy, *, principal: str, controller: Controller
) -> JsonObject:
    first = said[0]
    return {
        "schema_version": SCHEMA,
        "receipt_id": first.record,
        "record_id": first.record,
        "pii_principal_id": principal,
        **_notice(said, policy),
        "pii_processing": {
            "purposes": [_purpose(s, policy) for s in said if s.purpose],
            "pii_controllers": [CONTROLLER],
            "jurisdiction": first.regime or "unknown",
            "collection_method": first.source or "unknown",
            "withdrawal_method": WITHDRAWAL,
        },
        "party_identification": _parties(controller, {s.by for s in said}),
        "events": [_event(s, policy, principal) for s in said],
    }


def _notice(said: Sequence[Statement], policy: Policy) -> JsonObject:
    """Return what was shown before; a no needs no notice, and may name none."""
    shown = next((statement for statement in said if statement.notice), None)
    if shown is None:
        return {}
    name, _, version = shown.notice.rpartition("@")
    return {
        "privacy_notice": {
            "id": name,
            "version": int(version),
            "hash": f"sha-256:{shown.notice_hash}",
            "language": _language(shown, policy),
        }
    }


def _language(statement: Statement, policy: Policy) -> str:
    """Return the language of the words that were shown, which may not be the one asked for."""
    shown = (n.locale for n in policy.notices if n.hash == statement.notice_hash)
    return next(shown, statement.locale or "en")


def _purpose(statement: Statement, policy: Policy) -> JsonObject:
    """Return what the policy says of the purpose; only its name where it has gone from there."""
    purpose = policy.purposes.get(statement.purpose)
    if purpose is None:
        return {"purpose": statement.purpose}
    rule = _rule(statement, policy)
    return {
        "purpose": purpose.name,
        "description": purpose.title,
        "purpose_type": [*purpose.uses, *_vocabulary(purpose)],
        "pii_information": [{"pii_type": category} for category in purpose.categories],
        **({"lawful_basis": rule.basis.value} if rule else {}),
        "storage": {"retention_period": _duration(purpose.retention) or "not stored"},
        "recipient_third_parties": _recipients(purpose.name, policy),
    }


def _vocabulary(purpose: Purpose) -> list[str]:
    """Return the names in the vocabulary for the uses, or for what each use is a kind of."""
    found = (_nearest(use) for use in purpose.uses)
    return list(dict.fromkeys(name for name in found if name))


def _nearest(use: str) -> str:
    while use and use not in VOCABULARY:
        use = use.rpartition(".")[0]
    return VOCABULARY.get(use, "")


def _recipients(purpose: str, policy: Policy) -> list[str]:
    named = (a.recipients for a in policy.activities.values() if a.purpose == purpose)
    return sorted({recipient for recipients in named for recipient in recipients})


def _parties(controller: Controller, speakers: set[Speaker]) -> list[JsonObject]:
    shop: JsonObject = {
        "party_id": CONTROLLER,
        "party_name": controller.name,
        "party_role": "PII controller",
    }
    if controller.contact:
        shop["party_contact"] = controller.contact
    others: list[JsonObject] = [
        {"party_id": by.value, "party_role": f"{by.value} of the PII principal"}
        for by in sorted(speakers - {Speaker.SUBJECT})
    ]
    return [shop, *others]


def _event(statement: Statement, policy: Policy, principal: str) -> JsonObject:
    state, vocabulary = STATES[statement.kind]
    by_signal = statement.source.startswith("signal:")
    event: JsonObject = {
        "event_time": _moment(statement.at),
        "event_type": "signal" if by_signal else "expressed_consent",
        "event_state": state,
        "entity_id": principal if statement.by is Speaker.SUBJECT else statement.by.value,
        **_validity(statement, policy),
    }
    optional = {"purpose": statement.purpose, "dpv": vocabulary, "interface": statement.ui}
    return event | {name: value for name, value in optional.items() if value}


def _validity(statement: Statement, policy: Policy) -> JsonObject:
    """Return how long a grant counts under the regime that it was given in."""
    rule = _rule(statement, policy)
    if statement.kind is not StatementKind.GRANT or not rule or not rule.consent_lifetime:
        return {"validity_duration": ENDLESS}
    return {
        "validity_duration": _duration(rule.consent_lifetime),
        "expiry": _moment(statement.at + rule.consent_lifetime),
    }


def _rule(statement: Statement, policy: Policy) -> RegimeRule | None:
    regime = policy.regime(statement.regime)
    return regime.rules.get(statement.purpose) if regime else None


def _duration(span: timedelta | None) -> str:
    return f"P{span.days}D" if span else ""


def _moment(at: datetime) -> str:
    """Return *at* as RFC 3339 has it, in UTC and to the microsecond that the store keeps."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")

"""A shop's key that is always the same, and statements to give receipts for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tactful.capabilities.consent import KIND, Controller, SignedReceipt, receipts
from tactful.gate import Permit
from tactful.mechanisms.signing import SigningKey
from tactful.terms import Policy, Standing, Statement, StatementKind, SubjectId
from tactful.testing.policies import small_policy

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RECORD = "00112233445566778899aabbccddeeff"
SHOP = Controller(name="Käsekönig", contact="privacy@shop.example")


@dataclass(frozen=True)
class Signing:
    """Implements `tactful.capabilities.consent.Signer` with a key made of one byte."""

    byte: int = 1

    @property
    def key(self) -> SigningKey:
        """Return the key."""
        return SigningKey(bytes([self.byte]) * 32, KIND)

    def sign(self, payload: bytes) -> str:
        """Return a compact JWS that carries *payload*."""
        return self.key.sign(payload)

    def jwk(self) -> Mapping[str, str]:
        """Return the public key."""
        return self.key.public.jwk()


def permit() -> Permit:
    """Return a permit to answer subject 7."""
    return Permit(
        scope=SubjectId(7),
        activity="record-statement",
        purpose="necessary",
        basis="contract",
        regime="asking",
        decided_at=NOON,
        expires_at=NOON + timedelta(minutes=5),
    )


def said(purpose: str, kind: str = "grant", **more: object) -> Statement:
    """Return a statement on *purpose*, made at noon in the record RECORD."""
    whole: dict[str, object] = {
        "at": NOON,
        "regime": "asking",
        "locale": "de",
        "source": "banner",
        "record": RECORD,
    }
    if kind == "grant":
        whole |= {"notice": "shop@3", "notice_hash": f"{3:064x}"}
    return Statement(purpose=purpose, kind=StatementKind(kind), **(whole | more))  # type: ignore[arg-type]


def given(
    *statements: Statement,
    policy: Policy | None = None,
    signer: Signing | None = None,
    controller: Controller = SHOP,
) -> tuple[SignedReceipt, ...]:
    """Return the receipts for *statements*."""
    return receipts(
        permit(),
        Standing(statements=statements),
        policy=policy or small_policy(),
        principal=lambda subject: f"pseudonym-{subject}",
        controller=controller,
        signer=signer or Signing(),
    )

"""
Digest a standing into the few facts that rules can see, and number them.

A digest is what the hot path keeps of a person's statements: per purpose, what they amount to and
until when.  Every combination of facts has a code, so that the verdict for each can be
enumerated from the rules once (`tactful.gate.verdicts`) and looked up ever after.  ADR-0005.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from tactful.terms import Policy, Said, Standing, Statement, StatementKind

NEVER = 2**62
"""An `until` that does not come: seconds since 1970."""

_NO = {
    StatementKind.DENY: Said.DENIED,
    StatementKind.WITHDRAW: Said.WITHDRAWN,
    StatementKind.OBJECT: Said.OBJECTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """
    All that the rules can see of one standing.

    `regime` is the place in `Policy.regimes` of the law at the residence, which is 0, the
    strictest, if that is not known or no regime covers it.  `said` and `until` have one entry per
    purpose, in `Policy.purpose_order`; a GRANTED entry counts as EXPIRED from `until` on (seconds
    since 1970).
    """

    regime: int
    residence_known: bool
    restricted: bool
    said: bytes
    until: tuple[int, ...]


def digest(standing: Standing, policy: Policy, at: datetime) -> Digest:
    """Reduce *standing* at *at* to what the rules can see."""
    heard = [_heard(standing.latest(purpose, at), policy) for purpose in policy.purpose_order]
    return Digest(
        regime=policy.regime_index(standing.region),
        residence_known=bool(standing.region),
        restricted=standing.restricted(at),
        said=bytes(said for said, _ in heard),
        until=tuple(until for _, until in heard),
    )


def nobody(policy: Policy) -> Digest:
    """Return the digest of a visitor of whom nothing is known."""
    return digest(Standing(), policy, datetime.min.replace(tzinfo=UTC))


def _heard(statement: Statement | None, policy: Policy) -> tuple[Said, int]:
    if statement is None:
        return Said.NOTHING, NEVER
    if statement.kind is not StatementKind.GRANT:
        return _NO[statement.kind], NEVER
    if not _still_binding(statement.notice, policy):
        return Said.OUTDATED, NEVER
    return Said.GRANTED, _grant_ends(statement, policy)


def _still_binding(notice: str, policy: Policy) -> bool:
    """Tell whether a grant to *notice* counts: it exists, and nothing material changed since."""
    shown = policy.notice(notice)
    return shown is not None and shown.version >= policy.binding_versions[shown.id]


def _grant_ends(grant: Statement, policy: Policy) -> int:
    """Return when *grant* runs out under the regime that it was given in."""
    regime = next((r for r in policy.regimes if r.id == grant.regime), policy.regimes[0])
    rule = regime.rules.get(grant.purpose)
    if rule is None or rule.consent_lifetime is None:
        return NEVER
    return int((grant.at + rule.consent_lifetime).timestamp())


def regime_in_force(facts: Digest, region: str | None, policy: Policy) -> int:
    """
    Return the place in `Policy.regimes` of the law on a visitor who seems to come from *region*.

    A known residence outranks it, also one that no regime covers: there the strictest set holds.
    """
    return facts.regime if facts.residence_known else policy.regime_index(region)


def encode(*, regime: int, said: int, signal: bool, restricted: bool) -> int:
    """Number one combination of facts."""
    return ((regime * len(Said) + said) * 2 + signal) * 2 + restricted


def decode(code: int) -> tuple[int, Said, bool, bool]:
    """Return (regime, said, signal, restricted) of a code: the inverse of `encode`."""
    rest, restricted = divmod(code, 2)
    rest, signal = divmod(rest, 2)
    regime, said = divmod(rest, len(Said))
    return regime, Said(said), bool(signal), bool(restricted)


def code_count(policy: Policy) -> int:
    """Return how many combinations of facts there are."""
    return len(policy.regimes) * len(Said) * 4

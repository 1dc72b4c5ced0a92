"""Recognise who a request speaks of, and how they stand before the gate."""

from __future__ import annotations

from dataclasses import dataclass, field

from tactful.capabilities.profile import Identities
from tactful.gate import Visit
from tactful.terms import Identifier, IdentifierKind, Mistake, Signals, SubjectId

MAX_ID_BYTES = 512


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Who:
    """Whom a request names, by the shop's own id or the browser's, with region and signals."""

    user_id: str | None = None
    anonymous_id: str | None = None
    region: str | None = None
    gpc: bool = False
    signals: Signals = field(default_factory=Signals)

    def __repr__(self) -> str:
        return "Who(...)"

    def __post_init__(self) -> None:
        for value in (self.user_id, self.anonymous_id):
            if value is not None and ("\0" in value or len(value.encode()) > MAX_ID_BYTES):
                raise Mistake(f"an id must be at most {MAX_ID_BYTES} bytes without NUL bytes")

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """Return the identifiers given, the strongest first."""
        given = (
            (IdentifierKind.USER_ID, self.user_id),
            (IdentifierKind.ANONYMOUS_ID, self.anonymous_id),
        )
        return tuple(Identifier(kind, value) for kind, value in given if value)


def find(identities: Identities, identifiers: tuple[Identifier, ...]) -> SubjectId | None:
    """Return the subject that *identifiers* speak of, the strongest first."""
    return identities.recognise(identifiers)


def visit_of(identities: Identities, who: Who) -> Visit:
    """Return how *who* stands before the gate; nothing is stored for it."""
    return Visit(subject=find(identities, who.identifiers), region=who.region, gpc=who.gpc)

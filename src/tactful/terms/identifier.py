"""The names by which a shop's systems know a subject."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class IdentifierKind(enum.StrEnum):
    """Where an identifier comes from, and so how strong it is: `userId` before `anonymousId`."""

    USER_ID = "userId"
    ANONYMOUS_ID = "anonymousId"
    EMAIL = "email"


@dataclass(frozen=True, slots=True, repr=False)
class Identifier:
    """A value that names somebody.  Its `repr` never shows it."""

    kind: IdentifierKind
    value: str

    def __repr__(self) -> str:
        """Show the kind only."""
        return f"Identifier({self.kind}, ...)"

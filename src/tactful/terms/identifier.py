"""The names by which a shop's systems know a subject."""

from __future__ import annotations

import enum
from typing import NamedTuple


class IdentifierKind(enum.StrEnum):
    """
    Where an identifier comes from, the strongest first.

    An `orderEmail` is the address on an order, which may be somebody else's than the account's; an
    `external` id is named by whose it is: `crm:123`.
    """

    USER_ID = "userId"
    ANONYMOUS_ID = "anonymousId"
    EXTERNAL = "external"
    EMAIL = "email"
    PHONE = "phone"
    ORDER_EMAIL = "orderEmail"

    __hash__ = str.__hash__  # an enumeration's own is a call into Python, several for each event


class Identifier(NamedTuple):
    """A value that names somebody.  Its `repr` never shows it."""

    kind: IdentifierKind
    value: str

    def __repr__(self) -> str:
        """Show the kind only."""
        return f"Identifier({self.kind}, ...)"

"""How much may name one person, and what names nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tactful.terms import Identifier, IdentifierKind

BLOCKED: Final = frozenset(
    {
        "-", "0", "-1", "{}", "[]", "n/a", "na", "nan", "nil", "none", "null", "undefined",
        "false", "true", "id", "email", "userid", "user_id", "anonymousid", "anonymous_id",
        "distinctid", "distinct_id", "anon", "anonymous", "guest", "unknown", "not_authenticated",
        "not set", "(not set)", "[object object]",
    }
)  # fmt: skip
"""What clients send where they know no id, in lower case: a person of that name would be many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    How many identifiers of each kind one person may have, and which values name nobody.

    An address that more than `sharing` persons with ids of their own claim is nobody's.
    """

    user_id: int = 3
    anonymous_id: int = 100
    external: int = 20
    email: int = 5
    phone: int = 5
    sharing: int = 3
    blocked: frozenset[str] = frozenset()

    def most(self, kind: IdentifierKind) -> int:
        """Return how many identifiers of *kind* a person may have."""
        return {
            IdentifierKind.USER_ID: self.user_id,
            IdentifierKind.ANONYMOUS_ID: self.anonymous_id,
            IdentifierKind.EXTERNAL: self.external,
            IdentifierKind.EMAIL: self.email,
            IdentifierKind.PHONE: self.phone,
            IdentifierKind.ORDER_EMAIL: self.email,
        }[kind]

    def blocks(self, value: str) -> bool:
        """Tell whether *value* names nobody, whatever its capitals."""
        plain = value.strip().lower()
        if plain in BLOCKED or plain in self.blocked:
            return True
        return bool(plain) and not plain.strip("0-")  # zeros: as the id of no device is

    def usable(self, identifiers: Sequence[Identifier]) -> tuple[Identifier, ...]:
        """Return those of *identifiers* that name somebody, each once."""
        if len(identifiers) == 1:  # the ordinary case, for each event
            return () if self.blocks(identifiers[0].value) else (identifiers[0],)
        return tuple(dict.fromkeys(i for i in identifiers if not self.blocks(i.value)))

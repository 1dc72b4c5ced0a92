"""What is known of a subject besides events: traits with where they come from, and features."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime


class TraitOrigin(enum.StrEnum):
    """Who stated a trait: a client observed it, or the subject or the privacy officer set it."""

    OBSERVED = "observed"
    SUBJECT = "subject"
    OFFICER = "officer"

    @property
    def corrects(self) -> bool:
        """Tell whether it is a correction (Art. 16), which outranks whatever is observed."""
        return self is not TraitOrigin.OBSERVED


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Trait:
    """
    One thing that is known of a subject: its value, when and by what it was stated, what for.

    A value of None is a correction to nothing: the subject wants it not to be known.
    """

    value: object
    at: datetime
    source: str = ""
    origin: TraitOrigin = TraitOrigin.OBSERVED
    purposes: frozenset[str] = field(default_factory=frozenset)

    def __repr__(self) -> str:
        """Show where it comes from only."""
        return f"Trait({self.origin.value})"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Feature:
    """
    Something computed from what a subject did, for one purpose, with its explanation in words.

    `value` is plain data: numbers, text, lists and mappings of them; money is in minor units.
    """

    name: str
    title: str
    purpose: str
    value: object
    explanation: str

    def __repr__(self) -> str:
        """Show the name and the purpose only."""
        return f"Feature({self.name!r} for {self.purpose})"

"""What is answered to a page that wants a slot filled."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Level(enum.StrEnum):
    """How much of a person may shape what they see, from nothing to their own history."""

    NONE = "none"
    SESSION = "session"
    SEGMENT = "segment"
    INDIVIDUAL = "individual"

    @property
    def height(self) -> int:
        """Return 0 for `none`, counting up."""
        return _HEIGHTS[self]


_HEIGHTS = {level: height for height, level in enumerate(Level)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an item is shown: one of the subject's own actions, or what is popular, and its share."""

    item: str
    kind: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An item with its score; the shares of its reasons add up to the score."""

    item: str
    score: float
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLevel:
    """A level that was not used, and the rule that said so."""

    level: Level
    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    The slate for one slot, with the level, purpose and ground it was made on.

    `purpose` and `basis` are empty at level `none`, where nobody's data was used.
    """

    id: str
    slot: str
    level: Level
    purpose: str
    basis: str
    items: tuple[Candidate, ...]
    refused: tuple[RefusedLevel, ...]

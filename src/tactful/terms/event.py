"""What happened, as it is kept; and the plan that says what may be kept at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tactful.terms.regime import RelationshipKind
from tactful.terms.standing import SubjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedProperty:
    """
    A declared property: its type, Fideslang category, and the purposes it may be kept for.

    `retention` is how long it may be kept, where that is shorter than its purposes say.  `mask`
    tells that personal content which does not belong there is masked in it.
    """

    name: str
    type: str
    category: str
    purposes: tuple[str, ...]
    retention: timedelta | None = None
    mask: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEvent:
    """
    A declared event with its declared properties; anything else is dropped and counted.

    `relationship` says what dealing with the shop the event is, where it is one.  `required` are
    properties that it should never lack; `retention` is its own, where shorter than its purposes'.
    """

    name: str
    purposes: tuple[str, ...]
    properties: Mapping[str, PlannedProperty]
    relationship: RelationshipKind | None = None
    required: frozenset[str] = frozenset()
    retention: timedelta | None = None

    def __hash__(self) -> int:
        return hash(self.name)  # its properties stand in a mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackingPlan:
    """
    Every event a shop may keep, and the traits and identifiers it may know (GDPR Art. 25(2)).

    `identifiers` are those besides `userId` and `anonymousId`, by kind.
    """

    events: Mapping[str, PlannedEvent]
    traits: Mapping[str, PlannedProperty]
    identifiers: Mapping[str, PlannedProperty] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Event:
    """
    Something a subject did, reduced to what they allow.

    `items` are catalogue ids in order; `purposes` are those it was kept for; `properties` hold
    declared values only; `message` is the 16-byte digest of the sender's message id.
    """

    subject: SubjectId
    name: str
    at: datetime
    items: tuple[str, ...]
    purposes: frozenset[str]
    properties: Mapping[str, object]
    source: str
    message: bytes
    session: str = ""

    def __repr__(self) -> str:
        """Name the event and the purposes only: what happened is personal."""
        return f"Event({self.name!r}, kept for {sorted(self.purposes)})"

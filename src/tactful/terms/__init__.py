"""The words of tactful, as frozen types.  Knows no store, no clock and no network."""

from tactful.terms.decision import Candidate, Decision, Level, Reason, RefusedLevel
from tactful.terms.errors import (
    Busy,
    Mistake,
    NotAShop,
    NotFound,
    PermitMisuse,
    PolicyMistake,
    StoreAway,
    StoreFull,
    TactfulError,
    Trouble,
)
from tactful.terms.event import Event, PlannedEvent, PlannedProperty, TrackingPlan
from tactful.terms.identifier import Identifier, IdentifierKind
from tactful.terms.item import Item
from tactful.terms.letter import Letter, Posted, Queued
from tactful.terms.merge import Merge
from tactful.terms.notice import Notice
from tactful.terms.policy import MAIN_NOTICE, STRICTEST, Policy
from tactful.terms.profile import Feature, Trait, TraitOrigin
from tactful.terms.purpose import Activity, LegalBasis, Purpose
from tactful.terms.regime import (
    AgeRule,
    Deadline,
    Minor,
    Mode,
    Regime,
    RegimeRule,
    RelationshipKind,
    SignalRule,
)
from tactful.terms.request import Proof, Request, RequestKind, RequestState, Step, StepKind
from tactful.terms.session import Session
from tactful.terms.signals import Platform, Signals, SignalSources
from tactful.terms.standing import (
    Relationship,
    Said,
    Speaker,
    Standing,
    Statement,
    StatementKind,
    SubjectId,
)

__all__ = [
    "MAIN_NOTICE",
    "STRICTEST",
    "Activity",
    "AgeRule",
    "Busy",
    "Candidate",
    "Deadline",
    "Decision",
    "Event",
    "Feature",
    "Identifier",
    "IdentifierKind",
    "Item",
    "LegalBasis",
    "Letter",
    "Level",
    "Merge",
    "Minor",
    "Mistake",
    "Mode",
    "NotAShop",
    "NotFound",
    "Notice",
    "PermitMisuse",
    "PlannedEvent",
    "PlannedProperty",
    "Platform",
    "Policy",
    "PolicyMistake",
    "Posted",
    "Proof",
    "Purpose",
    "Queued",
    "Reason",
    "RefusedLevel",
    "Regime",
    "RegimeRule",
    "Relationship",
    "RelationshipKind",
    "Request",
    "RequestKind",
    "RequestState",
    "Said",
    "Session",
    "SignalRule",
    "SignalSources",
    "Signals",
    "Speaker",
    "Standing",
    "Statement",
    "StatementKind",
    "Step",
    "StepKind",
    "StoreAway",
    "StoreFull",
    "SubjectId",
    "TactfulError",
    "TrackingPlan",
    "Trait",
    "TraitOrigin",
    "Trouble",
]

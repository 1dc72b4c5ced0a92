"""The words of tactful, as frozen types.  Knows no store, no clock and no network."""

from tactful.terms.decision import Candidate, Decision, Level, Reason, RefusedLevel
from tactful.terms.errors import (
    Busy,
    Mistake,
    NotAShop,
    NotFound,
    PermitMisuse,
    PolicyMistake,
    StoreFull,
    TactfulError,
    Trouble,
)
from tactful.terms.event import Event, PlannedEvent, PlannedProperty, TrackingPlan
from tactful.terms.identifier import Identifier, IdentifierKind
from tactful.terms.item import Item
from tactful.terms.notice import Notice
from tactful.terms.policy import STRICTEST, Policy
from tactful.terms.purpose import Activity, LegalBasis, Purpose
from tactful.terms.regime import Mode, Regime, RegimeRule, SignalRule
from tactful.terms.standing import Said, Standing, Statement, StatementKind, SubjectId

__all__ = [
    "STRICTEST",
    "Activity",
    "Busy",
    "Candidate",
    "Decision",
    "Event",
    "Identifier",
    "IdentifierKind",
    "Item",
    "LegalBasis",
    "Level",
    "Mistake",
    "Mode",
    "NotAShop",
    "NotFound",
    "Notice",
    "PermitMisuse",
    "PlannedEvent",
    "PlannedProperty",
    "Policy",
    "PolicyMistake",
    "Purpose",
    "Reason",
    "RefusedLevel",
    "Regime",
    "RegimeRule",
    "Said",
    "SignalRule",
    "Standing",
    "Statement",
    "StatementKind",
    "StoreFull",
    "SubjectId",
    "TactfulError",
    "TrackingPlan",
    "Trouble",
]

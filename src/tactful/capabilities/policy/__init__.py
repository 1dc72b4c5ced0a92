"""
Policy as code: check it, compare it, draw the register from it.

Reads the configuration and knows nobody.
"""

from tactful.capabilities.policy.asked_again import AskedAgain
from tactful.capabilities.policy.changes import Change, Kind
from tactful.capabilities.policy.check import check
from tactful.capabilities.policy.check_notices import LEAST_READING_EASE
from tactful.capabilities.policy.diff import Difference, diff
from tactful.capabilities.policy.findings import Finding, Severity
from tactful.capabilities.policy.groups import Census, Group
from tactful.capabilities.policy.reading import Reading, reading
from tactful.capabilities.policy.register import Entry, Ground, Law, Register, register
from tactful.capabilities.policy.reviews import Review, reviews_due
from tactful.capabilities.policy.seen import Seen, seen_of
from tactful.capabilities.policy.turns import Turn
from tactful.capabilities.policy.unused import Collected, unused

__all__ = [
    "LEAST_READING_EASE",
    "AskedAgain",
    "Census",
    "Change",
    "Collected",
    "Difference",
    "Entry",
    "Finding",
    "Ground",
    "Group",
    "Kind",
    "Law",
    "Reading",
    "Register",
    "Review",
    "Seen",
    "Severity",
    "Turn",
    "check",
    "diff",
    "reading",
    "register",
    "reviews_due",
    "seen_of",
    "unused",
]

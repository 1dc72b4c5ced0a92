"""
Policy as code: check it, compare it, draw the register from it.

Reads the configuration and knows nobody.
"""

from tactful.capabilities.policy.changes import Change, Kind
from tactful.capabilities.policy.check import LEAST_READING_EASE, Finding, Severity, check
from tactful.capabilities.policy.diff import (
    AskedAgain,
    Census,
    Difference,
    Group,
    Turn,
    diff,
)
from tactful.capabilities.policy.reading import Reading, reading
from tactful.capabilities.policy.register import Entry, Ground, Register, register

__all__ = [
    "LEAST_READING_EASE",
    "AskedAgain",
    "Census",
    "Change",
    "Difference",
    "Entry",
    "Finding",
    "Ground",
    "Group",
    "Kind",
    "Reading",
    "Register",
    "Severity",
    "Turn",
    "check",
    "diff",
    "reading",
    "register",
]

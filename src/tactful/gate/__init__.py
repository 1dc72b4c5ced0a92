"""The gate: the rules, the permits they mint, and the door that data is opened through."""

from tactful.gate.ages import is_minor
from tactful.gate.decide import PERMIT_LIFETIME, RULES, a_yes_would_help, decide
from tactful.gate.door import Door
from tactful.gate.facts import NEVER, Digest, Facts, Signal, digest, encode, implies
from tactful.gate.merge import carried, merged
from tactful.gate.permit import Audience, Gap, Permit, Permits, Permitted, Refusal
from tactful.gate.persons import person_standing, persons
from tactful.gate.ports import DigestColumns, Standings, Uses, Visit
from tactful.gate.strictest import strictest_of
from tactful.gate.verdicts import RULE_NAMES, VerdictTable, verdict_table, verdict_tables

__all__ = [
    "NEVER",
    "PERMIT_LIFETIME",
    "RULES",
    "RULE_NAMES",
    "Audience",
    "Digest",
    "DigestColumns",
    "Door",
    "Facts",
    "Gap",
    "Permit",
    "Permits",
    "Permitted",
    "Refusal",
    "Signal",
    "Standings",
    "Uses",
    "VerdictTable",
    "Visit",
    "a_yes_would_help",
    "carried",
    "decide",
    "digest",
    "encode",
    "implies",
    "is_minor",
    "merged",
    "person_standing",
    "persons",
    "strictest_of",
    "verdict_table",
    "verdict_tables",
]

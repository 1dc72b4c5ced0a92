"""The gate: the rules, the permits they mint, and the door that data is opened through."""

from tactful.gate.decide import PERMIT_LIFETIME, RULES, decide
from tactful.gate.door import Door
from tactful.gate.facts import NEVER, Digest, digest, encode
from tactful.gate.permit import Audience, Gap, Permit, Permitted, Refusal
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
    "Gap",
    "Permit",
    "Permitted",
    "Refusal",
    "Standings",
    "Uses",
    "VerdictTable",
    "Visit",
    "decide",
    "digest",
    "encode",
    "strictest_of",
    "verdict_table",
    "verdict_tables",
]

"""Consent: what is shown before a choice, what was said, and what stands."""

from tactful.capabilities.consent.outgoing import SignalsOut, consent_mode, signals_out
from tactful.capabilities.consent.ports import Showings, Statements
from tactful.capabilities.consent.receipts import (
    KIND,
    Controller,
    SignedReceipt,
    receipts,
)
from tactful.capabilities.consent.signal_statements import (
    conflicts,
    statements_by_signal,
    statements_on_purpose,
)
from tactful.capabilities.consent.signals import Fault, Heard, Word, read_signals
from tactful.capabilities.consent.statements import (
    Circumstances,
    objections_by_signal,
    record,
    statements_from,
)
from tactful.capabilities.consent.verifying import Verified, read_keys, verified
from tactful.capabilities.consent.views import (
    Answer,
    NoticeShown,
    PurposeOffered,
    answers,
    notice_shown,
)

__all__ = [
    "KIND",
    "Answer",
    "Circumstances",
    "Controller",
    "Fault",
    "Heard",
    "NoticeShown",
    "PurposeOffered",
    "Showings",
    "SignalsOut",
    "SignedReceipt",
    "Statements",
    "Verified",
    "Word",
    "answers",
    "conflicts",
    "consent_mode",
    "notice_shown",
    "objections_by_signal",
    "read_keys",
    "read_signals",
    "receipts",
    "record",
    "signals_out",
    "statements_by_signal",
    "statements_from",
    "statements_on_purpose",
    "verified",
]

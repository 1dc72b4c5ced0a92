"""Consent: what is shown before a choice, what was said, and what stands."""

from tactful.capabilities.consent.ports import Statements
from tactful.capabilities.consent.statements import (
    objections_by_signal,
    record,
    statements_from,
)
from tactful.capabilities.consent.views import (
    Answer,
    NoticeShown,
    PurposeOffered,
    answers,
    notice_shown,
)

__all__ = [
    "Answer",
    "NoticeShown",
    "PurposeOffered",
    "Statements",
    "answers",
    "notice_shown",
    "objections_by_signal",
    "record",
    "statements_from",
]

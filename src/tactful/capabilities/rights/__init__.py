"""The rights of a subject: see, take away, correct, restrict, object, erase, and when it is due."""

from tactful.capabilities.rights.certificate import (
    CERTIFICATE_KIND,
    Certified,
    VerifiedCertificate,
    certificate,
    verified_certificate,
)
from tactful.capabilities.rights.clocks import Almanac, Clock, clock_of, is_place, record_kept_until
from tactful.capabilities.rights.export import Holdings, export
from tactful.capabilities.rights.ports import Records
from tactful.capabilities.rights.requests import CodeSent, Letters, Requests
from tactful.capabilities.rights.workflow import (
    PAUSES,
    REFUSALS,
    first_step,
    may_appeal,
    next_step,
    require_more_time,
    require_pause,
    require_paused,
    require_reason,
    waits_for_review,
)

__all__ = [
    "CERTIFICATE_KIND",
    "PAUSES",
    "REFUSALS",
    "Almanac",
    "Certified",
    "Clock",
    "CodeSent",
    "Holdings",
    "Letters",
    "Records",
    "Requests",
    "VerifiedCertificate",
    "certificate",
    "clock_of",
    "export",
    "first_step",
    "is_place",
    "may_appeal",
    "next_step",
    "record_kept_until",
    "require_more_time",
    "require_pause",
    "require_paused",
    "require_reason",
    "verified_certificate",
    "waits_for_review",
]

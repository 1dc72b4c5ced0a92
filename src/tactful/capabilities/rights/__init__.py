"""The rights of a subject, first cut: see, take away, restrict, erase."""

from tactful.capabilities.rights.certificate import (
    CERTIFICATE_KIND,
    Certified,
    VerifiedCertificate,
    certificate,
    verified_certificate,
)
from tactful.capabilities.rights.export import Holdings, export
from tactful.capabilities.rights.ports import Records

__all__ = [
    "CERTIFICATE_KIND",
    "Certified",
    "Holdings",
    "Records",
    "VerifiedCertificate",
    "certificate",
    "export",
    "verified_certificate",
]

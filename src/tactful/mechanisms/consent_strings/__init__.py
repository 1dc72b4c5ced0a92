"""
Consent strings: the texts in which consent platforms write down what somebody chose.

Decodes and encodes; whether an answer counts, and for what, is decided elsewhere.  Whatever is
wrong with a string is a `ConsentStringMistake`.

    tcf.decode(text)  -> TcfConsent     tcf.encode(consent)  -> text
    gpp.decode(text)  -> GppConsent     gpp.encode(consent)  -> text
"""

from tactful.mechanisms.consent_strings import gpp, tcf
from tactful.mechanisms.consent_strings.gpp import GppConsent
from tactful.mechanisms.consent_strings.ids import Ids
from tactful.mechanisms.consent_strings.mistake import ConsentStringMistake
from tactful.mechanisms.consent_strings.tcf import (
    PublisherPurposes,
    PublisherRestriction,
    RestrictionType,
    TcfConsent,
)
from tactful.mechanisms.consent_strings.us_sections import UsCalifornia, UsNational

__all__ = [
    "ConsentStringMistake",
    "GppConsent",
    "Ids",
    "PublisherPurposes",
    "PublisherRestriction",
    "RestrictionType",
    "TcfConsent",
    "UsCalifornia",
    "UsNational",
    "gpp",
    "tcf",
]

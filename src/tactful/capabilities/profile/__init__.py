"""Profiles: who is known, by which identifiers, with which traits."""

from tactful.capabilities.profile.limits import Limits
from tactful.capabilities.profile.linking import Known, Linking, Named, linking, subject_of
from tactful.capabilities.profile.normalising import Unusable, normalised
from tactful.capabilities.profile.ports import Identities, Linked, Profiles

__all__ = [
    "Identities",
    "Known",
    "Limits",
    "Linked",
    "Linking",
    "Named",
    "Profiles",
    "Unusable",
    "linking",
    "normalised",
    "subject_of",
]

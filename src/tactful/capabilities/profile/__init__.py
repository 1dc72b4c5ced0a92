"""Profiles: who is known, by which identifiers, with which traits, and what follows from events."""

from tactful.capabilities.profile.features import FEATURES, computed
from tactful.capabilities.profile.limits import Limits
from tactful.capabilities.profile.linking import Known, Linking, Named, linking, subject_of
from tactful.capabilities.profile.normalising import Unusable, normalised
from tactful.capabilities.profile.ports import Features, Identities, Linked, Profiles

__all__ = [
    "FEATURES",
    "Features",
    "Identities",
    "Known",
    "Limits",
    "Linked",
    "Linking",
    "Named",
    "Profiles",
    "Unusable",
    "computed",
    "linking",
    "normalised",
    "subject_of",
]

"""Profiles: who is known, by which identifiers, with which traits, and what follows from events."""

from tactful.capabilities.profile.features import FEATURES, computed
from tactful.capabilities.profile.ports import Features, Identities, Profiles

__all__ = ["FEATURES", "Features", "Identities", "Profiles", "computed"]

"""Profiles: who is known, by which identifiers, with which traits."""

from tactful.capabilities.profile.ports import Identities, Profiles

__all__ = ["Identities", "Profiles"]

"""The embedded store keeps every promise of the ports."""

from tactful.testing.conformance.identities import IdentitiesSuite, ProfilesSuite


class TestIdentities(IdentitiesSuite):
    """Who is known, in SQLite."""


class TestProfiles(ProfilesSuite):
    """What is known of them, in SQLite."""

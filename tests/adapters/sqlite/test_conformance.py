"""The embedded store keeps every promise of the ports."""

from tactful.testing.conformance.events import EventsSuite
from tactful.testing.conformance.identities import IdentitiesSuite, ProfilesSuite
from tactful.testing.conformance.letters import LettersSuite
from tactful.testing.conformance.merges import MergesSuite
from tactful.testing.conformance.profiles import FeaturesSuite, TraitsSuite
from tactful.testing.conformance.records import CatalogueSuite, CountsSuite, RecordsSuite
from tactful.testing.conformance.requests import RequestsSuite
from tactful.testing.conformance.sessions import SessionsSuite
from tactful.testing.conformance.statements import StatementsSuite


class TestIdentities(IdentitiesSuite):
    """Who is known, in SQLite."""


class TestMerges(MergesSuite):
    """Who is one person, in SQLite."""


class TestProfiles(ProfilesSuite):
    """What is known of them, in SQLite."""


class TestTraits(TraitsSuite):
    """Where traits come from, in SQLite."""


class TestFeatures(FeaturesSuite):
    """What follows from events, in SQLite."""


class TestStatements(StatementsSuite):
    """What they said, in SQLite."""


class TestEvents(EventsSuite):
    """What they did, in SQLite."""


class TestRecords(RecordsSuite):
    """Withdrawal and erasure, in SQLite."""


class TestCounts(CountsSuite):
    """Uses and tallies, in SQLite."""


class TestCatalogue(CatalogueSuite):
    """The goods, in SQLite."""


class TestRequests(RequestsSuite):
    """What they asked for, in SQLite."""


class TestLetters(LettersSuite):
    """What is mailed, in SQLite."""


class TestSessions(SessionsSuite):
    """Who is signed in, in SQLite."""

"""The store on PostgreSQL keeps every promise of the ports."""

from tactful.testing.conformance.events import EventsSuite
from tactful.testing.conformance.identities import IdentitiesSuite, ProfilesSuite
from tactful.testing.conformance.letters import LettersSuite
from tactful.testing.conformance.merges import MergesSuite
from tactful.testing.conformance.profiles import FeaturesSuite, TraitsSuite
from tactful.testing.conformance.records import CatalogueSuite, CountsSuite, RecordsSuite
from tactful.testing.conformance.requests import RequestsSuite
from tactful.testing.conformance.sessions import SessionsSuite
from tactful.testing.conformance.statements import StatementsSuite


class TestPostgresIdentities(IdentitiesSuite):
    """Who is known, in PostgreSQL."""


class TestPostgresProfiles(ProfilesSuite):
    """What is known of them, in PostgreSQL."""


class TestPostgresMerges(MergesSuite):
    """Who is one person, in PostgreSQL."""


class TestPostgresTraits(TraitsSuite):
    """Where traits come from, in PostgreSQL."""


class TestPostgresFeatures(FeaturesSuite):
    """What follows from events, in PostgreSQL."""


class TestPostgresStatements(StatementsSuite):
    """What they said, in PostgreSQL."""


class TestPostgresEvents(EventsSuite):
    """What they did, in PostgreSQL."""


class TestPostgresRecords(RecordsSuite):
    """Withdrawal and erasure, in PostgreSQL."""


class TestPostgresCounts(CountsSuite):
    """Uses and tallies, in PostgreSQL."""


class TestPostgresCatalogue(CatalogueSuite):
    """The goods, in PostgreSQL."""


class TestPostgresRequests(RequestsSuite):
    """What they asked for, in PostgreSQL."""


class TestPostgresLetters(LettersSuite):
    """What is mailed, in PostgreSQL."""


class TestPostgresSessions(SessionsSuite):
    """Who is signed in, in PostgreSQL."""

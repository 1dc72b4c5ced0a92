"""A store with a lake keeps every promise of the ports, wherever an event is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lake_worlds import LakeShelf, LeavingShelf

from tactful.testing.conformance.events import EventsSuite
from tactful.testing.conformance.records import RecordsSuite


class _InTheLakeAlone:
    """Every event is in the lake alone as soon as it is stored."""

    @pytest.fixture
    def shelf(self, folder: Path) -> Iterator[LakeShelf]:
        """Yield a store that leaves all it can to the lake."""
        shelf = LeavingShelf(folder)
        yield shelf
        shelf.store.close()


class TestEventsBeforeALake(EventsSuite):
    """What they did, with nothing in the lake yet."""


class TestEventsInTheLake(_InTheLakeAlone, EventsSuite):
    """What they did, in the lake."""


class TestRecordsInTheLake(_InTheLakeAlone, RecordsSuite):
    """Withdrawal and erasure, in the lake."""

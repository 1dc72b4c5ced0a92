"""
What holds for all tests: properties have no deadline, because the machine may be busy.

Under `make mutants` they draw the same examples every time, and a slow draw or a long search for
the smallest example counts for nothing: only a broken promise kills a mutant.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings

from postgres_worlds import Server, serving, why_not

settings.register_profile("tactful", deadline=None, print_blob=True)
settings.register_profile(
    "mutants",
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("tactful")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Yield a PostgreSQL server of our own, or skip where none can be started."""
    if reason := why_not():
        pytest.skip(reason)
    with serving() as server:
        yield server

"""What the door needs of the world, in memory: standings, and counts of uses.  Nothing lasts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from tactful.gate import Digest, DigestColumns, digest, encode
from tactful.terms import Policy, Standing, SubjectId


class StandingsInMemory:
    """Keeps the digest of every standing it is told."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._digests: dict[SubjectId, Digest] = {}

    def put(self, subject: SubjectId, standing: Standing, at: datetime) -> None:
        """Replace all that *subject* said by *standing*, as it counts at *at*."""
        self._digests[subject] = digest(standing, self._policy, at)

    def forget(self, subject: SubjectId) -> None:
        """Drop the digest of *subject*."""
        self._digests.pop(subject, None)

    def digest(self, subject: SubjectId) -> Digest | None:
        """Return the digest of *subject*, or None where they have said nothing or are gone."""
        return self._digests.get(subject)

    def columns(self) -> DigestColumns:
        """Return the digests of all subjects that have a record."""
        return columns_of(self._digests, self._policy)


class UsesInMemory:
    """Counts what it is told: `uses` per subject, activity and day, `gaps` and `refusals`."""

    def __init__(self) -> None:
        self.uses: Counter[tuple[SubjectId, str, date]] = Counter()
        self.gaps: Counter[tuple[str, str]] = Counter()
        self.refusals: Counter[tuple[str, str]] = Counter()

    def count(self, subject: SubjectId, activity: str, day: date) -> None:
        """Add one use of *subject*'s data by *activity* on *day*."""
        self.uses[subject, activity, day] += 1

    def count_all(self, subjects: NDArray[np.int64], activity: str, day: date) -> None:
        """Add one use by *activity* on *day* for each of *subjects*, shape (n,)."""
        self.uses.update((SubjectId(int(subject)), activity, day) for subject in subjects)

    def gap(self, activity: str, missing: str) -> None:
        """Note that something is not configured."""
        self.gaps[activity, missing] += 1

    def refused(self, activity: str, rule: str) -> None:
        """Note a refusal."""
        self.refusals[activity, rule] += 1


def columns_of(digests: Mapping[SubjectId, Digest], policy: Policy) -> DigestColumns:
    """Return *digests* as columns, sorted by subject."""
    subjects = sorted(digests)
    shape = (len(policy.purpose_order), len(subjects))
    codes = np.empty(shape, dtype=np.uint16)
    until = np.empty(shape, dtype=np.int64)
    for column, subject in enumerate(subjects):
        facts = digests[subject]
        codes[:, column] = [
            encode(regime=facts.regime, said=said, signal=False, restricted=facts.restricted)
            for said in facts.said
        ]
        until[:, column] = facts.until
    return DigestColumns(subjects=np.array(subjects, dtype=np.int64), codes=codes, until=until)

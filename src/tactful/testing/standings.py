"""What the door needs of the world, in memory: standings, and counts of uses.  Nothing lasts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from tactful.gate import Digest, DigestColumns, Facts, Signal, digest, encode
from tactful.terms import Minor, Policy, Said, Standing, SubjectId


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

    def count(self, subject: SubjectId, activities: tuple[str, ...], day: date) -> None:
        """Add one use of *subject*'s data by each of *activities* on *day*."""
        self.uses.update((subject, activity, day) for activity in activities)

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
    rows = [digests[subject] for subject in subjects]
    minors = [place for place, facts in enumerate(rows) if facts.young]
    purposes = len(policy.purpose_order)
    return DigestColumns(
        subjects=np.array(subjects, dtype=np.int64),
        codes=_by_purpose([_codes(facts) for facts in rows], purposes).astype(np.uint16),
        until=_by_purpose([facts.until for facts in rows], purposes),
        minors=np.array(minors, dtype=np.intp),
        young=_young([rows[place].young for place in minors], purposes),
    )


def _codes(facts: Digest) -> list[int]:
    """Return the code of each purpose, without a live signal and without regard to age."""
    return [
        encode(
            Facts(
                regime=facts.regime,
                said=Said(said),
                signal=Signal.NONE,
                minor=Minor.NO,
                restricted=facts.restricted,
            )
        )
        for said in facts.said
    ]


def _by_purpose(rows: Sequence[Sequence[int]], purposes: int) -> NDArray[np.int64]:
    return np.array(rows, dtype=np.int64).reshape(len(rows), purposes).T


def _young(rows: Sequence[Sequence[Sequence[int]]], purposes: int) -> NDArray[np.int64]:
    levels = len(Minor) - 1
    return np.array(rows, dtype=np.int64).reshape(len(rows), purposes, levels).transpose(1, 2, 0)

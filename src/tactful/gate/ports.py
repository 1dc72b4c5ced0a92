"""What the door needs of the world: who said what, and a place to count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tactful.gate.facts import Digest
from tactful.terms import SubjectId


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """
    Who stands before the gate in one request.

    `subject` is None for a visitor without a record; `region` is where the request seems to come
    from, outranked by a known residence; `gpc` tells that the browser sends `Sec-GPC: 1`;
    `denied` holds the purposes that a consent string of the request says no to.
    """

    subject: SubjectId | None = None
    region: str | None = None
    gpc: bool = False
    denied: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DigestColumns:
    """
    The digests of all subjects, as columns, sorted by subject.

    `subjects` has shape (n,); `codes` shape (purposes, n), each the code without a live signal and
    without regard to age; `until` shape (purposes, n) in seconds since 1970.  The m subjects whose
    age matters stand at the places `minors`, shape (m,); `young`, shape (purposes, 3, m), holds
    until when age asks for what, as in `Digest.young`.
    """

    subjects: NDArray[np.int64]
    codes: NDArray[np.uint16]
    until: NDArray[np.int64]
    minors: NDArray[np.intp]
    young: NDArray[np.int64]


class Standings(Protocol):
    """The digested standings.  A statement that was acknowledged is seen by the next call."""

    def digest(self, subject: SubjectId) -> Digest | None:
        """Return the digest of *subject*, or None where they have said nothing or are gone."""

    def columns(self) -> DigestColumns:
        """Return the digests of all subjects that have a record."""


class Uses(Protocol):
    """Where uses and gaps are counted.  Counting must not wait for a disk."""

    def count(self, subject: SubjectId, activities: tuple[str, ...], day: date) -> None:
        """Add one use of *subject*'s data by each of *activities* on *day* (UTC)."""

    def count_all(self, subjects: NDArray[np.int64], activity: str, day: date) -> None:
        """Add one use by *activity* on *day* for each of *subjects*, shape (n,)."""

    def gap(self, activity: str, missing: str) -> None:
        """Note that something is not configured."""

    def refused(self, activity: str, rule: str) -> None:
        """Note a refusal, without whom it concerns."""

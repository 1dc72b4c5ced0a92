# ruff: noqa: S101 - a suite asserts
"""
What a conformance suite needs of an adapter's tests: a store that can be closed and opened again.

An adapter inherits a suite by providing the fixture `shelf`; the suites reach the store through
the ports of the capabilities and ask a real door for every permit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any, Protocol

from hypothesis import HealthCheck

from tactful.capabilities.collect.ports import Events
from tactful.capabilities.consent.ports import Showings, Statements
from tactful.capabilities.profile.ports import Features, Identities, Profiles
from tactful.capabilities.recommend.ports import Catalogue
from tactful.capabilities.rights.ports import Records
from tactful.capabilities.rights.requests import Requests
from tactful.gate import Door, Permit, Standings, Uses, Visit
from tactful.terms import (
    Event,
    Identifier,
    IdentifierKind,
    Policy,
    Statement,
    StatementKind,
    SubjectId,
)
from tactful.testing.conformance.policy import INDIVIDUAL, NOTICE, shelf_policy

START = datetime(2026, 3, 2, 12, tzinfo=UTC)

ONE_SHELF = (HealthCheck.function_scoped_fixture, HealthCheck.differing_executors)
"""All examples happen on one shelf, and a suite runs once for each adapter."""


class Tallies(Protocol):
    """Counters about nobody."""

    def add(self, name: str, label: str, n: int = 1, *, day: date | None = None) -> None:
        """Add *n* to *label* of *name* on *day* (UTC), today by default."""

    def totals(self) -> Mapping[tuple[str, str], int]:
        """Return all counters, summed over days, by (name, label)."""

    def daily(self, name: str) -> Mapping[tuple[date, str], int]:
        """Return the counters of *name* by (day, label)."""


class Store(Protocol):
    """An open store: every port of the capabilities, and an end."""

    @property
    def events(self) -> Events:
        """The recent events."""

    @property
    def identities(self) -> Identities:
        """Who is known."""

    @property
    def profiles(self) -> Profiles:
        """What is known besides events."""

    @property
    def features(self) -> Features:
        """What follows from events."""

    @property
    def statements(self) -> Statements:
        """What was said."""

    @property
    def showings(self) -> Showings:
        """The words of notices that were shown."""

    @property
    def records(self) -> Records:
        """Everything about one subject."""

    @property
    def requests(self) -> Requests:
        """What subjects asked for."""

    @property
    def catalogue(self) -> Catalogue:
        """The goods."""

    @property
    def standings(self) -> Standings:
        """The digests."""

    @property
    def uses(self) -> Uses:
        """The counts of uses."""

    @property
    def tallies(self) -> Tallies:
        """The counters about nobody."""

    def close(self) -> None:
        """Make everything durable and let go."""


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def move(self, by: timedelta) -> datetime:
        """Go forward and return the new time."""
        self.now += by
        return self.now


class Shelf:
    """
    One store on its shelf, its clock, and words to set a scene with.

    Args:
        open_store: Opens the store that the test is about, under a policy and a clock.
    """

    def __init__(self, open_store: Callable[[Policy, Clock], Store]) -> None:
        self._open = open_store
        self.clock = Clock()
        self.policy = shelf_policy()
        self.store = open_store(self.policy, self.clock)
        self._strangers = count()

    def reopen(self, policy: Policy | None = None) -> Store:
        """Close the store and open it again, perhaps under another policy."""
        self.store.close()
        self.policy = policy or self.policy
        self.store = self._open(self.policy, self.clock)
        return self.store

    def subject(self, name: str = "ann") -> SubjectId:
        """Return the subject whose `userId` is *name*, admitted if new."""
        return self.store.identities.admit([user(name)], at=self.clock())

    def stranger(self) -> SubjectId:
        """Return a subject that no other call returns."""
        return self.subject(f"stranger {next(self._strangers)}")

    @property
    def door(self) -> Door:
        """Return a door onto the store."""
        return Door(self.policy, standings=self.store.standings, uses=self.store.uses)

    def permit(self, subject: SubjectId, activity: str = "answer-request") -> Permit:
        """Return a permit that the door gives, or fail."""
        answer = self.door.ask(activity, Visit(subject=subject, region="US"), self.clock())
        assert isinstance(answer, Permit), answer
        return answer

    def audience(self, activity: str = "recommend-individual") -> Permit:
        """Return the permit for everybody that *activity* may touch."""
        answer = self.door.ask_audience(activity, self.clock())
        assert isinstance(answer, Permit), answer
        return answer

    def say(
        self,
        subject: SubjectId,
        kind: StatementKind = StatementKind.GRANT,
        purpose: str = INDIVIDUAL,
    ) -> Statement:
        """Record that *subject* said something now, and return it."""
        said = Statement(
            purpose=purpose, kind=kind, at=self.clock(), notice=NOTICE, regime="asking", locale="en"
        )
        self.store.statements.append(self.permit(subject, "record-statement"), [said])
        return said

    def event(self, subject: SubjectId, item: str, **changes: Any) -> Event:  # noqa: ANN401 - fields of all types
        """Return a view of *item* now, kept for recommendations, with *changes*."""
        usual = Event(
            subject=subject,
            name="Viewed",
            at=self.clock(),
            items=(item,),
            purposes=frozenset({INDIVIDUAL}),
            properties={},
            source="http",
            message=message(f"{subject} {item}"),
        )
        return replace(usual, **changes)

    def see(self, subject: SubjectId, *items: str, **changes: Any) -> int:  # noqa: ANN401 - fields of all types
        """Append a view of each of *items* and return how many were new."""
        events = [self.event(subject, item, **changes) for item in items]
        return len(self.store.events.append(events).result())

    def items(self, subject: SubjectId, activity: str = "recommend-individual") -> list[str]:
        """Return the items in the history that *activity* sees, oldest first."""
        seen = self.store.events.history(self.permit(subject, activity))
        return [item for event in seen for item in event.items]


def user(name: str) -> Identifier:
    """Return *name* as a `userId`."""
    return Identifier(IdentifierKind.USER_ID, name)


def message(text: str) -> bytes:
    """Return the 16-byte digest of a sender's message id."""
    return sha256(text.encode()).digest()[:16]

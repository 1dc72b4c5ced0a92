"""
Put actors and their secrets into a store, through its ports but below the gate.

So data can be there that nobody would let in now: kept earlier, for another purpose, or under
restriction.  The permits are made by hand, which only tests may do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Protocol

from tactful.capabilities.collect import GROUP_PURPOSE
from tactful.capabilities.collect.ports import Events
from tactful.capabilities.consent.ports import Statements
from tactful.capabilities.profile import Identities, Profiles
from tactful.gate import Permit
from tactful.terms import Event, Identifier, IdentifierKind, SubjectId
from tactful.testing.noninterference.cast import ANSWER_REQUEST, Actor, Deed, Secret
from tactful.testing.noninterference.regimes import NECESSARY

_A_MINUTE: Final = timedelta(minutes=1)


class Ground(Protocol):
    """The ports of a store that actors and secrets are put in by."""

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
    def statements(self) -> Statements:
        """What was said."""


def enter(ground: Ground, actors: Sequence[Actor], at: datetime) -> Mapping[int, str]:
    """
    Let *actors* be known, with their standing and what is held of them in any world.

    Returns their names by number.
    """
    names: dict[int, str] = {}
    for actor in actors:
        subject = _subject(ground, actor, at)
        names[int(subject)] = actor.name
        permit = _forged(subject, at)
        standing = actor.standing
        ground.profiles.settle(permit, residence=standing.residence, address=standing.address)
        if standing.born:
            ground.profiles.set_born(permit, standing.born)
        for dealing in standing.relationships:
            ground.profiles.dealt(permit, dealing)
        ground.statements.append(permit, standing.statements)
        if actor.open_book:
            _keep(ground, actor, actor.open_book, at)
    return names


def plant(ground: Ground, actors: Sequence[Actor], at: datetime) -> None:
    """Put the secrets of *actors*, who have entered, into the store."""
    for actor in actors:
        _keep(ground, actor, actor.secret, at)


def _keep(ground: Ground, actor: Actor, kept: Secret, at: datetime) -> None:
    subject = _subject(ground, actor, at)
    permits = [_forged(subject, at, purpose) for purpose in sorted(kept.purposes)]
    ground.profiles.set_traits(permits, kept.traits)
    if kept.group and GROUP_PURPOSE in kept.purposes:
        ground.profiles.join(_forged(subject, at, GROUP_PURPOSE), kept.group)
    events = [_event(subject, deed, kept.purposes, at) for deed in kept.deeds]
    ground.events.append(events).result()
    if kept.email:
        email = Identifier(IdentifierKind.EMAIL, f"{actor.name}-{kept.email}")
        ground.identities.admit([_named(actor), email], at=at)


def _subject(ground: Ground, actor: Actor, at: datetime) -> SubjectId:
    return ground.identities.admit([_named(actor)], at=at)


def _named(actor: Actor) -> Identifier:
    return Identifier(IdentifierKind.USER_ID, actor.name)


def _event(subject: SubjectId, deed: Deed, purposes: frozenset[str], at: datetime) -> Event:
    told = f"{subject} {deed} {sorted(purposes)}"
    return Event(
        subject=subject,
        name=deed.name,
        at=at - deed.ago,
        items=deed.items,
        purposes=purposes,
        properties=deed.properties,
        source="planted",
        message=sha256(told.encode()).digest()[:16],
    )


def _forged(subject: SubjectId, at: datetime, purpose: str = NECESSARY) -> Permit:
    """Return a permit that no gate gave."""
    return Permit(
        scope=subject,
        activity=ANSWER_REQUEST,
        purpose=purpose,
        basis="none",
        regime="none",
        decided_at=at,
        expires_at=at + _A_MINUTE,
    )

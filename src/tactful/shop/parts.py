"""What a shop is put together from: the ports that `assembly` fills with adapters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tactful.capabilities.collect import Events
from tactful.capabilities.consent import Controller, Showings, Statements
from tactful.capabilities.profile import Features, Identities, Limits, Profiles
from tactful.capabilities.recommend import Catalogue
from tactful.capabilities.rights import Records, Requests
from tactful.gate import Door, Permit
from tactful.mechanisms.models import Settings as ModelSettings
from tactful.mechanisms.signed_files import Signer
from tactful.shop.request_rules import RequestRules
from tactful.terms import Policy, Posted, Session, SubjectId

Arrays = Mapping[str, NDArray[np.generic]]


class Tallies(Protocol):
    """Counters without people: how many events were kept, refused, dropped, and why."""

    def add(self, name: str, label: str, n: int = 1, *, day: date | None = None) -> None:
        """Add *n* to *label* of *name* on *day* (UTC), today by default; waits for no disk."""

    def totals(self) -> Mapping[tuple[str, str], int]:
        """Return all counters, summed over days, by (name, label)."""

    def daily(self, name: str) -> Mapping[tuple[date, str], int]:
        """Return the counters of *name* by (day, label)."""


class Artefacts(Protocol):
    """Where trained models are published, each immutable."""

    def newest(self) -> str | None:
        """Return the name of the model in use, or None before the first training."""

    def open(self, name: str) -> Arrays:
        """Return the arrays of the model called *name*, memory-mapped."""

    def publish(self, arrays: Arrays) -> str:
        """Put a new model into use, all at once or not at all; return its name."""


class Seal(Protocol):
    """Seals small values into text that only this shop can read or make."""

    def seal(self, value: bytes) -> str:
        """Return *value* as opaque text, safe in an address."""

    def unseal(self, text: str) -> bytes | None:
        """Return the value, or None where *text* is not ours."""


class KeptLetters(Protocol):
    """What is left of letters."""

    def of(self, permit: Permit) -> Sequence[Posted]:
        """Return what is left of the letters to the permit's subject, oldest first."""


class KeptSessions(Protocol):
    """Who is signed in."""

    def of(self, permit: Permit) -> Sequence[Session]:
        """Return in which browsers the permit's subject is signed in, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """The system of record, port by port; `close` makes everything durable first."""

    events: Events
    identities: Identities
    profiles: Profiles
    features: Features
    statements: Statements
    showings: Showings
    records: Records
    requests: Requests
    catalogue: Catalogue
    tallies: Tallies
    letters: KeptLetters
    sessions: KeptSessions
    close: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptParts:
    """
    What a receipt needs besides statements: who gives it, who signs, what hides the subject.

    `certifier` signs certificates of erasure.
    """

    controller: Controller
    signer: Signer
    certifier: Signer
    pseudonym: Callable[[SubjectId], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that the workings of a shop share."""

    policy: Policy
    door: Door
    store: Store
    artefacts: Artefacts
    model_settings: ModelSettings
    seal: Seal
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    receipts: ReceiptParts
    requests: RequestRules
    limits: Limits = field(default_factory=Limits)

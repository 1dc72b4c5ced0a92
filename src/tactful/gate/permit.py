"""What the gate hands out: a permit, a refusal, a gap, or data that carries its permit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from tactful.terms import PermitMisuse, SubjectId

T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Audience:
    """
    The subjects that one activity may touch, and how many it may not, by rule.

    `members` is sorted, shape (n,).
    """

    members: NDArray[np.int64]
    refused: Mapping[str, int]

    def __contains__(self, subject: SubjectId) -> bool:
        at = int(np.searchsorted(self.members, subject))
        return at < len(self.members) and int(self.members[at]) == subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """
    Proof that one activity may touch one subject, or one audience, for a short while.

    Minted by the gate alone.  `scope` is `None` for a visitor of whom nothing is stored.
    """

    scope: SubjectId | Audience | None
    activity: str
    purpose: str
    basis: str
    regime: str
    decided_at: datetime
    expires_at: datetime

    @property
    def subject(self) -> SubjectId:
        """
        Return the one subject in scope.

        Raises:
            PermitMisuse: the permit is for an audience, or for a visitor without a record.
        """
        if self.scope is None or isinstance(self.scope, Audience):
            raise PermitMisuse(f"the permit for {self.activity} is not for one stored subject")
        return self.scope

    @property
    def audience(self) -> Audience:
        """
        Return the audience in scope.

        Raises:
            PermitMisuse: the permit is for one subject, or for a visitor without a record.
        """
        if not isinstance(self.scope, Audience):
            raise PermitMisuse(f"the permit for {self.activity} is not for an audience")
        return self.scope

    def require(self, subject: SubjectId, at: datetime) -> None:
        """
        Raise unless this permit covers *subject* at *at*.

        Raises:
            PermitMisuse: another subject, or too late: ask the door again.
        """
        if at >= self.expires_at:
            raise PermitMisuse(f"the permit for {self.activity} expired: ask the door again")
        scope = self.scope
        if not (subject in scope if isinstance(scope, Audience) else subject == scope):
            raise PermitMisuse(f"the permit for {self.activity} does not cover this subject")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The rule that said no, and its reason.  An ordinary answer, not an exception."""

    activity: str
    rule: str
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Nothing is configured for what was asked: refused, and reported to the operator."""

    activity: str
    missing: str
    decided_at: datetime

    @property
    def rule(self) -> str:
        """Return `gap`, where a refusal names its rule."""
        return "gap"

    @property
    def reason(self) -> str:
        """Say what is not configured."""
        return f"not configured: {self.missing}"


@dataclass(frozen=True, slots=True)
class Permitted(Generic[T_co]):
    """Personal data that cannot be held without the permit that opened it."""

    permit: Permit
    value: T_co

    def map(self, change: Callable[[T_co], U]) -> Permitted[U]:
        """Return what *change* makes of the value, under the same permit."""
        return Permitted(self.permit, change(self.value))

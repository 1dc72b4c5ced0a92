"""What the gate hands out: a permit, a refusal, a gap, or data that carries its permit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

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


class Grant(NamedTuple):
    """What one of several permits says, without whom it is for."""

    activity: str
    purpose: str
    basis: str
    regime: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What several permits say: the same for all subjects who stand alike, and so shared."""

    grants: tuple[Grant, ...]
    activities: tuple[str, ...]
    purposes: frozenset[str]

    @classmethod
    def of(cls, grants: Iterable[Grant]) -> Granted:
        """Return what *grants* say together."""
        given = tuple(grants)
        return cls(
            grants=given,
            activities=tuple(grant.activity for grant in given),
            purposes=frozenset(grant.purpose for grant in given),
        )

    def __bool__(self) -> bool:
        return bool(self.grants)


@dataclass(frozen=True, slots=True, kw_only=True)
class Permits:
    """
    The permits of several activities for one subject, decided at once; there may be none.

    Minted by the gate alone.  `scope` is as in `Permit`.
    """

    scope: SubjectId | None
    granted: Granted
    decided_at: datetime
    expires_at: datetime

    def __bool__(self) -> bool:
        return bool(self.granted.grants)

    def __iter__(self) -> Iterator[Permit]:
        """Yield each as a permit of its own."""
        for activity, purpose, basis, regime in self.granted.grants:
            yield Permit(
                scope=self.scope,
                activity=activity,
                purpose=purpose,
                basis=basis,
                regime=regime,
                decided_at=self.decided_at,
                expires_at=self.expires_at,
            )

    @property
    def purposes(self) -> frozenset[str]:
        """Return the purposes of all of them."""
        return self.granted.purposes

    @property
    def subject(self) -> SubjectId:
        """
        Return the one subject in scope.

        Raises:
            PermitMisuse: they are for a visitor without a record.
        """
        if self.scope is None:
            raise PermitMisuse("the permits are for nobody who is stored")
        return self.scope


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

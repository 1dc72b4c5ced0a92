"""What subjects say, and what all they said amounts to.  Pure: the moment is an argument."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

SubjectId = NewType("SubjectId", int)
"""A subject inside tactful: a number that means nothing outside the store.  Never 0."""


class StatementKind(enum.StrEnum):
    """What can be said about a purpose; `restrict` and `lift` speak of all of them (Art. 18)."""

    GRANT = "grant"
    LIFT = "lift"
    WITHDRAW = "withdraw"
    DENY = "deny"
    OBJECT = "object"
    RESTRICT = "restrict"


_ABOUT_EVERYTHING = frozenset({StatementKind.RESTRICT, StatementKind.LIFT})
_CAUTION = {kind: rank for rank, kind in enumerate(StatementKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """
    One thing a subject said about one purpose.  Never edited, only superseded (Art. 7(1)).

    `notice` is `id@version`, empty where nothing needs to be shown first: a no needs no notice.
    `purpose` is empty for `restrict` and `lift`.
    """

    purpose: str
    kind: StatementKind
    at: datetime
    notice: str = ""
    regime: str = ""
    locale: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if (self.purpose == "") is not (self.kind in _ABOUT_EVERYTHING):
            raise ValueError("restrict and lift name no purpose, every other statement names one")

    @property
    def order(self) -> tuple[datetime, int, str, str]:
        """
        Sort by time; at the same instant the more restrictive statement comes last.

        The rest only sees to it that the order of arrival never decides.
        """
        return (self.at, _CAUTION[self.kind], self.notice, self.regime)


class Said(enum.IntEnum):
    """What all statements on one purpose amount to at one moment."""

    NOTHING = 0
    GRANTED = 1
    EXPIRED = 2
    OUTDATED = 3
    DENIED = 4
    WITHDRAWN = 5
    OBJECTED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Every statement of one subject, and where they live if that is known."""

    statements: tuple[Statement, ...] = ()
    region: str | None = None

    def latest(self, purpose: str, at: datetime) -> Statement | None:
        """
        Return the statement on *purpose* that counts at *at*, whatever order they arrived in.

        An objection outranks every later word but a grant (Art. 21(3)): withdrawing afterwards
        does not lift it.
        """
        counts: Statement | None = None
        for statement in self._said(purpose, at):
            if not _keeps_objection(counts, statement):
                counts = statement
        return counts

    def restricted(self, at: datetime) -> bool:
        """Tell whether processing is restricted at *at* (Art. 18)."""
        return any(s.kind is StatementKind.RESTRICT for s in self._said("", at)[-1:])

    def _said(self, purpose: str, at: datetime) -> list[Statement]:
        heard = (s for s in self.statements if s.purpose == purpose and s.at <= at)
        return sorted(heard, key=lambda statement: statement.order)


def _keeps_objection(counts: Statement | None, statement: Statement) -> bool:
    return (
        counts is not None
        and counts.kind is StatementKind.OBJECT
        and statement.kind is not StatementKind.GRANT
    )

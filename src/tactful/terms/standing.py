"""What subjects say, and what all they said amounts to.  Pure: the moment is an argument."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime
from typing import NewType

from tactful.terms.regime import RelationshipKind

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

    @property
    def says_no(self) -> bool:
        """Tell whether it refuses a purpose: never agreed, taken back, or objected."""
        return self in {StatementKind.DENY, StatementKind.WITHDRAW, StatementKind.OBJECT}


UNPROVEN = "unproven request"
"""The source of a restriction that somebody asked for without showing who they are."""

_ABOUT_EVERYTHING = frozenset({StatementKind.RESTRICT, StatementKind.LIFT})
_CAUTION = {kind: rank for rank, kind in enumerate(StatementKind)}


class Speaker(enum.StrEnum):
    """Who made a statement: the subject, a parent of theirs (Art. 8), or an authorised agent."""

    SUBJECT = "subject"
    PARENT = "parent"
    AGENT = "agent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """
    One thing a subject said about one purpose.  Never edited, only superseded (Art. 7(1)).

    `notice` is `id@version`, empty where nothing needs to be shown first: a no needs no notice;
    `notice_hash` proves which words that were, and `ui` names what showed them.  `record` is the
    consent record that all statements of one act share.  `purpose` is empty for `restrict` and
    `lift`.
    """

    purpose: str
    kind: StatementKind
    at: datetime
    notice: str = ""
    notice_hash: str = ""
    regime: str = ""
    locale: str = ""
    source: str = ""
    ui: str = ""
    by: Speaker = Speaker.SUBJECT
    record: str = ""

    def __post_init__(self) -> None:
        if (self.purpose == "") is not (self.kind in _ABOUT_EVERYTHING):
            raise ValueError("restrict and lift name no purpose, every other statement names one")

    @property
    def order(self) -> tuple[datetime, int, str, str, str]:
        """
        Sort by time; at the same instant the more restrictive statement comes last.

        The rest only sees to it that the order of arrival never decides.
        """
        return (self.at, _CAUTION[self.kind], self.notice, self.regime, self.by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relationship:
    """
    A dealing with the shop that implies a consent where the law says so.

    `opt_out_offered` tells whether the subject could say no to news there and then, without which
    the soft opt-in does not arise (ePrivacy Art. 13(2)).
    """

    kind: RelationshipKind
    at: datetime
    opt_out_offered: bool = False


class Said(enum.IntEnum):
    """What all statements on one purpose amount to at one moment."""

    NOTHING = 0
    GRANTED = 1
    IMPLIED = 2
    EXPIRED = 3
    OUTDATED = 4
    DENIED = 5
    WITHDRAWN = 6
    OBJECTED = 7


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Standing:
    """
    Every statement of one subject, with what the law further looks at, as far as it is known.

    `residence` is where they live by their own word or the shop's; `address` the country of their
    account.  `born` is only known of those who were minors when it was told.
    """

    statements: tuple[Statement, ...] = ()
    residence: str | None = None
    address: str | None = None
    relationships: tuple[Relationship, ...] = ()
    born: date | None = None

    def __repr__(self) -> str:
        return f"Standing({len(self.statements)} statements)"

    @property
    def region(self) -> str | None:
        """Return where they live: a known residence outranks the address of their account."""
        return self.residence or self.address

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

    def held_back(self, at: datetime) -> bool:
        """
        Tell whether nothing may be deleted either, because the subject needs it (Art. 18(2)).

        A restriction by somebody who showed nothing to be the subject stops every use at once; but
        it must not keep somebody else's data for longer than they were told, nor take the effect
        of a restriction that the subject asked for.
        """
        held = False
        for statement in self._said("", at):
            if statement.kind is StatementKind.LIFT:
                held = False
            elif statement.source != UNPROVEN:
                held = True
        return held

    def _said(self, purpose: str, at: datetime) -> list[Statement]:
        heard = (s for s in self.statements if s.purpose == purpose and s.at <= at)
        return sorted(heard, key=lambda statement: statement.order)


def _keeps_objection(counts: Statement | None, statement: Statement) -> bool:
    return (
        counts is not None
        and counts.kind is StatementKind.OBJECT
        and statement.kind is not StatementKind.GRANT
    )

"""
Digests of many subjects: taken once for all histories that differ only in their times.

A million subjects say few different things.  What a history amounts to depends on the order of its
moments, not on when they were; and each `until` is one of those moments and a time that the law
allows.  So a history is digested with its moments set far apart, and the digest holds for every
history in the same order, with each `until` counted from its own moment again.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, Final, TypeVar

from tactful.adapters.sqlite.digests import slot_size, taken, to_slot, young_to_bytes
from tactful.adapters.sqlite.histories import moment, standing_of
from tactful.gate.facts import NEVER
from tactful.terms import Policy, Relationship, Speaker, Standing, Statement, StatementKind

SAID: Final = "SELECT subject, at, purpose, kind, notice, regime, speaker FROM statements"
"""All that a digest looks at of a statement."""

_APART: Final = timedelta(days=73_000)
_STEP: Final = int(_APART.total_seconds())
_FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_MOMENTS: Final = 30  # or the last would lie beyond the year 9999
MOST_PATTERNS: Final = 50_000
_SECOND: Final = 1_000_000
_PUT: Final = struct.Struct("<q").pack_into

Timed = TypeVar("Timed", Statement, Relationship)

Row = tuple[Any, ...]
Taken = tuple[bytes, bytes | None]
"""A slot, and until when age asks for what: see digests.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """The slot of a history, and the ends in it: where each stands, of which moment, how late."""

    slot: bytes
    ends: tuple[tuple[int, int, int], ...]

    def at(self, subject: int, moments: Sequence[int]) -> bytes:
        """Return the slot of *subject*, whose history has these *moments*, in microseconds."""
        slot = bytearray(self.slot)
        _PUT(slot, 0, subject)
        for place, which, lasts in self.ends:
            _PUT(slot, place, moments[which] // _SECOND + lasts)
        return bytes(slot)


class Patterns:
    """Takes the digests of one subject after the other, and remembers what they have in common."""

    def __init__(self, policy: Policy, at: datetime) -> None:
        self._policy = policy
        self._at = at
        self._known: dict[object, Pattern] = {}
        self._may_share = all(map(_can_be_told_apart, _lifetimes(policy)))

    def __len__(self) -> int:
        """Return how many patterns are remembered."""
        return len(self._known)

    def take(self, known: Row, said: Sequence[Row], dealings: Sequence[Row]) -> Taken:
        """
        Return the digest of the subject of *known*.

        Args:
            known: A row of `histories.KNOWN`.
            said: Their rows of SAID.
            dealings: Their rows of `histories.DEALINGS`.
        """
        if known[3] is not None or len(dealings) > 1 or not self._may_share:
            return self._taken_alone(known, said, dealings)
        moments = sorted({row[1] for row in said} | {row[3] for row in dealings})
        if len(moments) > _MOST_MOMENTS or (moments and moments[0] < 0):
            return self._taken_alone(known, said, dealings)
        return self._pattern(known, said, dealings, moments).at(known[0], moments), None

    def _pattern(
        self, known: Row, said: Sequence[Row], dealings: Sequence[Row], moments: Sequence[int]
    ) -> Pattern:
        rank = moments.index
        words = tuple((rank(row[1]), *row[2:]) for row in said)
        dealt = tuple((rank(row[3]), *row[1:3]) for row in dealings)
        key = known[1], known[2], words, dealt
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_PATTERNS:
                self._known.clear()
            standing = _set_apart(_standing(known, said, dealings), moments)
            found = self._known[key] = self._pattern_of(standing, len(moments))
        return found

    def _pattern_of(self, standing: Standing, moments: int) -> Pattern:
        facts = taken(standing, self._policy, _FIRST + moments * _APART)
        begin = slot_size(len(facts.until)) - 8 * len(facts.until)
        return Pattern(
            slot=to_slot(0, facts),
            ends=tuple(
                (begin + 8 * place, *divmod(until, _STEP))
                for place, until in enumerate(facts.until)
                if until != NEVER
            ),
        )

    def _taken_alone(self, known: Row, said: Sequence[Row], dealings: Sequence[Row]) -> Taken:
        facts = taken(_standing(known, said, dealings), self._policy, self._at)
        return to_slot(known[0], facts), young_to_bytes(facts)


def _standing(known: Row, said: Sequence[Row], dealings: Sequence[Row]) -> Standing:
    words = sorted(map(_statement, said), key=lambda statement: statement.order)
    return standing_of(known, said=words, dealings=dealings)


def _statement(row: Row) -> Statement:
    _, at, purpose, kind, notice, regime, speaker = row
    return Statement(
        purpose=purpose,
        kind=StatementKind(kind),
        at=moment(at),
        notice=notice,
        regime=regime,
        by=Speaker(speaker),
    )


def _set_apart(standing: Standing, moments: Sequence[int]) -> Standing:
    """Return *standing* with its moments in their order, but far apart."""
    apart = {moment(at): _FIRST + which * _APART for which, at in enumerate(moments)}

    def moved(timed: Timed) -> Timed:
        return replace(timed, at=apart[timed.at])

    return replace(
        standing,
        statements=tuple(map(moved, standing.statements)),
        relationships=tuple(map(moved, standing.relationships)),
    )


def _lifetimes(policy: Policy) -> Iterator[timedelta]:
    """Yield every time that some regime lets a consent last."""
    for rule in chain.from_iterable(regime.rules.values() for regime in policy.regimes):
        yield from (t for t in (rule.consent_lifetime, *rule.implied_by.values()) if t is not None)


def _can_be_told_apart(lifetime: timedelta) -> bool:
    return timedelta(0) <= lifetime < _APART and lifetime.microseconds == 0

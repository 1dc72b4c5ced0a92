"""
Join the standings of two subjects who turn out to be one person.

All that was said is kept, and the more restrictive word wins: a grant on one side, given perhaps at
a device that others use too, never overrides a no on the other, whichever came later.  Whether two
subjects are one person is not decided here.  ADR-0009.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from tactful.gate.facts import Digest, digest
from tactful.terms import Policy, Said, Standing, Statement, StatementKind

SOURCE = "merge"
"""The source of a statement that repeats a no at the moment of a merge."""

_REPEATS = {
    Said.DENIED: StatementKind.DENY,
    Said.WITHDRAWN: StatementKind.WITHDRAW,
    Said.OBJECTED: StatementKind.OBJECT,
}

_WEIGHT = {Said.DENIED.value: 1, Said.WITHDRAWN.value: 1, Said.OBJECTED.value: 2}
"""How much more than nothing each no refuses: only an objection outlasts another no."""


def merged(kept: Standing, absorbed: Standing, policy: Policy, at: datetime) -> Standing:
    """
    Return the standing of one person who was known as two.

    Where they live is what *kept* tells, if it does; of two birth dates the younger one counts.
    """
    both = _both(kept, absorbed)
    repeated = carried(kept, absorbed, policy, at)
    return replace(both, statements=(*both.statements, *repeated))


def carried(
    kept: Standing, absorbed: Standing, policy: Policy, at: datetime
) -> tuple[Statement, ...]:
    """
    Return what has to be said anew, so that every no of either side still stands after *at*.

    Added to the statements of both it makes the more restrictive word the last one; a grant after
    *at* counts again.
    """
    sides = digest(kept, policy, at), digest(absorbed, policy, at)
    together = digest(_both(kept, absorbed), policy, at)
    words = [*_words(sides, together, policy), *_restriction(sides, together)]
    return tuple(Statement(purpose=p, kind=kind, at=at, source=SOURCE) for p, kind in words)


def _both(kept: Standing, absorbed: Standing) -> Standing:
    """Return all that is known of either; what both hold is held once."""
    return Standing(
        statements=tuple(dict.fromkeys((*kept.statements, *absorbed.statements))),
        residence=kept.residence or absorbed.residence,
        address=kept.address or absorbed.address,
        relationships=tuple(dict.fromkeys((*kept.relationships, *absorbed.relationships))),
        born=_younger(kept.born, absorbed.born),
    )


def _younger(one: date | None, other: date | None) -> date | None:
    return max((born for born in (one, other) if born is not None), default=None)


def _words(
    sides: tuple[Digest, Digest], together: Digest, policy: Policy
) -> Iterator[tuple[str, StatementKind]]:
    """Yield each no of a side that all statements in the order of time do not amount to."""
    one, other = sides
    for place, purpose in enumerate(policy.purpose_order):
        strongest = max(one.said[place], other.said[place])
        if _WEIGHT.get(strongest, 0) > _WEIGHT.get(together.said[place], 0):
            yield purpose, _REPEATS[Said(strongest)]


def _restriction(
    sides: tuple[Digest, Digest], together: Digest
) -> Iterator[tuple[str, StatementKind]]:
    if any(side.restricted for side in sides) and not together.restricted:
        yield "", StatementKind.RESTRICT

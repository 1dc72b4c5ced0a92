"""
One person who is known under several numbers: who that is, and what all they said amounts to.

A merge is a link between two numbers, and stays one: nothing is written on either side, so that
taking the link away leaves both as they were.  What was refused on one side is worked out anew
from the links whenever it is asked for.  ADR-0011.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tactful.gate.merge import merged
from tactful.terms import Merge, Policy, Standing, SubjectId

Person = tuple[SubjectId, ...]
"""All numbers of one person, first the one that the person goes by."""


def persons(members: Iterable[SubjectId], merges: Sequence[Merge]) -> tuple[Person, ...]:
    """
    Return who is one person under *merges*, in the order of *members*.

    Args:
        members: Every number that *merges* link, and perhaps others.
        merges: In the order in which they were made.
    """
    person: dict[SubjectId, Person] = {member: (member,) for member in members}
    for merge in merges:
        kept, absorbed = person[merge.kept], person[merge.absorbed]
        if kept != absorbed:
            together = kept + absorbed
            person |= dict.fromkeys(together, together)
    return tuple(dict.fromkeys(person.values()))


def person_standing(
    standings: Mapping[SubjectId, Standing], merges: Sequence[Merge], policy: Policy
) -> Standing:
    """
    Return the standing of one person: all that was said on any side, the stricter word last.

    Each merge counts at its own moment: what a side had refused by then stays refused until the
    person says yes after it (ADR-0009).

    Args:
        standings: What was said under each of the person's numbers.
        merges: The links between these numbers, all of them, in the order they were made.
        policy: The running configuration.
    """
    known = dict(standings)
    person = {member: member for member in standings}
    for merge in merges:
        kept, absorbed = person[merge.kept], person[merge.absorbed]
        if kept == absorbed:
            continue
        known[kept] = _merged(known.pop(kept), known.pop(absorbed), merge, policy)
        person |= {member: kept for member, root in person.items() if root == absorbed}
    (standing,) = known.values()
    said = sorted(standing.statements, key=lambda statement: statement.order)
    return replace(standing, statements=tuple(said))


def _merged(kept: Standing, absorbed: Standing, merge: Merge, policy: Policy) -> Standing:
    """Merge two sides; where one has said nothing there is nothing to be carried over."""
    if absorbed == Standing():
        return kept
    if kept == Standing():
        return absorbed
    return merged(kept, absorbed, policy, merge.at)

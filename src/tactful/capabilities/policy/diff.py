"""
Compare two policies: what changes, whose answers change, and who must be asked again.

Nobody is looked at: a live shop hands in how many subjects there are in each case.
"""

from __future__ import annotations

from dataclasses import dataclass

from tactful.capabilities.policy.asked_again import AskedAgain, asked_again, counted_again
from tactful.capabilities.policy.changes import Change, changes
from tactful.capabilities.policy.groups import Census
from tactful.capabilities.policy.turns import Turn, counted, turns
from tactful.terms import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All that follows from putting one policy in the place of another."""

    changes: tuple[Change, ...]
    turns: tuple[Turn, ...]
    asked_again: tuple[AskedAgain, ...]


def diff(old: Policy, new: Policy, *, census: Census | None = None) -> Difference:
    """
    Return what changes when *new* takes the place of *old*.

    Args:
        old: The policy in force.
        new: The policy to come.
        census: How many subjects of a live shop are in each group under *old*.
    """
    turning, asked = turns(old, new), asked_again(old, new)
    if census is not None:
        turning = [counted(turn, census, old) for turn in turning]
        asked = [counted_again(one, census) for one in asked]
    return Difference(changes=changes(old, new), turns=tuple(turning), asked_again=tuple(asked))

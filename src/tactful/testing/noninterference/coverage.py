"""Tell what a set of scenes leaves out: rules that nobody met, activities that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from tactful.gate import RULE_NAMES, Permit, decide, verdict_tables
from tactful.terms import Policy
from tactful.testing.noninterference.cast import Actor
from tactful.testing.noninterference.trials import Scene, Trial, W


def unmet(scenes: Sequence[Scene[W]]) -> set[tuple[str, str]]:
    """Return each (activity, rule) by which the gate can refuse, but refuses no actor."""
    possible = {pair for scene in scenes for pair in _possible(scene.policy)}
    met = {
        pair
        for scene in scenes
        for actor in scene.cast
        for pair in refusals(actor, scene.policy, scene.at)
    }
    return possible - met


def unasked(policy: Policy, seen: Iterable[Trial]) -> set[str]:
    """Return the activities of the register that no operation asked the door about."""
    return set(policy.activities) - {activity for trial in seen for activity in trial.asked}


def _possible(policy: Policy) -> set[tuple[str, str]]:
    """Return the refusals that stand in the table of verdicts of each activity."""
    return {
        (activity, RULE_NAMES[entry.number - 1])
        for activity, table in verdict_tables(policy).items()
        for entry in table.entries
        if entry.number
    }


def refusals(actor: Actor, policy: Policy, at: datetime) -> Iterator[tuple[str, str]]:
    """Yield (activity, rule) for each activity that the rules refuse on *actor*."""
    for activity in policy.activities:
        answer = decide(
            activity,
            actor.standing,
            policy,
            at,
            region=actor.region,
            gpc=actor.gpc,
            denied=actor.denied,
        )
        if not isinstance(answer, Permit):
            yield activity, answer.rule

"""Which activities something in the running configuration asks for."""

from __future__ import annotations

from typing import Final

from tactful.capabilities.recommend import ACTIVITIES, SLOTS
from tactful.terms import Policy

ASKED: Final = frozenset(
    {"record-statement", "answer-request", "note-relationship", "train-models", "measure-results"}
)
"""What is asked for by name, whatever the slots are."""


def running_activities(policy: Policy) -> frozenset[str]:
    """
    Return the activities of *policy* that a slot, a keeper or tactful itself asks for.

    One that says what it reads and is not tactful's is the shop's word for what it does elsewhere.
    """
    height = max(slot.ceiling.height for slot in SLOTS.values())
    levels = {name for level, name in ACTIVITIES.items() if level.height <= height}
    keepers = {activity.name for activity in policy.activities.values() if activity.keeps}
    told = {activity.name for activity in policy.activities.values() if activity.reads}
    own = told - set(ACTIVITIES.values())
    return frozenset(policy.activities) & (ASKED | levels | keepers | own)

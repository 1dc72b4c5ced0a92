"""The slots of a page, and the questions that each asks of the models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tactful.terms import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """
    A place on a page that is filled with items.

    `task` names the question asked of the models; `ceiling` is the highest level that can change
    the answer, so that no more of a person is asked for than helps.
    """

    name: str
    task: str
    title: str
    ceiling: Level = Level.INDIVIDUAL


SLOTS: Mapping[str, Slot] = {
    slot.name: slot
    for slot in (
        Slot(name="for-you", task="next", title="For you"),
        Slot(name="goes-with", task="beside", title="Goes well with it"),
        Slot(name="similar", task="beside-page", title="Similar", ceiling=Level.NONE),
        Slot(name="buy-again", task="again", title="Buy again"),
        Slot(name="trending", task="popular", title="Popular now", ceiling=Level.NONE),
    )
}

ACTIVITIES: Mapping[Level, str] = {
    Level.INDIVIDUAL: "recommend-individual",
    Level.SEGMENT: "recommend-segment",
    Level.SESSION: "recommend-session",
}
"""The activity that the gate is asked about for each level, highest first."""

"""
What somebody chose, as a page shows it, and what a move of the dial says.

How a purpose stands is the gate's own answer, worked out ahead of any use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tactful.shop import Shop, Who
from tactful.terms import Level, Mistake, Notice
from tactful.web.pages.words import LEVELS, LevelWords

LADDER: Final[Mapping[Level, str]] = {
    Level.SESSION: "session_personalization",
    Level.SEGMENT: "segment_personalization",
    Level.INDIVIDUAL: "individual_personalization",
}
"""The purpose that each level of the dial adds to the one below it."""

TEACHING: Final = "model_training"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One purpose as it stands for somebody."""

    purpose: str
    title: str
    text: str
    on: bool
    said: str | None
    at: datetime | None
    source: str
    mode: str
    basis: str

    @property
    def optional(self) -> bool:
        """Tell whether there is anything to choose."""
        return self.mode not in {"necessary", "forbidden"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DialState:
    """The dial as it stands, with the notice that is shown beside it."""

    levels: tuple[LevelWords, ...]
    chosen: Level
    teaching: bool
    notice: Notice
    offered: tuple[Choice, ...]


def dial_of(shop: Shop, choices: Sequence[Choice]) -> DialState:
    """Return the dial for somebody who stands as *choices* say."""
    turned = {*LADDER.values(), TEACHING}
    return DialState(
        levels=tuple(LEVELS.values()),
        chosen=level_of(choices),
        teaching=is_on(choices, TEACHING),
        notice=shop.notice().notice,
        offered=tuple(choice for choice in choices if choice.purpose in turned),
    )


def choices_of(shop: Shop, who: Who) -> tuple[Choice, ...]:
    """Return how every purpose stands for *who*, in the order of the policy."""
    shown = shop.notice(region=who.region)
    texts = {offered.purpose: offered.text for offered in shown.purposes}
    return tuple(
        Choice(
            purpose=answer.purpose,
            title=answer.title,
            text=texts.get(answer.purpose, ""),
            on=answer.on,
            said=answer.said,
            at=answer.at,
            source=answer.source,
            mode=answer.mode,
            basis=answer.basis,
        )
        for answer in shop.standing(who)
    )


def is_on(choices: Iterable[Choice], purpose: str) -> bool:
    """Tell whether *purpose* is on."""
    return any(choice.on for choice in choices if choice.purpose == purpose)


def level_of(choices: Sequence[Choice]) -> Level:
    """Return the highest level whose purpose is on."""
    allowed = [level for level, purpose in LADDER.items() if is_on(choices, purpose)]
    return max(allowed, key=lambda level: level.height, default=Level.NONE)


def move_to(said: str, *, teach: bool, choices: Sequence[Choice]) -> dict[str, str]:
    """
    Return what somebody says by setting the dial: yes up to there, no above.

    Raises:
        Mistake: *said* is no level.
    """
    if said not in set(Level):
        raise Mistake("There is no such level: choose one of the four.")
    height = Level(said).height
    wanted = {purpose: level.height <= height for level, purpose in LADDER.items()}
    return {
        purpose: answer(yes=yes, purpose=purpose, choices=choices)
        for purpose, yes in (wanted | {TEACHING: teach}).items()
    }


def answer(*, yes: bool, purpose: str, choices: Iterable[Choice]) -> str:
    """Return the word for a yes or a no: a yes that was given is withdrawn, others denied."""
    if yes:
        return "grant"
    granted = any(c.said == "grant" for c in choices if c.purpose == purpose)
    return "withdraw" if granted else "deny"

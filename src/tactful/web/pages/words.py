"""Say in plain words what tactful answers in its own: levels, reasons, modes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tactful.terms import Item, Level, Reason

MOST_REASONS: Final = 3
"""How many reasons are told for one item; what stands behind the rest is small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelWords:
    """How one stop of the dial is explained: its name, what may shape the page, what is kept."""

    level: Level
    name: str
    shapes: str
    keeps: str


LEVELS: Final[Mapping[Level, LevelWords]] = {
    words.level: words
    for words in (
        LevelWords(
            level=Level.NONE,
            name="Nothing about me",
            shapes="What is popular, and the page itself.",
            keeps="Nothing is kept.",
        ),
        LevelWords(
            level=Level.SESSION,
            name="This visit",
            shapes="And what I look at in this visit.",
            keeps="Nothing is kept.",
        ),
        LevelWords(
            level=Level.SEGMENT,
            name="My broad group",
            shapes="And a group that many people fall in.",
            keeps="The name of the group is kept.",
        ),
        LevelWords(
            level=Level.INDIVIDUAL,
            name="My own history",
            shapes="And what I looked at and bought before.",
            keeps="My history is kept.",
        ),
    )
}

MODES: Final = {
    "necessary": "Always on: the shop cannot work without it.",
    "opt_in": "Off until you say yes.",
    "opt_out": "On until you say no.",
    "forbidden": "Not allowed where you live.",
}

BASES: Final = {
    "consent": "your consent",
    "contract": "your contract with the shop",
    "legal_obligation": "a legal obligation",
    "legitimate_interest": "a legitimate interest of the shop",
    "notice": "a notice, as the law where you live asks for",
}

SAID: Final = {
    "grant": "You said yes",
    "deny": "You said no",
    "withdraw": "You took your yes back",
    "object": "You objected",
    "restrict": "You asked to stop all use",
    "lift": "You allowed use again",
}

IDENTIFIERS: Final = {
    "userId": "The shop's number for you",
    "anonymousId": "Your browser's number",
    "email": "E-mail address",
}

IDENTIFIERS_OF_THEM: Final = {
    "userId": "Shop's number (userId)",
    "anonymousId": "Browser's number (anonymousId)",
    "email": "E-mail address",
}
"""The same for the privacy officer; a kind that is not here is shown by its own name."""

RULES: Final = {
    "not_forbidden": "The law of the region forbids it",
    "not_restricted": "Use was stopped by the subject",
    "no_objection": "The subject objected",
    "no_binding_signal": "The browser's signal, binding by law",
    "no_denial": "The subject said no, or took the yes back",
    "no_honoured_signal": "The browser's signal, honoured by the shop",
    "consent_when_needed": "No yes that counts, where one is needed",
}
"""The rules of the gate, as reasons for a refusal."""

_ABOUT_ANOTHER: Final = {
    "bought": "because you bought {}",
    "added": "because you put {} in the basket",
    "viewed": "because you looked at {}",
    "wished": "because {} is on your wish list",
    "session": "because you looked at {} in this visit",
    "page": "it goes with {}",
}
_ABOUT_ITSELF: Final = {
    "bought": "because you bought it before",
    "added": "because you had it in the basket",
    "viewed": "because you looked at it before",
    "wished": "because it is on your wish list",
    "session": "because you looked at it in this visit",
    "group": "others in your group like it",
    "popular": "popular with many people",
}
_NOTHING: Final = "from the catalogue, in its order"


def reasons(
    because: Sequence[Reason], *, item: str, catalogue: Mapping[str, Item]
) -> tuple[str, ...]:
    """Return why *item* is shown, the weightiest reason first."""
    told = dict.fromkeys(_reason(reason, item, catalogue) for reason in because)
    return tuple(told)[:MOST_REASONS] or (_NOTHING,)


def title_of(item: str, catalogue: Mapping[str, Item]) -> str:
    """Return what *item* is called."""
    line = catalogue.get(item)
    return line.title if line else item


def _reason(reason: Reason, item: str, catalogue: Mapping[str, Item]) -> str:
    if reason.item == item or reason.kind not in _ABOUT_ANOTHER:
        return _ABOUT_ITSELF.get(reason.kind, _NOTHING)
    return _ABOUT_ANOTHER[reason.kind].format(title_of(reason.item, catalogue))

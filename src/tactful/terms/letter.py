"""What the shop mails for its own duties: sign-in links, codes, answers to requests, reminders."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tactful.terms.errors import Mistake

LONGEST_ADDRESS: Final = 320
LONGEST_TITLE: Final = 200
LONGEST_TEXT: Final = 100_000

_KIND = re.compile(r"[a-z][a-z-]{0,31}")
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\x00-\x1f\x7f]+@[^\s@<>,;:\"()\x00-\x1f\x7f]+")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Letter:
    """
    One letter: `kind` is what it is for, and all that anybody but its reader ever learns of it.

    Raises:
        Mistake: the address is none, or a line break would let more than a title into the head.
    """

    kind: str
    to: str
    title: str
    text: str

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind):
            raise Mistake("name the kind of a letter in small letters and hyphens: sign-in")
        if len(self.to) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(self.to):
            raise Mistake(
                "this is no address that a letter can go to: write it as name@example.org"
            )
        if not 0 < len(self.title) <= LONGEST_TITLE or _BREAKS.search(self.title):
            raise Mistake(f"the title of a letter is one line of up to {LONGEST_TITLE} characters")
        if len(self.text) > LONGEST_TEXT or "\x00" in self.text:
            raise Mistake(f"a letter has up to {LONGEST_TEXT:,} characters of plain text")

    def __repr__(self) -> str:
        return f"Letter({self.kind}, ...)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """A letter that waits to be sent: its number, since when, and how often that was tried."""

    id: str
    letter: Letter
    queued_at: datetime
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What remains of a letter: its kind, when it was queued, and what became of it and when."""

    kind: str
    queued_at: datetime
    done_at: datetime | None
    outcome: str

"""That somebody showed who they are, and for how long that is believed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tactful.terms.standing import SubjectId


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Session:
    """
    One signed-in browser of the subject that the shop calls `user_id`.

    `proved_at` is when they last showed who they are, by a letter's code or link or by a link of
    the shop.  `subject` is None while nobody is known by that id: there is nothing to see then.
    """

    user_id: str
    subject: SubjectId | None
    began_at: datetime
    seen_at: datetime
    proved_at: datetime

    def __repr__(self) -> str:
        return "Session(...)"

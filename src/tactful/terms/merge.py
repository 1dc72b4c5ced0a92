"""That two subjects are one person: a link between them, never a move of what is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tactful.terms.identifier import Identifier
from tactful.terms.standing import SubjectId


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Merge:
    """
    One link: from `at` on `kept` and `absorbed` are one person, until `undone_at`.

    `evidence` is the kind of identifier that both were known by, or `word` for the shop's own
    word; `shown` is that identifier, as far as it can still be read.  `by` tells who linked them.
    """

    id: int
    kept: SubjectId
    absorbed: SubjectId
    at: datetime
    evidence: str
    by: str
    undone_at: datetime | None = None
    shown: Identifier | None = None

    def __repr__(self) -> str:
        return f"Merge({self.id}, {self.evidence}, ...)"

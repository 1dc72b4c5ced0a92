"""Why data is used, what is done with it, and on which ground.  Holds no rules."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta


class LegalBasis(enum.StrEnum):
    """The grounds of GDPR Art. 6(1) that a shop can rely on; `notice` where none is asked."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    LEGITIMATE_INTEREST = "legitimate_interest"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """
    One reason to use personal data (GDPR Art. 5(1)(b)).

    `categories` and `uses` are keys of the Fideslang taxonomy.  `retention` is how long data
    may be kept for this purpose; `None` means that nothing is stored for it.  `review` is when
    somebody should ask again whether it is still needed.
    """

    name: str
    title: str
    categories: tuple[str, ...]
    uses: tuple[str, ...]
    retention: timedelta | None
    review: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """
    One entry of the record of processing activities (GDPR Art. 30).

    `keeps` marks the one activity that stores behaviour for its purpose.
    `survives_restriction` marks what Art. 18(2) still allows while data is restricted: keeping
    it, and what the subject asks for.  `dpia` names the impact assessment that a profiling
    activity needs before it may run (Art. 35).  `transfers` says, for recipients in other
    countries, which and under what safeguard (Art. 30(1)(e)).  `reads` are the properties and
    `traits.NAME` that it reads of what is kept; None for whatever is kept for its purpose.
    """

    name: str
    purpose: str
    title: str
    recipients: tuple[str, ...] = ()
    transfers: tuple[str, ...] = ()
    profiling: bool = False
    dpia: str | None = None
    keeps: bool = False
    survives_restriction: bool = False
    review: date | None = None
    reads: tuple[str, ...] | None = None

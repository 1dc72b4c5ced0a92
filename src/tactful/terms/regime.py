"""What the law of a region asks for, purpose by purpose.  Data only; `tactful.gate` reads it."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from tactful.terms.purpose import LegalBasis

REGION_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
"""The shape of a region: an ISO 3166 code, in capitals.  Whether there is one is another matter."""


class Mode(enum.StrEnum):
    """
    How a regime treats a purpose, from the freest to the strictest.

    `implied` is off until a relationship or a grant switches it on (CASL 10(9)-(10)); so is
    `soft_opt_in`, for a purchase at which the opt-out was offered (ePrivacy Art. 13(2)).
    """

    NECESSARY = "necessary"
    OPT_OUT = "opt_out"
    IMPLIED = "implied"
    SOFT_OPT_IN = "soft_opt_in"
    OPT_IN = "opt_in"
    FORBIDDEN = "forbidden"

    @property
    def strictness(self) -> int:
        """Return 0 for the freest mode, counting up."""
        return list(Mode).index(self)

    @property
    def by_dealing(self) -> bool:
        """Tell whether a dealing with the shop can stand in for a yes."""
        return self is Mode.IMPLIED or self is Mode.SOFT_OPT_IN


class RelationshipKind(enum.StrEnum):
    """What dealings with the shop imply a consent in some regimes."""

    PURCHASE = "purchase"
    INQUIRY = "inquiry"


class Minor(enum.IntEnum):
    """What the age of a subject asks for, from nothing to everything."""

    NO = 0
    OWN_CONSENT = 1
    PARENTAL_CONSENT = 2
    CLOSED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeRule:
    """
    One purpose under one regime: the mode, the ground, and where that is written.

    `consent_lifetime` is how long a grant counts; None is without end.  `implied_by` says, for the
    modes `implied` and `soft_opt_in`, which dealings imply a consent and for how long.
    """

    purpose: str
    mode: Mode
    basis: LegalBasis
    citation: str
    confidence: str = "check"
    consent_lifetime: timedelta | None = None
    implied_by: Mapping[RelationshipKind, timedelta | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeRule:
    """
    What a purpose asks of those below an age, in years (GDPR Art. 8, COPPA).

    `below_in` holds the regions of the regime with an age of their own, `read_in` those of which
    the source was read.
    """

    purpose: str
    below: int
    needs: Minor
    citation: str
    confidence: str = "check"
    below_in: Mapping[str, int] = field(default_factory=dict)
    read_in: frozenset[str] = frozenset()

    def limit(self, region: str | None) -> int:
        """Return the age from which this rule no longer holds in *region*; unknown: the highest."""
        if region is None:
            return max([self.below, *self.below_in.values()])
        code = region.upper()
        own = self.below_in
        return own.get(code, own.get(code.partition("-")[0], self.below))


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """
    How long something may take, or must wait: `P1M`, `P45D`, `P15BD` (business days), `PT72H`.

    The period is an ISO 8601 duration of one unit, but for business days, which ISO does not know.
    `moves` tells that one which ends on a day off ends on the next working day; `pauses_for` names
    what it may stand still for: until the subject's `identity` is clear, or what they mean is.
    """

    name: str
    period: str
    citation: str
    confidence: str = "check"
    moves: bool = False
    pauses_for: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalRule:
    """
    What a browser signal means here.

    For the purposes in `binding` the signal outranks even a grant; for those in `honoured` it
    is a no unless the subject granted that very purpose.
    """

    binding: frozenset[str] = frozenset()
    honoured: frozenset[str] = frozenset()
    citation: str = ""
    confidence: str = "check"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """
    The law of some regions (ISO 3166 codes), as far as this product needs it.

    `country_alone` marks what holds where a country is known but not which of its states, while
    some of them have a law of their own.  `review` is when somebody should read the law again.
    """

    id: str
    law: str
    regions: tuple[str, ...]
    rules: Mapping[str, RegimeRule]
    gpc: SignalRule = field(default_factory=SignalRule)
    ages: tuple[AgeRule, ...] = ()
    deadlines: Mapping[str, Deadline] = field(default_factory=dict)
    country_alone: bool = False
    review: date | None = None

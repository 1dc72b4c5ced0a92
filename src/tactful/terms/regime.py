"""What the law of a region asks for, purpose by purpose.  Data only; `tactful.gate` reads it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from tactful.terms.purpose import LegalBasis


class Mode(enum.StrEnum):
    """How a regime treats a purpose, from the freest to the strictest."""

    NECESSARY = "necessary"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    FORBIDDEN = "forbidden"

    @property
    def strictness(self) -> int:
        """Return 0 for the freest mode, counting up."""
        return list(Mode).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeRule:
    """One purpose under one regime: the mode, the ground, and where that is written."""

    purpose: str
    mode: Mode
    basis: LegalBasis
    citation: str
    confidence: str = "check"
    consent_lifetime: timedelta | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """The law of some regions (ISO 3166 codes), as far as this product needs it."""

    id: str
    law: str
    regions: tuple[str, ...]
    rules: Mapping[str, RegimeRule]
    gpc: SignalRule = field(default_factory=SignalRule)

"""Do what a request asks for.  Each is safe to be done again: a server may stop in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tactful.shop.consenting import Consenting
from tactful.shop.subjects import Subject
from tactful.terms import (
    Mistake,
    Policy,
    Proof,
    Request,
    RequestKind,
    StatementKind,
    TraitOrigin,
)
from tactful.terms.standing import UNPROVEN

SOLD: Final = ("advertising", "partner_matching")
"""The purposes for which data leaves for others (Civ. Code 1798.140(ad) and (ah))."""

INFERRED: Final = (
    *SOLD,
    "individual_personalization",
    "segment_personalization",
    "model_training",
)
"""The purposes that infer what somebody is like (Civ. Code 1798.121)."""


def optional_purposes(policy: Policy) -> tuple[str, ...]:
    """Return the purposes that somebody can object to."""
    return tuple(name for name in policy.purposes if not policy.is_necessary(name))


def require_purposes(policy: Policy, named: tuple[str, ...]) -> None:
    """
    Let pass purposes that somebody can object to.

    Raises:
        Mistake: one is unknown, or necessary.
    """
    known = optional_purposes(policy)
    for name in named:
        if name not in known:
            raise Mistake(f"unknown purpose {name[:64]!r}: it must be one of {', '.join(known)}")


class Fulfilling:
    """Carries requests out."""

    def __init__(self, policy: Policy, consenting: Consenting) -> None:
        self._policy = policy
        self._consenting = consenting

    def carry_out(self, request: Request, subject: Subject, asked: Mapping[str, object]) -> None:
        """Do what *request* asks, as *asked* in its first words."""
        does: dict[RequestKind, Callable[[], object]] = {
            RequestKind.RECTIFICATION: lambda: self._rectify(subject, asked),
            RequestKind.ERASURE: subject.erase,
            RequestKind.RESTRICTION: lambda: _restrict(request, subject),
            RequestKind.OBJECTION: lambda: self._refuse(request, subject, asked),
            RequestKind.OPT_OUT_SALE: lambda: self._refuse(request, subject, asked),
            RequestKind.LIMIT_SENSITIVE: lambda: self._refuse(request, subject, asked),
        }
        if (do := does.get(request.kind)) is not None:  # a copy is made when it is taken
            do()

    def _rectify(self, subject: Subject, asked: Mapping[str, object]) -> None:
        traits = asked.get("traits")
        if isinstance(traits, dict) and traits:
            subject.correct(traits, by=TraitOrigin.SUBJECT, source="request")

    def _refuse(self, request: Request, subject: Subject, asked: Mapping[str, object]) -> None:
        """Say no in the subject's name, as a statement like any other."""
        objects = request.kind is RequestKind.OBJECTION
        word = StatementKind.OBJECT if objects else StatementKind.WITHDRAW
        said = dict.fromkeys(self._purposes(request, asked), word.value)
        if said:
            self._consenting.say_of(subject.number, said, source="request", by=request.by)

    def _purposes(self, request: Request, asked: Mapping[str, object]) -> tuple[str, ...]:
        optional = optional_purposes(self._policy)
        if request.kind is not RequestKind.OBJECTION:
            wanted = SOLD if request.kind is RequestKind.OPT_OUT_SALE else INFERRED
            return tuple(name for name in optional if name in wanted)
        named = asked.get("purposes")
        if isinstance(named, list) and named:
            return tuple(name for name in optional if name in named)
        return optional


def _restrict(request: Request, subject: Subject) -> None:
    proven = request.proof not in {"", Proof.NOT_NEEDED}
    subject.restrict(source="request" if proven else UNPROVEN)

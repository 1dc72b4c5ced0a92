"""
Read what a consent platform says along with a request.

Strings are untrusted: what cannot be read, or does not count, says neither yes nor no.  Of several
signals on a purpose the no counts.  What is made of it stands in `signal_statements`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final, TypeVar

from tactful.mechanisms.consent_strings import (
    ConsentStringMistake,
    GppConsent,
    TcfConsent,
    UsCalifornia,
    UsNational,
    gpp,
    tcf,
)
from tactful.terms import Policy, Signals, SignalSources

REMEMBERED: Final = 2048
"""How many strings are kept decoded: shoppers send theirs with every request."""

LONGEST_REMEMBERED: Final = 4096
"""Longer strings are decoded anew each time, so that what is remembered stays small."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """
    What one signal says on one purpose.

    `at` is when it was chosen, if the signal knows; `notice` what was shown before (`id@version`),
    if it is known, without which a yes counts for nothing.
    """

    purpose: str
    yes: bool
    source: str
    at: datetime | None = None
    notice: str = ""
    objects: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a signal counts for nothing.  `label` is one of a few, for counting."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """
    What all signals of a request come to.

    `gpc` tells that a string carries Global Privacy Control; `faults` why signals count for
    nothing, `gaps` what the policy has no meaning for, in the senders' words.
    """

    words: tuple[Word, ...] = ()
    gpc: bool = False
    faults: tuple[Fault, ...] = ()
    gaps: tuple[str, ...] = ()

    @property
    def denied(self) -> frozenset[str]:
        """Return the purposes that any signal says no to."""
        return frozenset(word.purpose for word in self.words if not word.yes)

    @property
    def granted(self) -> tuple[Word, ...]:
        """Return the yeses that no other signal of the request denies."""
        denied = self.denied
        return tuple(word for word in self.words if word.yes and word.purpose not in denied)

    def past(self, at: datetime) -> Heard:
        """
        Return the same as it was said at *at*, in a past that a shop brings along.

        A yes of then was given to what was shown then, which nobody names: it proves nothing.
        """
        words = (replace(word, at=word.at or at, notice="") for word in self.words)
        return replace(self, words=tuple(words))


def read_signals(signals: Signals, policy: Policy, at: datetime) -> Heard:
    """Return what *signals* say at *at*; whatever is wrong with them is named, and says nothing."""
    sources = policy.signals
    parts = (
        *(Heard(faults=(Fault(label=what, reason=what),)) for what in signals.unread),
        *_of_tcf(signals.tcf, sources, at),
        *_of_gpp(signals.gpp, sources, at),
        *_of_categories(signals, sources),
    )
    return Heard(
        words=tuple(word for part in parts for word in part.words),
        gpc=any(part.gpc for part in parts),
        faults=tuple(fault for part in parts for fault in part.faults),
        gaps=tuple(gap for part in parts for gap in part.gaps),
    )


def _of_tcf(text: str, sources: SignalSources, at: datetime) -> Iterator[Heard]:
    if not text:
        return
    consent = _decoded(text, tcf.decode, _remembered_tcf)
    if isinstance(consent, str):
        yield Heard(faults=(Fault(label="tcf: cannot be read", reason=f"tcf: {consent}"),))
    else:
        yield _of_consent(consent, sources, at)


def _of_consent(consent: TcfConsent, sources: SignalSources, at: datetime) -> Heard:
    """Return what a TC string says on each purpose that the TCF asks about."""
    if reason := consent.invalid_at(at):
        return Heard(faults=(Fault(label=f"tcf: {reason}", reason=f"tcf: {reason}"),))
    agreed = _vendor_agreed(consent, sources.vendor)
    shown = sources.tcf_since is None or _day(consent.updated) >= sources.tcf_since
    return Heard(
        words=tuple(
            Word(
                purpose=purpose,
                yes=agreed and all(number in consent.purpose_consents for number in needs),
                source="tcf",
                at=consent.updated,
                notice=sources.tcf_notice if shown else "",
            )
            for purpose, needs in sources.tcf_purposes.items()
        )
    )


def _vendor_agreed(consent: TcfConsent, vendor: int | None) -> bool:
    if vendor is None:
        return True
    disclosed = consent.disclosed_vendors or frozenset()
    return vendor in disclosed and vendor in consent.vendor_consents


def _of_gpp(text: str, sources: SignalSources, at: datetime) -> Iterator[Heard]:
    if not text:
        return
    consent = _decoded(text, gpp.decode, _remembered_gpp)
    if isinstance(consent, str):
        yield Heard(faults=(Fault(label="gpp: cannot be read", reason=f"gpp: {consent}"),))
        return
    if consent.tcfeuv2 is not None:
        yield _of_consent(consent.tcfeuv2, sources, at)
    for section in (consent.usnat, consent.usca):
        if section is not None:
            yield _of_section(section, sources)
    yield Heard(gaps=tuple(f"signal gpp section {number}" for number in consent.others))


def _of_section(section: UsNational | UsCalifornia, sources: SignalSources) -> Heard:
    """Return what a section of the US says no to: it holds no yes that anybody could rely on."""
    said = (purposes for name, purposes in sources.opt_outs.items() if _says_no(section, name))
    return Heard(
        words=tuple(
            Word(purpose=purpose, yes=False, source="gpp", objects=True)
            for purpose in dict.fromkeys(purpose for purposes in said for purpose in purposes)
        ),
        gpc=bool(section.gpc),
    )


def _says_no(section: UsNational | UsCalifornia, name: str) -> bool:
    """Tell whether the field *name*, which not every section has, is a no: for any of the ages."""
    if name == "known_child_consents":
        return False in section.known_child_consents
    return getattr(section, name, None) is True


def _of_categories(signals: Signals, sources: SignalSources) -> Iterator[Heard]:
    for name, yes in signals.categories.items():
        purposes = sources.categories.get(name.strip().lower())
        if purposes is None:
            yield Heard(gaps=(f"signal category {name}",))
        else:
            yield Heard(
                words=tuple(
                    Word(
                        purpose=purpose,
                        yes=yes,
                        source="categories",
                        notice=sources.categories_notice,
                    )
                    for purpose in purposes
                )
            )


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _decoded(
    text: str, decode: Callable[[str], T], remembered: Callable[[str], T | str]
) -> T | str:
    """Return what *text* says, or in words why it cannot be read."""
    if len(text) <= LONGEST_REMEMBERED:
        return remembered(text)
    return _attempt(text, decode)


def _attempt(text: str, decode: Callable[[str], T]) -> T | str:
    try:
        return decode(text)
    except ConsentStringMistake as mistake:
        return str(mistake)


@lru_cache(maxsize=REMEMBERED)
def _remembered_tcf(text: str) -> TcfConsent | str:
    return _attempt(text, tcf.decode)


@lru_cache(maxsize=REMEMBERED)
def _remembered_gpp(text: str) -> GppConsent | str:
    return _attempt(text, gpp.decode)

"""
What may be wrong with notices, as far as a program can tell.

Whether a text is true, complete or fair it cannot: it finds what is missing, what is too short to
say anything, what contradicts the figures, and what is hard to read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import combinations

from tactful.capabilities.policy.findings import Finding, Looked, error, listed, warning
from tactful.capabilities.policy.reading import reading
from tactful.terms import Notice

LEAST_READING_EASE = 60.0
"""What a notice must reach: plain language, as pupils of 13 to 15 years read it (Flesch 1949)."""

LEAST_LETTERS = 40
"""A section with fewer is a stub: what is done, and for how long, cannot be said in less."""

_PERIOD = re.compile(r"\b(\d+)[ \u00a0-]+([^\W\d_]+)")
_UNITS: Mapping[str, Mapping[str, float]] = {
    "en": {"day": 1, "week": 7, "month": 365 / 12, "year": 365},
    "de": {"tag": 1, "woche": 7, "monat": 365 / 12, "jahr": 365},
    "fr": {"jour": 1, "semaine": 7, "mois": 365 / 12, "an": 365},
    "es": {"día": 1, "semana": 7, "mes": 365 / 12, "año": 365},
    "nl": {"dag": 1, "week": 7, "weken": 7, "maand": 365 / 12, "jaar": 365},
}
_NEAR = 0.03
"""By how much a period in months may differ from a retention in days: 6 months are 180 days."""


def _silent(looked: Looked) -> Iterator[Finding]:
    """Each purpose is told to whoever chooses, in each language (Art. 13(1)(c))."""
    for notice in looked.shown:
        for purpose in looked.policy.purposes:
            if notice.texts.get(purpose, "").strip():
                continue
            found = error if purpose in looked.used else warning
            yield found(
                _file(notice),
                f"says nothing about {purpose}",
                f"write a section ## Title {{#{purpose}}}",
            )


def _stubs(looked: Looked) -> Iterator[Finding]:
    """A section says something, and not what another one says (Art. 7(2): separately)."""
    for notice in looked.shown:
        told = {purpose: text.strip() for purpose, text in notice.texts.items() if text.strip()}
        for purpose, text in told.items():
            if (letters := sum(map(str.isalnum, text))) < LEAST_LETTERS:
                yield warning(
                    _file(notice),
                    f"hardly speaks of {purpose}: its section has {letters} letters",
                    "say what is kept, for how long, and who sees it",
                )
        for one, other in combinations(told, 2):
            if told[one] == told[other]:
                what = f"says the very same about {one} and {other}"
                yield warning(_file(notice), what, "say what each of them is about")


def _terms(looked: Looked) -> Iterator[Finding]:
    """How long data is kept is told as it is (Art. 13(2)(a)), where it is told in figures."""
    for notice in looked.shown:
        for purpose, text in notice.texts.items():
            kept = looked.policy.purposes[purpose].retention
            told = list(_periods(text, notice.locale))
            if kept and told and not any(_about(period, kept) for _, period in told):
                yield warning(
                    _file(notice),
                    f"speaks of {listed([said for said, _ in told])} where it is about {purpose}, "
                    f"for which data is kept {kept.days} days",
                    "say how long it is kept, or change retention_days",
                )


def _periods(text: str, locale: str) -> Iterator[tuple[str, timedelta]]:
    """Yield the periods that *text* names in figures, in the languages whose units are known."""
    units = _UNITS.get(locale.partition("-")[0].lower(), {})
    for count, word in _PERIOD.findall(text):
        for unit, days in units.items():
            if word.lower().startswith(unit) and len(count) <= len("36500"):
                yield f"{count} {word}", timedelta(days=int(count) * days)


def _about(period: timedelta, kept: timedelta) -> bool:
    return abs(period - kept) <= kept * _NEAR


def _locales(looked: Looked) -> Iterator[Finding]:
    """Who was told in their language before is told in it again (Art. 12(1))."""
    spoken = {notice.locale for notice in looked.shown}
    newest = looked.shown[0]
    before = {n.locale for n in looked.policy.notices if n.id == newest.id}
    for locale in sorted(before - spoken):
        yield warning(
            f"notices/{newest.id}/",
            f"version {newest.version} is not there in {locale}, in which an older one is",
            f"write {newest.version}.{locale}.md",
        )


def _weights(looked: Looked) -> Iterator[Finding]:
    """All languages of a version agree on what changed: any of them asks everybody again."""
    by_name: dict[str, list[Notice]] = {}
    for notice in looked.policy.notices:
        by_name.setdefault(notice.name, []).append(notice)
    for first, *others in by_name.values():
        for other in others:
            if other.material != first.material:
                yield warning(
                    _file(other),
                    f"its material is not that of {first.version}.{first.locale}.md",
                    "write the same in both; until then what either names is asked again",
                )


def _ease(looked: Looked) -> Iterator[Finding]:
    """A notice is in clear and plain language (Art. 12(1))."""
    for notice in looked.shown:
        read = reading(notice.text, notice.locale)
        if read is not None and read.ease < LEAST_READING_EASE:
            yield warning(
                _file(notice),
                f"reads at {read.ease:.0f} of 100, {_hardest(notice)}",
                f"write shorter sentences and words, until it reads at {LEAST_READING_EASE:.0f}",
            )


def _hardest(notice: Notice) -> str:
    """Name the section to begin with."""
    read = {name: reading(text, notice.locale) for name, text in notice.texts.items()}
    ease = {name: found.ease for name, found in read.items() if found}
    if not ease:
        return "as a whole"
    worst = min(ease, key=lambda name: ease[name])
    return f"hardest where it speaks of {worst} ({ease[worst]:.0f})"


def _file(notice: Notice) -> str:
    return f"notices/{notice.id}/{notice.version}.{notice.locale}.md"


CHECKS: tuple[Callable[[Looked], Iterator[Finding]], ...] = (
    _silent,
    _stubs,
    _terms,
    _locales,
    _weights,
    _ease,
)

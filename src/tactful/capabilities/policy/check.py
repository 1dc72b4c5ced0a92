"""
Look a policy over for what a person has to mend before it may be relied on.

What cannot be read at all is refused where it is loaded; here stands what can be read, and would
leave a gap, keep data without need, or tell subjects too little.  Dates of review are not known to
a policy, so nothing is said about reviews.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from tactful.capabilities.policy.reading import reading
from tactful.terms import STRICTEST, Notice, PlannedProperty, Policy, Regime

LEAST_READING_EASE = 60.0
"""What a notice must reach: plain language, as pupils of 13 to 15 years read it (Flesch 1949)."""


class Severity(enum.StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to mend: where it stands, what is wrong, and what to write instead."""

    severity: Severity
    where: str
    what: str
    instead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """What the checks look at: the policy, and the names of the assessments beside it."""

    policy: Policy
    assessments: Collection[str]

    @property
    def used(self) -> dict[str, list[str]]:
        """Return the activities of each purpose that something is done for."""
        used: dict[str, list[str]] = {}
        for activity in self.policy.activities.values():
            used.setdefault(activity.purpose, []).append(activity.name)
        return used

    @property
    def kept(self) -> set[str]:
        """Return the purposes that an activity stores behaviour for."""
        return {a.purpose for a in self.policy.activities.values() if a.keeps}

    @property
    def regimes(self) -> list[Regime]:
        """Return the regimes that somebody wrote: the strictest follows from them."""
        return [regime for regime in self.policy.regimes if regime.id != STRICTEST]

    @property
    def shown(self) -> list[Notice]:
        """Return the newest notice, in each of its locales."""
        newest = self.policy.current_notice().name
        return [notice for notice in self.policy.notices if notice.name == newest]


def check(policy: Policy, *, assessments: Collection[str] = ()) -> tuple[Finding, ...]:
    """
    Return what has to be mended in *policy*, the errors first.

    Args:
        policy: The configuration as it was loaded.
        assessments: The names of the impact assessments that lie beside it (Art. 35).
    """
    looked = _Looked(policy=policy, assessments=assessments)
    findings = [finding for look in _CHECKS for finding in look(looked)]
    return tuple(sorted(findings, key=lambda found: found.severity is Severity.WARNING))


def _properties(looked: _Looked) -> Iterator[Finding]:
    """Declaring what is never kept is a mistake about what happens (Art. 5(1)(c))."""
    plan = looked.policy.plan
    carried = {n: p for event in plan.events.values() for n, p in event.properties.items()}
    for section, declared in (("properties", carried), ("traits", plan.traits)):
        for name, planned in declared.items():
            if looked.kept.isdisjoint(planned.purposes):
                yield _unkept(f"tracking-plan.toml, [{section}.{name}]", planned)


def _unkept(where: str, planned: PlannedProperty) -> Finding:
    if not planned.purposes:
        return _warning(where, "its purposes were removed, so it is dropped", "write remove = true")
    named = _listed(planned.purposes)
    return _error(
        where,
        f"no activity keeps data for {named}, so it is never stored",
        "write a purpose with an activity that says keeps = true, or remove = true",
    )


def _retention(looked: _Looked) -> Iterator[Finding]:
    """What is kept has an end (Art. 5(1)(e))."""
    for name, purpose in looked.policy.purposes.items():
        if purpose.retention is None and name in looked.kept:
            where = f"purposes.toml, [{name}]"
            yield _error(
                where, "data is kept for it without an end", "write retention_days = 90, say"
            )


def _notices(looked: _Looked) -> Iterator[Finding]:
    """Each purpose is told to whoever chooses, in each language (Art. 13(1)(c))."""
    for notice in looked.shown:
        for purpose in looked.policy.purposes:
            if notice.texts.get(purpose, "").strip():
                continue
            found = _error if purpose in looked.used else _warning
            yield found(
                _file(notice),
                f"says nothing about {purpose}",
                f"write a section ## Title {{#{purpose}}}",
            )


def _locales(looked: _Looked) -> Iterator[Finding]:
    """Who was told in their language before is told in it again (Art. 12(1))."""
    spoken = {notice.locale for notice in looked.shown}
    newest = looked.shown[0]
    for locale in sorted({notice.locale for notice in looked.policy.notices} - spoken):
        yield _warning(
            f"notices/{newest.id}/",
            f"version {newest.version} is not there in {locale}, in which an older one is",
            f"write {newest.version}.{locale}.md",
        )


def _regimes(looked: _Looked) -> Iterator[Finding]:
    """A purpose on which a regime is silent is refused there, and where no region is known."""
    for regime in looked.regimes:
        for purpose in looked.policy.purposes:
            if purpose not in regime.rules:
                yield _gap(regime.id, purpose, looked.used.get(purpose, []))


def _gap(regime: str, purpose: str, activities: list[str]) -> Finding:
    where = f"regime {regime}"
    instead = f'write [rules.{purpose}] with mode and basis; mode = "forbidden" says no on purpose'
    if not activities:
        return _warning(
            where, f"no rule on {purpose}: a gap once something is done for it", instead
        )
    what = f"no basis for {_listed(activities)}, refused here and where no region is known"
    return _error(where, what, instead)


def _assessments(looked: _Looked) -> Iterator[Finding]:
    """Profiling is assessed before it runs (Art. 35), and the assessment can be found."""
    for activity in looked.policy.activities.values():
        where = f"activities.toml, [{activity.name}]"
        if activity.dpia is None and activity.profiling:
            yield _error(where, "profiling without an impact assessment", 'write dpia = "its file"')
        elif activity.dpia is not None and activity.dpia not in looked.assessments:
            yield _warning(
                where,
                f"its assessment {activity.dpia!r} is no file in policy/dpia/",
                "put yours there and name the file as dpia",
            )


def _ease(looked: _Looked) -> Iterator[Finding]:
    """A notice is in clear and plain language (Art. 12(1))."""
    for notice in looked.shown:
        read = reading(notice.text, notice.locale)
        if read is not None and read.ease < LEAST_READING_EASE:
            yield _warning(
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


def _figures(looked: _Looked) -> Iterator[Finding]:
    """What nobody has looked up yet is not relied on without saying so."""
    for regime in looked.regimes:
        unread = [rule.purpose for rule in regime.rules.values() if rule.confidence == "check"]
        if unread:
            yield _warning(
                f"regime {regime.id}",
                f"nobody has checked the source of {_listed(unread)}",
                'write confidence = "read", once somebody who may say so has read it',
            )


_CHECKS: tuple[Callable[[_Looked], Iterator[Finding]], ...] = (
    _properties,
    _retention,
    _regimes,
    _assessments,
    _notices,
    _locales,
    _ease,
    _figures,
)


def _error(where: str, what: str, instead: str) -> Finding:
    return Finding(severity=Severity.ERROR, where=where, what=what, instead=instead)


def _warning(where: str, what: str, instead: str) -> Finding:
    return Finding(severity=Severity.WARNING, where=where, what=what, instead=instead)


def _file(notice: Notice) -> str:
    return f"notices/{notice.id}/{notice.version}.{notice.locale}.md"


def _listed(names: Collection[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last

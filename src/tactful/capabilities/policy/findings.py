"""What a check of a policy looks at, and what it says."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from tactful.terms import Notice, Policy


class Severity(enum.StrEnum):
    """
    How much a finding weighs.

    An error must be mended; a warning should be weighed; a note only has to be known, since
    nothing that a shop could write would mend it.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    Something to mend or to know: where it stands, what it is, and what to do about it.

    `details` names each single thing, where one finding speaks of many alike.
    """

    severity: Severity
    where: str
    what: str
    instead: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What the checks look at: the policy, the day, and the assessments that lie beside it."""

    policy: Policy
    today: date
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
    def shown(self) -> list[Notice]:
        """Return the newest main notice, in each of its locales."""
        newest = self.policy.current_notice().name
        return [notice for notice in self.policy.notices if notice.name == newest]


def error(where: str, what: str, instead: str) -> Finding:
    """Return what must be mended."""
    return Finding(severity=Severity.ERROR, where=where, what=what, instead=instead)


def warning(where: str, what: str, instead: str, details: tuple[str, ...] = ()) -> Finding:
    """Return what should be weighed."""
    return Finding(
        severity=Severity.WARNING, where=where, what=what, instead=instead, details=details
    )


def note(where: str, what: str, instead: str, details: tuple[str, ...] = ()) -> Finding:
    """Return what only has to be known."""
    return Finding(severity=Severity.NOTE, where=where, what=what, instead=instead, details=details)


def listed(names: Collection[str]) -> str:
    """Return *names* as a sentence has them."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last

"""What is known about one subject, ready to be read: the export, with titles for its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from tactful.shop import Shop
from tactful.terms import NotFound
from tactful.web.pages.words import SAID, title_of

LATEST: int = 30
"""How many events the page shows; the download has them all."""


class Identifier(msgspec.Struct, frozen=True):
    """A name by which the shop knows the subject."""

    kind: str
    value: str


class Known(msgspec.Struct, frozen=True):
    """A trait; one without a value is what the subject wants not to be known."""

    value: object
    time: datetime
    source: str
    origin: str
    purposes: list[str]


class Computed(msgspec.Struct, frozen=True):
    """Something computed from what the subject did."""

    title: str
    purpose: str
    explanation: str


class Said(msgspec.Struct, frozen=True):
    """One statement; the purpose is empty where it speaks of all of them."""

    purpose: str
    statement: str
    at: datetime
    notice: str
    source: str


class Happened(msgspec.Struct, frozen=True):
    """One event."""

    event: str
    time: datetime
    items: list[str]
    purposes: list[str]
    source: str


class Use(msgspec.Struct, frozen=True):
    """How often an activity used the data on one day."""

    activity: str
    day: date
    count: int


class Export(msgspec.Struct, frozen=True):
    """What the page needs of an export."""

    identifiers: list[Identifier]
    region: str | None
    regime: str
    traits: dict[str, Known]
    features: list[Computed]
    group: str | None
    restricted: bool
    statements: list[Said]
    events: list[Happened]
    uses: list[Use]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Holdings:
    """Everything known about one subject, in words.  Its `repr` shows nothing of it."""

    export: Export
    law: str
    traits: tuple[tuple[str, object, str, str, datetime, str], ...]
    features: tuple[tuple[str, str, str], ...]
    events: tuple[tuple[datetime, str, str, str, str], ...]
    statements: tuple[tuple[datetime, str, str, str, str], ...]
    uses: tuple[tuple[str, str, int, date], ...]

    def __repr__(self) -> str:
        return "Holdings(...)"


def holdings_of(shop: Shop, user_id: str) -> Holdings | None:
    """Return what is known about *user_id*, or None where nothing is."""
    try:
        return in_words(shop, shop.subject(user_id).export())
    except NotFound:
        return None


def in_words(shop: Shop, known: Mapping[str, object]) -> Holdings:
    """Return what is *known* of one subject, an export, in words."""
    export = msgspec.convert(known, Export)
    purposes = {p.name: p.title for p in shop.policy.purposes.values()}
    return Holdings(
        export=export,
        law=next((r.law for r in shop.policy.regimes if r.id == export.regime), ""),
        traits=_traits(export, purposes),
        features=_features(export, purposes),
        events=_events(export, shop, purposes),
        statements=_statements(export, purposes),
        uses=_uses(export, shop),
    )


def _traits(
    export: Export, purposes: Mapping[str, str]
) -> tuple[tuple[str, object, str, str, datetime, str], ...]:
    """Return name, value, who stated it, through what, when and what for, of each trait."""
    return tuple(
        (
            name,
            trait.value,
            trait.origin,
            trait.source,
            trait.time,
            ", ".join(purposes.get(purpose, purpose) for purpose in trait.purposes),
        )
        for name, trait in export.traits.items()
    )


def _features(export: Export, purposes: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Return title, explanation and purposes of each thing computed; the same is said once."""
    serves: dict[tuple[str, str], list[str]] = {}
    for feature in export.features:
        said = serves.setdefault((feature.title, feature.explanation), [])
        said.append(purposes.get(feature.purpose, feature.purpose))
    return tuple((title, text, ", ".join(said)) for (title, text), said in serves.items())


def _events(
    export: Export, shop: Shop, purposes: Mapping[str, str]
) -> tuple[tuple[datetime, str, str, str, str], ...]:
    """Return time, event, items, purposes and source of the latest events, the latest first."""
    catalogue = shop.catalogue
    newest = sorted(export.events, key=lambda event: event.time)[::-1]
    return tuple(
        (
            event.time,
            event.event,
            ", ".join(title_of(item, catalogue) for item in event.items),
            ", ".join(purposes.get(purpose, purpose) for purpose in event.purposes),
            event.source,
        )
        for event in newest[:LATEST]
    )


def _statements(
    export: Export, purposes: Mapping[str, str]
) -> tuple[tuple[datetime, str, str, str, str], ...]:
    """Return time, words, purpose, notice and source of every statement, the latest first."""
    return tuple(
        (
            said.at,
            SAID.get(said.statement, said.statement),
            purposes.get(said.purpose, said.purpose),
            said.notice,
            said.source,
        )
        for said in sorted(export.statements, key=lambda said: said.at, reverse=True)
    )


def _uses(export: Export, shop: Shop) -> tuple[tuple[str, str, int, date], ...]:
    """Return title, purpose, count and last day of each activity, the busiest first."""
    counts: Counter[str] = Counter()
    last: dict[str, date] = {}
    for use in export.uses:
        counts[use.activity] += use.count
        last[use.activity] = max(use.day, last.get(use.activity, use.day))
    known = shop.policy.activities
    return tuple(
        (
            known[name].title if name in known else name,
            known[name].purpose if name in known else "",
            count,
            last[name],
        )
        for name, count in counts.most_common()
    )

"""
Lay the files of `regimes/` over each other, and pick what holds on a day.

A shop's file overlays the pack's of the same id: rule by rule, deadline by deadline, signal by
signal; its ages replace all.  What the entries mean is said in `policy_regimes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import TypeVar

import msgspec

from tactful.adapters.policy_entries import Text
from tactful.adapters.policy_tables import Entry, Table, decode, entries_of, one_of
from tactful.terms import PolicyMistake


class Dated(msgspec.Struct, frozen=True, kw_only=True):
    """What every figure has: where it is written, whether that was read, and when it holds."""

    citation: Text
    confidence: str
    valid_from: date | None = None
    valid_until: date | None = None


class _File(msgspec.Struct, frozen=True, kw_only=True):
    id: Text
    law: Text | None = None
    regions: tuple[str, ...] | None = None
    review: date | None = None
    rules: dict[str, object] = msgspec.field(default_factory=dict)
    signals: dict[str, object] = msgspec.field(default_factory=dict)
    ages: list[dict[str, object]] | None = None
    deadlines: dict[str, object] = msgspec.field(default_factory=dict)


D = TypeVar("D", bound=Dated)


@dataclass(slots=True, kw_only=True)
class Law:
    """One regime while its layers are laid over each other: entries, each with its dates."""

    called: str
    head: dict[str, object] = field(default_factory=dict)
    rules: dict[str, list[Entry]] = field(default_factory=dict)
    signals: dict[str, list[Entry]] = field(default_factory=dict)
    deadlines: dict[str, list[Entry]] = field(default_factory=dict)
    ages: list[Entry] = field(default_factory=list)


def laid(layers: Iterable[Iterable[tuple[str, Table]]]) -> dict[str, Law]:
    """
    Return the laws of all *layers* by id, each still with all its dates.

    Raises:
        PolicyMistake: two files of a layer have one id, or something is to be removed in vain.
    """
    laws: dict[str, Law] = {}
    for layer in layers:
        _lay(layer, laws)
    return laws


def _lay(layer: Iterable[tuple[str, Table]], laws: dict[str, Law]) -> None:
    """Lay the files of one layer over what is there."""
    own: dict[str, str] = {}
    for called, table in layer:
        told = decode(Entry(name="", where=called, table=table), _File)
        if told.id in own:
            raise PolicyMistake(
                f"{called}: {own[told.id]} has the id {told.id!r} too: rename one of them"
            )
        own[told.id] = called
        _overlay(laws.setdefault(told.id, Law(called=called)), told, called)


def _overlay(law: Law, told: _File, called: str) -> None:
    law.called = called
    given = {"law": told.law, "regions": told.regions, "review": told.review}
    law.head |= {key: value for key, value in given.items() if value is not None}
    for section, tables in (
        ("rules", told.rules),
        ("signals", told.signals),
        ("deadlines", told.deadlines),
    ):
        _replace(getattr(law, section), tables, f"{section}.", called)
    if told.ages is not None:
        where = f"{called}, [[ages]]"
        law.ages = [Entry(name="ages", where=where, table=table) for table in told.ages]


def _replace(
    kept: dict[str, list[Entry]], tables: Mapping[str, object], within: str, called: str
) -> None:
    for name, value in tables.items():
        dated = value if isinstance(value, list) else [value]
        entries = [entry for one in dated for entry in entries_of({name: one}, called, within)]
        if [dict(entry.table) for entry in entries] == [{"remove": True}]:
            one_of(name, kept, f"{entries[0].where}: there is nothing to remove", "entry")
            del kept[name]
        else:
            kept[name] = entries


@dataclass(frozen=True, slots=True)
class Calendar:
    """A day, and the days on which what was looked at begins or ceases to hold."""

    on: date
    turns: set[date] = field(default_factory=set)

    @property
    def next_turn(self) -> date | None:
        """Return the next day on which anything changes."""
        return min((day for day in self.turns if day > self.on), default=None)

    def in_force(self, entries: Sequence[Entry], kind: type[D]) -> tuple[Entry, D] | None:
        """
        Return the one of *entries* that holds on the day, or None.

        Raises:
            PolicyMistake: its dates or its confidence cannot be, or two hold on the same day.
        """
        dated = [(entry, decode(entry, kind)) for entry in entries]
        for entry, told in dated:
            _check_dates(entry, told)
            one_of(told.confidence, ["read", "check"], entry.where, "confidence")
            self.turns.update(day for day in (told.valid_from, told.valid_until) if day)
        _check_overlap(dated)
        return next((pair for pair in dated if _holds(pair[1], self.on)), None)


def _holds(told: Dated, on: date) -> bool:
    begun = told.valid_from is None or told.valid_from <= on
    return begun and (told.valid_until is None or on < told.valid_until)


def _check_dates(entry: Entry, told: Dated) -> None:
    if told.valid_from and told.valid_until and told.valid_from >= told.valid_until:
        raise PolicyMistake(
            f"{entry.where}: valid_until is the first day on which it no longer holds: "
            f"it must come after valid_from"
        )


def _check_overlap(dated: Sequence[tuple[Entry, Dated]]) -> None:
    """Refuse two that hold on the same day: nobody could say which counts."""
    ordered = sorted(dated, key=lambda pair: pair[1].valid_from or date.min)
    for (_, earlier), (entry, later) in pairwise(ordered):
        if (earlier.valid_until or date.max) > (later.valid_from or date.min):
            raise PolicyMistake(
                f"{entry.where}: two of them hold on the same day: "
                f"let valid_until of the one be valid_from of the next"
            )

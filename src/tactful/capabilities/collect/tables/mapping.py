"""
Say which column of a file means what: built-in mappings, a shop's own map file, common names.

Knows neither files nor stores.  Every setting of a map file stands in docs/reference/mapping.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from tactful.capabilities.collect.tables.columns import NAMES, OPEN_KINDS, listed, loosely
from tactful.terms import Mistake

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}

Shape = tuple[str, ...]
"""The names of the columns of one row, in order."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: Literal[".", ","] = "."
    unit: Literal["major", "minor"] | None = None


class _Time(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    formats: tuple[str, ...] = ()
    zone: str = "UTC"


class _Skip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    column: str
    reason: str
    matches: str | None = None
    unlike: str | None = None
    at_most: float | None = None
    missing: bool = False


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category, the head nouns that tell it, and words that tell it wherever they stand."""

    name: str
    words: frozenset[str] = frozenset()
    anywhere: frozenset[str] = frozenset()


class _MapFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"kind": "as"}):
    kind: str | None = None
    name: str = ""
    detect: tuple[str, ...] = ()
    file: _File = _File()
    columns: dict[str, str | tuple[str, ...]] = {}
    constants: dict[str, str] = {}
    time: _Time = _Time()
    events: dict[str, str] = {}
    regions: dict[str, str] = {}
    skip: tuple[_Skip, ...] = ()
    categories: tuple[Category, ...] = ()
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a text file is written; `encoding` is tried where a line is not UTF-8."""

    delimiter: str = ","
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipRule:
    """Rows to leave out, and why: the one condition that is set decides."""

    field: str
    reason: str
    matches: re.Pattern[str] | None = None
    unlike: re.Pattern[str] | None = None
    at_most: float | None = None
    missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Which column holds each field in rows of one shape, and the columns left over."""

    fields: tuple[tuple[str, str], ...]
    rest: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        """Return the fields that have a column."""
        return frozenset(name for name, _ in self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMap:
    """
    How one kind of file is read.

    Args:
        kind: One of KINDS.
        name: What a built-in one is called; empty for a map file and for the common names.
        detect: Columns that give a file away as one for this map.
        columns: Per field the columns that may hold it, the best first.
        own: The fields whose columns were named by hand, and so must be there.
        constants: Per field what it is where the file does not say.
        unit: Whether prices are in `major` (12.50) or `minor` (1250) units.
        regions: Codes by name, in small letters.
    """

    kind: str
    name: str = ""
    detect: tuple[str, ...] = ()
    dialect: Dialect = field(default_factory=Dialect)
    columns: Mapping[str, tuple[str, ...]]
    own: frozenset[str] = frozenset()
    constants: Mapping[str, str] = field(default_factory=dict)
    decimal: str = "."
    unit: str = "major"
    formats: tuple[str, ...] = ()
    zone: tzinfo = UTC
    events: Mapping[str, str] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)
    skip: tuple[SkipRule, ...] = ()
    categories: tuple[Category, ...] = ()
    titles: tuple[str, ...] = ()

    def bind(self, shape: Shape) -> Bound:
        """Return the column for each field that *shape* has one for."""
        loose = {loosely(name): name for name in reversed(shape)}
        free = dict.fromkeys(shape)
        found: list[tuple[str, str]] = []
        for name, candidates in self.columns.items():
            columns = (c if c in free else loose.get(loosely(c), "") for c in candidates)
            column = next((c for c in columns if c in free), None)
            if column is not None:
                found.append((name, column))
                del free[column]
        return Bound(fields=tuple(found), rest=tuple(free))


def common_names(kind: str, *, regions: Mapping[str, str]) -> FileMap:
    """Return the map for files of *kind* whose columns bear common names."""
    return map_from({}, kind=kind, regions=regions)


def map_from(toml: Mapping[str, object], *, kind: str, regions: Mapping[str, str]) -> FileMap:
    """
    Read a map file that was parsed already.

    Args:
        toml: What the file says.
        kind: What the import was asked for; the file may not say otherwise.
        regions: Region codes by name, for what the file does not say itself.

    Raises:
        Mistake: a setting is unknown or cannot be used; the message names it.
    """
    try:
        found = msgspec.convert(toml, _MapFile)
    except msgspec.ValidationError as wrong:
        raise Mistake(f"map file: {wrong}: see docs/reference/mapping.md") from None
    _check_map(found, kind)
    own = {name: (c,) if isinstance(c, str) else c for name, c in found.columns.items()}
    return FileMap(
        kind=kind,
        name=found.name,
        detect=found.detect,
        dialect=Dialect(delimiter=found.file.delimiter, encoding=found.file.encoding),
        columns={n: own.get(n, (n, *also)) for n, also in NAMES[kind].items()} | own,
        own=frozenset(own),
        constants=found.constants,
        decimal=found.file.decimal,
        unit=found.file.unit or ("minor" if kind == "catalogue" else "major"),
        formats=found.time.formats,
        zone=_zone(found.time.zone),
        events=found.events,
        regions={**regions, **{name.casefold(): code for name, code in found.regions.items()}},
        skip=tuple(_rule(skip) for skip in found.skip),
        categories=found.categories,
        titles=found.titles,
    )


def _check_map(found: _MapFile, kind: str) -> None:
    if found.kind is not None and found.kind != kind:
        raise Mistake(f"map file: it is for {found.kind[:20]}, but the import is --as {kind}")
    if found.file.delimiter not in DELIMITERS:
        raise Mistake(r'map file: delimiter must be one of ",", ";", "\t", "|"')
    _check_encoding(found.file.encoding)
    for name in (*found.columns, *found.constants):
        if name not in NAMES[kind] and kind not in OPEN_KINDS:
            raise Mistake(
                f"map file: {name!r} is no field of {kind}: the fields are {listed(NAMES[kind])}"
            )


def _check_encoding(name: str) -> None:
    try:
        "".encode(name)
    except LookupError:
        raise Mistake(f'map file: encoding {name!r} is not known: "cp1252", say') from None


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Mistake(f'map file: zone {name!r} is not known: "Europe/Berlin", say') from None


def _rule(skip: _Skip) -> SkipRule:
    given = [skip.matches is not None, skip.unlike is not None, skip.at_most is not None]
    if [*given, skip.missing].count(True) != 1:
        raise Mistake(
            f"map file: [[skip]] {skip.reason!r} needs one of matches, unlike, at_most, missing"
        )
    try:
        return SkipRule(
            field=skip.column,
            reason=skip.reason,
            matches=re.compile(skip.matches) if skip.matches is not None else None,
            unlike=re.compile(skip.unlike) if skip.unlike is not None else None,
            at_most=skip.at_most,
            missing=skip.missing,
        )
    except re.error as wrong:
        raise Mistake(f"map file: [[skip]] {skip.reason!r}: {wrong}") from None

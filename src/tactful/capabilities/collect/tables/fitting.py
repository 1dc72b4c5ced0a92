"""
Fit a map to the file at hand: choose it, check it against the header, read fields through it.

Rows that are skipped are skipped here; what the fields mean is for each kind of file to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache

from tactful.capabilities.collect.tables.columns import NEEDED, listed, loosely
from tactful.capabilities.collect.tables.fields import name_of, number, subject_name, text
from tactful.capabilities.collect.tables.mapping import DELIMITERS, FileMap, SkipRule
from tactful.capabilities.collect.tables.rows import Row, Unfit
from tactful.terms import Mistake

MAX_SHAPES = 1_000


class Reader:
    """Reads the fields of rows; rows of the same shape are bound once."""

    def __init__(self, file_map: FileMap) -> None:
        self._bind = lru_cache(maxsize=MAX_SHAPES)(file_map.bind)
        self._constants = tuple(file_map.constants.items())
        self._skip = tuple((rule, _condition(rule, file_map.decimal)) for rule in file_map.skip)

    def fields(self, row: Row) -> dict[str, object]:
        """Return the fields of *row*, constants filled in."""
        values = row.values
        found = {name: values[column] for name, column in self._bind(tuple(values)).fields}
        for name, constant in self._constants:
            if not text(found.get(name)):
                found[name] = constant
        return found

    def rest(self, row: Row) -> dict[str, object]:
        """Return what *row* holds in columns that no field is bound to, without what is empty."""
        columns = self._bind(tuple(row.values)).rest
        return {c: row.values[c] for c in columns if c and text(row.values[c])}

    def skips(self, row: Row, fields: Mapping[str, object]) -> SkipRule | None:
        """Return the first rule that leaves *row* out; its column may be none of *fields*."""
        for rule, applies in self._skip:
            if applies(fields.get(rule.field, row.values.get(rule.field))):
                return rule
        return None


def choose(built_in: Iterable[FileMap], columns: Sequence[str], *, kind: str) -> FileMap | None:
    """
    Return the built-in map that knows a file by its *columns*, or None.

    A file of orders that names its goods is a catalogue too.
    """
    there = {loosely(column) for column in columns}
    for known in built_in:
        fits = {loosely(column) for column in known.detect} <= there
        if known.detect and fits and kind in {known.kind, "catalogue"}:
            return known
    return None


def check_columns(file_map: FileMap, columns: Sequence[str], *, name: str) -> None:
    """
    Make sure that *columns*, the header of the file called *name*, hold what is needed.

    Raises:
        Mistake: one is missing, or the file is separated by something else.
    """
    bound = file_map.bind(tuple(columns)).names | set(file_map.constants)
    missing = [n for n in NEEDED[file_map.kind] if not _has(bound, n)]
    missing += sorted(n for n in file_map.own - bound if n not in missing and file_map.columns[n])
    missing += [r.field for r in file_map.skip if r.field not in {*columns, *file_map.columns}]
    if not missing:
        return
    if other := _other_delimiter(file_map, columns):
        raise Mistake(
            f"{name} is separated by {DELIMITERS[other]}s, not {_delimiter_name(file_map)}s: "
            f"write delimiter = {_quoted(other)} under [file] in a map file, give it with --map"
        )
    if any(_like_data(column) for column in columns):
        raise Mistake(f"{name} begins with data: its first line must name the columns")
    raise Mistake(
        f"{name} has no column for {', '.join(missing)}; it has {listed(columns)}: rename them, "
        f"or say which is which under [columns] in a map file and give it with --map"
    )


def _condition(rule: SkipRule, decimal: str) -> Callable[[object], bool]:
    if rule.missing:
        return lambda value: not subject_name(value)
    if rule.matches is not None:
        matches = rule.matches.search
        return lambda value: matches(name_of(value)) is not None
    if rule.unlike is not None:
        alike = rule.unlike.search
        return lambda value: alike(name_of(value)) is None
    return lambda value: _at_most(value, rule.at_most or 0, decimal)


def _at_most(value: object, bound: float, decimal: str) -> bool:
    """Compare numbers; what is none is for the mapping to reject, not for a rule to skip."""
    try:
        return number(value, decimal=decimal) <= bound
    except Unfit:
        return False


def _has(bound: Collection[str], needed: str) -> bool:
    return any(name in bound for name in re.findall(r"\w+", needed))


def _other_delimiter(file_map: FileMap, columns: Sequence[str]) -> str | None:
    """Return the delimiter that would split a header that came out as one column."""
    if len(columns) != 1:
        return None
    others = [d for d in DELIMITERS if d != file_map.dialect.delimiter and d in columns[0]]
    return max(others, key=columns[0].count, default=None)


def _delimiter_name(file_map: FileMap) -> str:
    return DELIMITERS[file_map.dialect.delimiter]


def _quoted(delimiter: str) -> str:
    return r'"\t"' if delimiter == "\t" else f'"{delimiter}"'


def _like_data(column: str) -> bool:
    """Tell whether a header cell is a number, a date or an address: it must not be repeated."""
    return "@" in column or re.fullmatch(r"[\d\s.,:/+-]*\d[\d\s.,:/+TZ-]*", column) is not None

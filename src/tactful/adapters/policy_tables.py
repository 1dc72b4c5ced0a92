"""
Read TOML tables, lay a shop's over the pack's, and say in one line what is wrong with them.

Knows nothing of purposes or laws: what the tables mean is said in `policy_entries`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import TypeVar

import msgspec

from tactful.terms import PolicyMistake

T = TypeVar("T", bound=msgspec.Struct)

Table = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One named table; `where` names its file and itself in messages."""

    name: str
    where: str
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """The tables of all layers by name, and the names that a later layer removed."""

    entries: Mapping[str, Entry]
    removed: frozenset[str]


def read_text(file: Traversable, called: str) -> str:
    """
    Return the text of *file*, which messages call *called*.

    Raises:
        PolicyMistake: the file cannot be read, or is not UTF-8.
    """
    try:
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as wrong:
        raise PolicyMistake(
            f"{called}: not UTF-8 at byte {wrong.start}: save it as UTF-8"
        ) from None
    except OSError as wrong:
        raise PolicyMistake(f"{called}: cannot be read: {wrong.strerror}") from None


def parse_toml(text: str, called: str) -> Table:
    """
    Return *text* as a table.

    Raises:
        PolicyMistake: it is not TOML; the message names the line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        what, _, place = str(wrong).partition(" (at ")
        raise PolicyMistake(f"{called}, {place.rstrip(')')}: not TOML: {what}") from None
    except (ValueError, RecursionError):  # tomllib lets both through
        raise PolicyMistake(f"{called}: a number is too long or a list too deep") from None


def overlay(layers: Iterable[tuple[str, Table]], section: str = "") -> Overlay:
    """
    Lay tables over each other: the same name replaces, `remove = true` removes.

    Args:
        layers: Per layer what messages call it, and its tables; the later outranks the earlier.
        section: The table that holds the tables; empty where they stand at the top.

    Raises:
        PolicyMistake: something is not a table, or what is to be removed is not there.
    """
    entries: dict[str, Entry] = {}
    removed: set[str] = set()
    for called, tables in layers:
        within = tables.get(section, {}) if section else tables
        for entry in entries_of(within, called, f"{section}." if section else ""):
            if list(entry.table) == ["remove"] and entry.table["remove"] is True:
                _expect(entry.name, entries, f"{entry.where}: there is nothing to remove")
                del entries[entry.name]
                removed.add(entry.name)
            else:
                entries[entry.name] = entry
    return Overlay(entries=entries, removed=frozenset(removed))


def entries_of(tables: object, called: str, within: str = "") -> list[Entry]:
    """Return the tables in *tables*, each named as `[within.name]` of the file *called*."""
    if not isinstance(tables, Mapping):
        raise PolicyMistake(f"{called}: {within.rstrip('.')} must hold tables: [{within}name]")
    return [_entry(str(name), table, called, within) for name, table in tables.items()]


def _entry(name: str, table: object, called: str, within: str) -> Entry:
    if not name.isprintable():
        raise PolicyMistake(f"{called}: the name {name!r} cannot be printed: choose a plain one")
    key = name if re.fullmatch(r"[\w-]+", name, re.ASCII) else f'"{name}"'
    if not isinstance(table, Mapping):
        raise PolicyMistake(f"{called}: {key} stands outside a table: put it under [{within}name]")
    return Entry(name=name, where=f"{called}, [{within}{key}]", table=table)


def decode(entry: Entry, kind: type[T]) -> T:
    """
    Return the table of *entry* as a *kind*.

    Raises:
        PolicyMistake: a key is unknown, missing, or holds something else than it should.
    """
    for key in entry.table:
        _expect(key, kind.__struct_fields__, f"{entry.where}: unknown key {key!r}")
    try:
        return msgspec.convert(entry.table, kind)
    except msgspec.ValidationError as wrong:
        raise PolicyMistake(f"{entry.where}: {_plain(str(wrong))}") from None


def one_of(value: str, options: Iterable[str], where: str, what: str) -> str:
    """
    Return *value* if it is one of *options*.

    Raises:
        PolicyMistake: it is not; the message says which *what* it may be.
    """
    _expect(value, list(options), f"{where}: unknown {what} {value!r}")
    return value


def _expect(value: str, options: Iterable[str], complaint: str) -> None:
    known = [str(option) for option in options]
    if value in known:
        return
    close = difflib.get_close_matches(value, known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else _choice(known)
    raise PolicyMistake(f"{complaint}: {hint}")


_LISTABLE = 14


def _choice(known: list[str]) -> str:
    if len(known) > _LISTABLE:
        return "there is nothing like it"
    return f"it must be one of {', '.join(known)}" if known else "there is none at all"


_KINDS = {
    "str": "a text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list in [ ]",
    "object": "a table",
    "date": "a date such as 2026-12-31",
}
_WRONG = re.compile(
    r"Expected `(?P<want>\w+(?: \| \w+)*?)(?: \| null)?`(?P<rest>.*?)"
    r"(?: - at `\$\.(?P<key>\w+).*`)?$"
)
_MISSING = re.compile(r"Object missing required field `(?P<key>\w+)`")


def _plain(wrong: str) -> str:
    """Say what msgspec found in words that fit a TOML file."""
    if missing := _MISSING.match(wrong):
        return f"{missing['key']} is missing: add it"
    told = _WRONG.match(wrong.replace("Invalid RFC3339 encoded date", "Expected `date`"))
    if told is None:
        return wrong
    wanted = " or ".join(_KINDS.get(kind, kind) for kind in told["want"].split(" | "))
    return f"{told['key']} must be {wanted}{_bound(told['rest'])}"


def _bound(rest: str) -> str:
    """Keep what msgspec says of a range or length; what was written instead is not repeated."""
    if rest.startswith(" of length"):
        return ", and not be empty"
    return f" {rest.strip()}; leave it out for none" if rest.startswith((" >=", " <=")) else ""

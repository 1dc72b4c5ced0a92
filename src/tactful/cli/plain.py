"""Turn answers into plain data for JSON, with the names that JSON has here."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass


def plain(value: object) -> object:
    """Return *value* as plain data: fields in camel case, words of an enumeration in lower case."""
    if is_dataclass(value) and not isinstance(value, type):
        return {_camel(field.name): plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, enum.IntEnum):
        return value.name.lower()
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, Collection) and not isinstance(value, str):
        return [plain(inner) for inner in value]
    return value


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others)

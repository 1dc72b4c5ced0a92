"""
Name what clients send outside of the tracking plan, by name and type and never by value.

Clients choose the names of events and properties, and may put anything there: a name with a digit
or an at sign might be somebody's.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

NO_PLAIN_NAME = "of no plain name"

_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z_ .-]{0,39}")
_TYPES: dict[type, str] = {
    str: "string",
    bool: "boolean",
    int: "number",
    float: "number",
    list: "list",
    dict: "object",
}


class Stray(NamedTuple):
    """An event, a property of an event or a trait that the plan does not declare."""

    kind: str
    name: str
    type: str = ""
    event: str = ""

    @property
    def label(self) -> str:
        """Return what it is counted as among the gaps."""
        return f"{self.kind} {self.name}"


def stray(kind: str, name: str, value: object = None, event: str | None = None) -> Stray:
    """
    Return what is counted of something that is not declared.

    Args:
        kind: `event`, `property` or `trait`.
        name: As the client wrote it.
        value: Looked at for its type alone.
        event: The declared event that carried it.
    """
    return _stray(kind, name, _TYPES.get(type(value), "nothing"), event or "")


@lru_cache(maxsize=4096)
def _stray(kind: str, name: str, type_: str, event: str) -> Stray:
    plain = name if _PLAIN_NAME.fullmatch(name) else NO_PLAIN_NAME
    return Stray(kind, plain, "" if kind == "event" else type_, event)
